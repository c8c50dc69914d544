import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Conversation, Turn } from '../../../src/conversation/conversation.ts'
import type { Quirks } from '../../../src/conversation/quirks.ts'
import { openaiResponses } from '../../../src/dialects/openai-responses/index.ts'
import type { Json } from '../../../src/wire/json.ts'
import { parseJson } from '../../../src/wire/json.ts'
import { blank } from './context.ts'

const { request } = openaiResponses

function decode(body: Json): Conversation {
  const conversation = request.decode(body)
  if ('kind' in conversation) throw new Error(conversation.message)
  return conversation
}
const objection = (body: Json) => {
  const answer = request.decode(body)
  return 'kind' in answer ? answer : undefined
}
const encode = (conversation: Conversation, quirks: Quirks = {}) => {
  const { body, lost, names } = request.encode(conversation, { model: 'target', stream: true, quirks })
  return { body: JSON.parse(body), text: body, lost, names }
}
const withTurns = (...turns: Turn[]): Conversation => ({ ...blank, turns })
const ask = (input: Json, more: object = {}): Conversation => decode({ model: 'm', input, ...more })

describe('what it hears', () => {
  it('knows its paths and no others', () => {
    for (const path of ['/v1/responses', '/responses'])
      expect(openaiResponses.hear(path)).toEqual({ kind: 'generate' })
    expect(openaiResponses.hear('/v1/responses/input_tokens')).toEqual({ kind: 'count-tokens' })
    for (const path of ['/v1/messages', '/v1/responses/', '/v1/responses/resp_1', '/v1'])
      expect(openaiResponses.hear(path)).toBeUndefined()
  })

  it('[C122] keeps a client waiting with an event that carries data', () => {
    expect(openaiResponses.keepAlive).toBe('event: keepalive\ndata: {"type":"keepalive"}\n\n')
  })

  it('[C23] says which field is wrong, and never throws', () => {
    const table: readonly (readonly [Json, string])[] = [
      ['text', 'the request body must be a JSON object'],
      [[], 'the request body must be a JSON object'],
      [{ input: 'x' }, 'model: field required'],
      [{ model: 7, input: 'x' }, 'model: field required'],
      [{ model: 'm' }, 'input: field required'],
      [{ model: 'm', input: 7 }, 'input: must be a string or a list'],
      [{ model: 'm', input: [{ role: 'user', content: 'x' }, null] }, 'input[1]: must be an object'],
      [{ model: 'm', input: 'x', tools: {} }, 'tools: must be a list'],
      [{ model: 'm', input: 'x', max_output_tokens: 'many' }, 'max_output_tokens: must be a number'],
      [{ model: 'm', input: 'x', previous_response_id: 'resp_1' }, 'previous_response_id:'],
      [{ model: 'm', input: 'x', conversation: 'conv_1' }, 'conversation:'],
    ]
    for (const [body, words] of table)
      expect(objection(body)).toMatchObject({ kind: 'bad-request', message: expect.stringContaining(words) })
  })

  it('never throws, whatever is sent', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (item, field) => {
        request.decode(item as Json)
        request.decode({
          model: 'm',
          input: [
            { type: 'message', content: item },
            { type: 'reasoning', summary: field },
          ] as Json,
        })
        for (const type of [
          'function_call',
          'function_call_output',
          'web_search_call',
          'additional_tools',
          'message',
          'x',
        ])
          request.decode({
            model: 'm',
            input: [{ type, role: item, content: field, output: item, tools: item, action: field }] as Json,
          })
        request.decode({
          model: 'm',
          input: 'x',
          tools: [item],
          tool_choice: field,
          reasoning: item,
          text: field,
          include: item,
        } as Json)
      }),
      { numRuns: 300 },
    )
  })

  it('[C7] takes leading guidance for the system prompt and later guidance for a turn in its place', () => {
    const conversation = ask([
      { type: 'message', role: 'developer', content: [{ type: 'input_text', text: 'Be brief.' }] },
      { role: 'user', content: 'hi' },
      { role: 'developer', content: 'Be kind.' },
      { role: 'user', content: [{ type: 'input_text', text: 'go' }] },
    ])
    expect(conversation.system).toEqual([{ type: 'text', text: 'Be brief.' }])
    expect(conversation.turns).toEqual([
      { role: 'user', parts: [{ type: 'text', text: 'hi' }] },
      { role: 'system', parts: [{ type: 'text', text: 'Be kind.' }] },
      { role: 'user', parts: [{ type: 'text', text: 'go' }] },
    ])
    expect(ask('plain', { instructions: 'First.' })).toMatchObject({
      system: [{ text: 'First.' }],
      turns: [{ role: 'user', parts: [{ text: 'plain' }] }],
    })
  })

  it('[C124] reads calls, freeform calls, namespaces and their results', () => {
    const { turns } = ask([
      {
        type: 'function_call',
        id: 'fc_1',
        call_id: 'a',
        name: 'spawn',
        namespace: 'agents',
        arguments: '{"n":1.0}',
      },
      { type: 'custom_tool_call', call_id: 'b', name: 'apply_patch', input: '*** Begin' },
      { type: 'function_call_output', call_id: 'a', output: 'ok' },
      { type: 'custom_tool_call_output', call_id: 'b', output: [{ type: 'input_text', text: 'fine' }] },
    ])
    expect(turns).toEqual([
      {
        role: 'assistant',
        parts: [
          { type: 'tool-call', id: 'a', name: 'spawn', namespace: 'agents', arguments: '{"n":1.0}' },
          { type: 'tool-call', id: 'b', name: 'apply_patch', arguments: '*** Begin', freeform: true },
        ],
      },
      {
        role: 'user',
        parts: [
          { type: 'tool-result', callId: 'a', content: [{ type: 'text', text: 'ok' }], isError: false },
          { type: 'tool-result', callId: 'b', content: [{ type: 'text', text: 'fine' }], isError: false },
        ],
      },
    ])
  })

  it('[C54] puts results before what else the user said', () => {
    const [, user] = ask([
      { type: 'function_call', call_id: 'a', name: 'ls', arguments: '{}' },
      { role: 'user', content: 'and?' },
      { type: 'function_call_output', call_id: 'a', output: 'x' },
    ]).turns
    expect(user?.parts.map(({ type }) => type)).toEqual(['tool-result', 'text'])
  })

  it('[C53] reads images in results and failures of tools', () => {
    const [, user] = ask([
      { type: 'function_call', call_id: 'a', name: 'look', arguments: '{}' },
      {
        type: 'function_call_output',
        call_id: 'a',
        output: [{ type: 'input_image', image_url: 'data:image/png;base64,AAAA', detail: 'high' }],
      },
      { type: 'function_call_output', call_id: 'b', output: { content: 'no such file', success: false } },
    ]).turns
    expect(user?.parts).toMatchObject([
      {
        content: [
          { type: 'media', mediaType: 'image/png', source: { kind: 'base64', data: 'AAAA' }, detail: 'high' },
        ],
      },
      { isError: true, content: [{ text: 'no such file' }] },
    ])
  })

  it('[C71] reads files by data, address and id', () => {
    const [user] = ask([
      {
        role: 'user',
        content: [
          { type: 'input_file', filename: 'a.pdf', file_data: 'data:application/pdf;base64,JVBE' },
          { type: 'input_file', file_url: 'https://example.com/b.pdf' },
          { type: 'input_file', file_id: 'file_1' },
          { type: 'input_audio', input_audio: { data: 'UklG', format: 'wav' } },
        ],
      },
    ]).turns
    expect(user?.parts).toEqual([
      {
        type: 'media',
        mediaType: 'application/pdf',
        source: { kind: 'base64', data: 'JVBE' },
        title: 'a.pdf',
      },
      {
        type: 'media',
        mediaType: 'application/pdf',
        source: { kind: 'url', url: 'https://example.com/b.pdf' },
      },
      {
        type: 'media',
        mediaType: 'application/pdf',
        source: { kind: 'file', dialect: 'openai-responses', id: 'file_1' },
      },
      { type: 'media', mediaType: 'audio/wav', source: { kind: 'base64', data: 'UklG' } },
    ])
  })

  it('[C68] reads encrypted thoughts with the id the provider gave them, not with one of ours', () => {
    const thought = (id: string) =>
      ask([
        {
          type: 'reasoning',
          id,
          summary: [{ type: 'summary_text', text: 'Hm.' }],
          encrypted_content: 'gAAA',
        },
        { role: 'assistant', content: [{ type: 'output_text', text: 'A' }] },
      ]).turns[0]?.parts[0]
    const proof = { dialect: 'openai-responses', kind: 'encrypted', value: 'gAAA' }
    expect(thought('rs_68af')).toEqual({
      type: 'thinking',
      text: 'Hm.',
      proof: { ...proof, itemId: 'rs_68af' },
    })
    expect(thought('rs_abcdefghijklmnopqrstuvwx_0')).toEqual({ type: 'thinking', text: 'Hm.', proof })
  })

  it('[C136] takes tools from among the items, with their namespaces', () => {
    const { tools } = ask(
      [
        {
          type: 'additional_tools',
          role: 'developer',
          tools: [
            {
              type: 'namespace',
              name: 'functions',
              tools: [{ type: 'custom', name: 'exec', description: 'Runs.' }],
            },
          ],
        },
        { role: 'user', content: 'hi' },
        {
          type: 'tool_search_output',
          call_id: 's',
          tools: [
            {
              type: 'function',
              name: 'late',
              parameters: { type: 'object', properties: {} },
              defer_loading: true,
            },
          ],
        },
      ],
      { tools: [{ type: 'function', name: 'late', parameters: {}, defer_loading: true }] },
    )
    expect(tools).toMatchObject([
      { kind: 'function', name: 'late', deferred: false },
      { kind: 'freeform', name: 'exec', namespace: 'functions' },
    ])
  })

  it('names what it cannot hold, and nothing for fields without meaning', () => {
    const of = (more: object) => ask('x', more).unsaid
    expect(
      of({
        stream: true,
        store: false,
        client_metadata: { a: 'b' },
        include: [],
        truncation: 'disabled',
        service_tier: 'auto',
        reasoning: null,
        user: null,
      }),
    ).toEqual([])
    expect(of({ store: true })).toEqual(['stored-response'])
    expect(of({ background: true })).toEqual(['stored-response'])
    expect(of({ metadata: { a: 'b' } })).toEqual(['metadata'])
    expect(of({ service_tier: 'flex' })).toEqual(['service-tier'])
    expect(of({ truncation: 'auto' })).toEqual(['context-management'])
    expect(of({ top_logprobs: 3 })).toEqual(['logprobs'])
    expect(of({ surprise: 1 })).toEqual(['unknown-field'])
    expect(of({ tool_choice: { type: 'allowed_tools', mode: 'auto', tools: [] } })).toEqual(['tool-choice'])
    expect(
      ask([
        { type: 'item_reference', id: 'msg_1' },
        { role: 'user', content: 'x' },
      ]).unsaid,
    ).toEqual(['stored-response'])
  })

  it('keeps what only this dialect can say as it is', () => {
    const item = { type: 'compaction', encrypted_content: 'xyz' }
    const shot = { type: 'computer_call_output', call_id: 'c', output: {} }
    const conversation = ask([item, { role: 'user', content: 'x' }, shot, { type: 'novelty', a: 1 }])
    expect(
      conversation.turns.flatMap(({ parts }) =>
        parts.map((part) => ('loss' in part ? part.loss : part.type)),
      ),
    ).toEqual(['context-management', 'text', 'server-tool', 'unknown-part'])
    expect(encode(conversation).body.input).toEqual([
      item,
      { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'x' }] },
      shot,
      { type: 'novelty', a: 1 },
    ])
  })

  it('reads effort, limits and form of the answer', () => {
    const conversation = ask('x', {
      reasoning: { effort: 'high', summary: 'auto' },
      text: { format: { type: 'json_schema', name: 'title', schema: { type: 'object' }, strict: true } },
      max_output_tokens: 99,
      temperature: 0.5,
      top_p: 0.9,
      tool_choice: { type: 'function', name: 'go' },
      parallel_tool_calls: false,
      prompt_cache_key: 'k',
      safety_identifier: 'u',
    })
    expect(conversation).toMatchObject({
      thinking: { kind: 'adaptive', effort: 'high', visible: true },
      output: { kind: 'json-schema', name: 'title', strict: true },
      sampling: { maxOutputTokens: 99, temperature: 0.5, topP: 0.9 },
      toolChoice: { kind: 'tool', name: 'go' },
      parallelToolCalls: false,
      cacheKey: 'k',
      userId: 'u',
    })
    expect(ask('x', { reasoning: { effort: 'none' } }).thinking).toEqual({ kind: 'off' })
  })
})

describe('what it says', () => {
  const user = (text: string): Turn => ({ role: 'user', parts: [{ type: 'text', text }] })

  it('[C68] always asks for encrypted thoughts and keeps nothing at the provider', () => {
    expect(encode(withTurns(user('x'))).body).toMatchObject({
      model: 'target',
      stream: true,
      store: false,
      include: ['reasoning.encrypted_content'],
    })
    expect(encode(withTurns(user('x')), { efforts: [] }).body.include).toEqual([])
  })

  it('[C65] hands back only its own proofs', () => {
    const think = (dialect: 'anthropic' | 'openai-responses'): Conversation =>
      withTurns(user('x'), {
        role: 'assistant',
        parts: [
          {
            type: 'thinking',
            text: 'Hm.',
            proof: { dialect, kind: 'encrypted', value: 'gAAA', itemId: 'rs_1' },
          },
          { type: 'text', text: 'A' },
        ],
      })
    expect(encode(think('openai-responses')).body.input[1]).toEqual({
      type: 'reasoning',
      id: 'rs_1',
      summary: [{ type: 'summary_text', text: 'Hm.' }],
      encrypted_content: 'gAAA',
    })
    const foreign = encode(think('anthropic'))
    expect(foreign.lost).toEqual(['thinking-proof', 'thinking-text'])
    expect(foreign.text).not.toContain('gAAA')
    const replayed = encode(think('anthropic'), { reasoningReplay: 'accepted' })
    expect(replayed.lost).toEqual(['thinking-proof'])
    expect(replayed.body.input[1]).toMatchObject({
      type: 'reasoning',
      content: [{ type: 'reasoning_text', text: 'Hm.' }],
    })
  })

  it('[C53] [C70] says errors and images of tools visibly', () => {
    const conversation = withTurns(
      { role: 'assistant', parts: [{ type: 'tool-call', id: 'a', name: 'look', arguments: '{}' }] },
      {
        role: 'user',
        parts: [
          {
            type: 'tool-result',
            callId: 'a',
            isError: true,
            content: [
              { type: 'text', text: 'blurred' },
              { type: 'media', mediaType: 'image/png', source: { kind: 'base64', data: 'AAAA' } },
            ],
          },
        ],
      },
    )
    expect(encode(conversation).body.input[1].output).toEqual([
      { type: 'input_text', text: '[tool error]\nblurred' },
      { type: 'input_image', image_url: 'data:image/png;base64,AAAA' },
    ])
    const blind = encode(conversation, { images: false })
    expect(blind.lost).toEqual(['image'])
    expect(blind.body.input[1].output[1].text).toBe('[image omitted: image/png]')
  })

  it('[C49] maps names and ids the API refuses, and back', () => {
    const name = `mcp__${'long'.repeat(20)}`
    const conversation: Conversation = {
      ...withTurns(
        { role: 'assistant', parts: [{ type: 'tool-call', id: `x/${'y'.repeat(80)}`, name, arguments: '' }] },
        {
          role: 'user',
          parts: [{ type: 'tool-result', callId: `x/${'y'.repeat(80)}`, content: [], isError: false }],
        },
      ),
      tools: [{ kind: 'function', name, description: '', schema: {} }],
    }
    const { body, names } = encode(conversation)
    const [called, answered] = body.input
    expect(called.name).toBe(body.tools[0].name)
    expect(called.name.length).toBeLessThanOrEqual(64)
    expect(called.call_id).toMatch(/^[\w-]{1,64}$/)
    expect(answered.call_id).toBe(called.call_id)
    expect(called.arguments).toBe('{}')
    expect(names.get(called.name)).toEqual({ name, freeform: false })
  })

  it('[C57] [C58] leaves optional parameters optional, completes schemas and drops refused keywords', () => {
    const schema = { $schema: 'x', properties: { pattern: { type: 'string', format: 'uri' } } }
    const conversation: Conversation = {
      ...blank,
      tools: [{ kind: 'function', name: 'go', description: 'd', schema }],
    }
    expect(encode(conversation).body.tools[0]).toEqual({
      type: 'function',
      name: 'go',
      description: 'd',
      parameters: { ...schema, type: 'object' },
      strict: false,
    })
    const { body, lost } = encode(conversation, { schemaRefuses: ['$schema', 'format', 'pattern'] })
    expect(body.tools[0].parameters).toEqual({ type: 'object', properties: { pattern: { type: 'string' } } })
    expect(lost).toEqual(['tool-schema'])
  })

  it('[C52] says the choice of a tool in its own words, or as well as the target can', () => {
    const tools = [
      { kind: 'function', name: 'go', description: '', schema: {} },
      { kind: 'freeform', name: 'patch', description: '' },
    ] as const
    const choose = (toolChoice: Conversation['toolChoice'] & object, quirks: Quirks = {}) => {
      const { body, lost } = encode({ ...blank, tools, toolChoice, parallelToolCalls: false }, quirks)
      return { choice: body.tool_choice, parallel: body.parallel_tool_calls, lost }
    }
    expect(choose({ kind: 'required' })).toEqual({ choice: 'required', parallel: false, lost: [] })
    expect(choose({ kind: 'tool', name: 'go' }).choice).toEqual({ type: 'function', name: 'go' })
    expect(choose({ kind: 'tool', name: 'patch' }).choice).toEqual({ type: 'custom', name: 'patch' })
    expect(choose({ kind: 'tool', name: 'gone' })).toMatchObject({ choice: undefined, lost: ['tool-choice'] })
    expect(choose({ kind: 'tool', name: 'go' }, { noNamedToolChoice: true, noParallelSwitch: true })).toEqual(
      {
        choice: 'required',
        parallel: undefined,
        lost: ['tool-choice', 'parallel-tool-calls'],
      },
    )
  })

  it('[C12] says effort as near as the target knows it', () => {
    const effort = (thinking: Conversation['thinking'], quirks: Quirks = {}) => {
      const { body, lost } = encode({ ...blank, thinking }, quirks)
      return [body.reasoning, ...lost]
    }
    expect(effort({ kind: 'default' })).toEqual([undefined])
    expect(effort({ kind: 'off' })).toEqual([{ effort: 'none' }])
    expect(effort({ kind: 'off' }, { efforts: ['minimal', 'low'] })).toEqual([
      { effort: 'minimal' },
      'effort',
    ])
    expect(effort({ kind: 'adaptive', effort: 'high', visible: true })).toEqual([
      { effort: 'high', summary: 'auto' },
    ])
    expect(effort({ kind: 'adaptive', effort: 'max', visible: false })).toEqual([
      { effort: 'high' },
      'effort',
    ])
    expect(effort({ kind: 'adaptive', effort: 'max' }, { efforts: ['low', 'max'] })).toEqual([
      { effort: 'max', summary: 'auto' },
    ])
    expect(effort({ kind: 'budget', budgetTokens: 4000 })).toEqual([
      { effort: 'low', summary: 'auto' },
      'thinking-budget',
    ])
    expect(effort({ kind: 'adaptive', effort: 'high' }, { efforts: [] })).toEqual([undefined])
  })

  it('[C14] [C15] [C16] names the wishes the API cannot grant', () => {
    const sampling = {
      maxOutputTokens: 100_000,
      temperature: 1,
      topK: 5,
      stop: ['END'],
      seed: 1,
      presencePenalty: 1,
    }
    const { body, lost } = encode({ ...blank, sampling }, { maxOutputTokens: 32_000, refusesSampling: true })
    expect(body.max_output_tokens).toBe(32_000)
    expect(body).not.toHaveProperty('temperature')
    expect(lost).toEqual(['temperature', 'top-k', 'stop-sequences', 'seed', 'penalties', 'max-output-tokens'])
  })

  it('[C73] [C114] drops cache marks and searches the target has not, by name', () => {
    const conversation: Conversation = {
      ...blank,
      system: [{ type: 'text', text: 'Be brief.', cache: '1h' }],
      tools: [{ kind: 'web-search', maxUses: 3, allowedDomains: ['example.com'] }],
    }
    expect(encode(conversation).lost).toEqual(['cache-control', 'web-search'])
    const { body, lost } = encode(conversation, { webSearch: true })
    expect(lost).toEqual(['cache-control'])
    expect(body).toMatchObject({
      tools: [{ type: 'web_search', filters: { allowed_domains: ['example.com'] } }],
      max_tool_calls: 3,
      include: ['reasoning.encrypted_content', 'web_search_call.action.sources'],
    })
  })

  it('[C75] keeps a session on one cache, with a key of the length the API takes', () => {
    const keyed = (cacheKey: string, quirks: Quirks = {}) =>
      encode({ ...blank, cacheKey }, quirks).body.prompt_cache_key
    expect(keyed('session-1')).toBe('session-1')
    expect(keyed('k'.repeat(100))).toHaveLength(64)
    expect(keyed('k', { cacheKey: false })).toBeUndefined()
  })

  it('[C7] never lets guidance become the assistant’s words', () => {
    const conversation = withTurns(user('a'), { role: 'system', parts: [{ type: 'text', text: 'Careful.' }] })
    expect(encode(conversation).body.input[1]).toMatchObject({ role: 'developer' })
    expect(encode(conversation, { systemOnlyFirst: true })).toMatchObject({
      lost: ['system-position'],
      body: { input: [{}, { role: 'user' }] },
    })
  })

  it('keeps numbers as they were written', () => {
    const body = parseJson(
      '{"model":"m","input":"x","tools":[{"type":"function","name":"f","parameters":{"type":"object","properties":{},"default":1.0,"big":12345678901234567890}}]}',
    )
    expect(encode(decode(body)).text).toContain('"default":1.0,"big":12345678901234567890')
  })
})

const words = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 })
const name = fc.stringMatching(/^[a-z][a-z_]{0,10}$/)
const textPart = words.map((text) => ({ type: 'text' as const, text }))
const picture = fc.record({
  type: fc.constant('media' as const),
  mediaType: fc.constantFrom('image/png', 'image/jpeg'),
  source: fc.record({ kind: fc.constant('base64' as const), data: fc.base64String() }),
})
const linked = fc.record({
  type: fc.constant('media' as const),
  mediaType: fc.constant('image/*'),
  source: fc.webUrl().map((url) => ({ kind: 'url' as const, url })),
  detail: fc.constantFrom('low', 'high'),
})
const paper = fc.record({
  type: fc.constant('media' as const),
  mediaType: fc.constant('application/pdf'),
  source: fc.record({ kind: fc.constant('base64' as const), data: fc.base64String() }),
  title: name.map((stem) => `${stem}.pdf`),
})
const foreign = fc.record({
  type: fc.constant('foreign' as const),
  dialect: fc.constant('openai-responses' as const),
  value: fc.record({ type: fc.constant('mcp_call'), id: name }),
  loss: fc.constant('server-tool' as const),
})
const step = fc
  .record({
    prompt: fc.array(fc.oneof(textPart, picture, linked, paper), { minLength: 1, maxLength: 3 }),
    guidance: fc.option(words),
    thought: fc.option(
      fc.record({ text: fc.oneof(words, fc.constant('')), proof: words, itemId: fc.option(name) }),
    ),
    said: fc.array(fc.oneof(textPart, foreign), { minLength: 1, maxLength: 2 }),
    calls: fc.array(
      fc.record({
        name,
        namespace: fc.option(name),
        freeform: fc.boolean(),
        input: words,
        result: fc.array(fc.oneof(textPart, picture), { maxLength: 2 }),
        isError: fc.boolean(),
      }),
      { maxLength: 3 },
    ),
  })
  .filter(({ calls }) =>
    calls.every(({ result }) => !(result[0]?.type === 'text' && result[0].text.startsWith('[tool'))),
  )

function turnsOf(steps: readonly (typeof step extends fc.Arbitrary<infer Step> ? Step : never)[]): Turn[] {
  return steps.flatMap(({ prompt, guidance, thought, said, calls }, at): Turn[] => [
    { role: 'user', parts: prompt },
    ...(guidance === null ? [] : [{ role: 'system', parts: [{ type: 'text', text: guidance }] } as const]),
    {
      role: 'assistant',
      parts: [
        ...(thought === null
          ? []
          : [
              {
                type: 'thinking' as const,
                text: thought.text,
                proof: {
                  dialect: 'openai-responses' as const,
                  kind: 'encrypted' as const,
                  value: thought.proof,
                  ...(thought.itemId !== null && { itemId: `rs_${thought.itemId.replaceAll('_', '')}` }),
                },
              },
            ]),
        ...said,
        ...calls.map((made, n) => ({
          type: 'tool-call' as const,
          id: `call_${at}_${n}`,
          name: made.name,
          ...(made.namespace !== null && { namespace: made.namespace }),
          arguments: made.freeform ? made.input : JSON.stringify({ input: made.input }),
          ...(made.freeform && { freeform: true }),
        })),
      ],
    },
    ...(calls.length === 0
      ? []
      : [
          {
            role: 'user' as const,
            parts: calls.map((made, n) => ({
              type: 'tool-result' as const,
              callId: `call_${at}_${n}`,
              content: made.result,
              isError: made.isError,
            })),
          },
          { role: 'assistant' as const, parts: [{ type: 'text' as const, text: 'so' }] },
        ]),
  ])
}

const schema = fc.record({ type: fc.constant('object'), properties: fc.constant({ a: { type: 'string' } }) })
const conversation: fc.Arbitrary<Conversation> = fc
  .record({
    system: fc.array(textPart, { maxLength: 1 }),
    steps: fc.array(step, { maxLength: 4 }),
    functions: fc.uniqueArray(
      fc.record({ name, namespace: fc.option(fc.constant('zzz')), strict: fc.boolean(), schema }),
      { selector: (tool) => `${tool.namespace} ${tool.name}`, maxLength: 3 },
    ),
    freeform: fc.boolean(),
    choice: fc.constantFrom('auto' as const, 'none' as const, 'required' as const),
    effort: fc.option(fc.constantFrom('low' as const, 'medium' as const, 'high' as const)),
    temperature: fc.option(
      fc.double({ min: 0, max: 2, noNaN: true }).map((heat) => Math.round(heat * 100) / 100),
    ),
    limit: fc.option(fc.integer({ min: 16, max: 100_000 })),
    output: fc.constantFrom<Conversation['output']>(
      { kind: 'text' },
      { kind: 'text', verbosity: 'low' },
      { kind: 'json' },
      { kind: 'json-schema', name: 'answer', schema: { type: 'object' }, strict: true },
    ),
    cacheKey: fc.option(name),
    userId: fc.option(name),
  })
  .map(
    ({
      system,
      steps,
      functions,
      freeform,
      choice,
      effort,
      temperature,
      limit,
      output,
      cacheKey,
      userId,
    }) => ({
      system,
      turns: turnsOf(steps),
      tools: [
        {
          kind: 'freeform' as const,
          name: 'FREE',
          description: 'Text.',
          ...(freeform && { format: { type: 'text' } }),
        },
        // The tools of one namespace stand together on the wire.
        ...[...functions]
          .sort((a, b) => Number(a.namespace !== null) - Number(b.namespace !== null))
          .map(({ namespace, ...tool }) => ({
            kind: 'function' as const,
            description: 'Does.',
            ...tool,
            ...(namespace !== null && { namespace }),
          })),
      ],
      toolChoice: { kind: choice },
      parallelToolCalls: freeform,
      sampling: {
        ...(limit !== null && { maxOutputTokens: limit }),
        ...(temperature !== null && { temperature }),
      },
      thinking:
        effort === null ? { kind: 'default' as const } : { kind: 'adaptive' as const, effort, visible: true },
      output,
      ...(cacheKey !== null && { cacheKey }),
      ...(userId !== null && { userId }),
      unsaid: [],
    }),
  )

describe('laws', () => {
  it('decoding undoes encoding for everything the dialect can say, and nothing is lost', () => {
    fc.assert(
      fc.property(conversation, (said) => {
        const { text, lost } = encode(said)
        expect(lost).toEqual([])
        expect(decode(parseJson(text))).toEqual(said)
      }),
      { numRuns: 500 },
    )
  })

  it('[C75] a longer conversation begins as the shorter one did, byte for byte', () => {
    fc.assert(
      fc.property(conversation, step, (said, more) => {
        const longer = { ...said, turns: [...said.turns, ...turnsOf([more]).map(renumbered)] }
        const [short, long] = [encode(said).text, encode(longer).text]
        expect(long.startsWith(short.slice(0, -2))).toBe(true)
        expect(encode(said).text).toBe(short)
      }),
      { numRuns: 300 },
    )
  })
})

/** Ids of a step that is added later. */
const renumbered = (turn: Turn): Turn => JSON.parse(JSON.stringify(turn).replaceAll('call_0_', 'call_9_'))
