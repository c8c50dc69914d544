import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Conversation, MediaPart, Turn } from '../../../src/conversation/conversation.ts'
import { tagProof } from '../../../src/conversation/proof-tag.ts'
import type { Quirks } from '../../../src/conversation/quirks.ts'
import { anthropic } from '../../../src/dialects/anthropic/index.ts'
import { type Json, parseJson } from '../../../src/wire/json.ts'

const quiet: Quirks = { webSearch: true, cacheControl: false }
const talk = (more: Partial<Conversation> = {}): Conversation => ({
  system: [],
  turns: [say('hello')],
  tools: [],
  sampling: { maxOutputTokens: 1000 },
  thinking: { kind: 'default' },
  output: { kind: 'text' },
  unsaid: [],
  ...more,
})
function say(text: string): Turn {
  return { role: 'user', parts: [{ type: 'text', text }] }
}
const tool = (name: string, more: object = {}) => ({
  kind: 'function' as const,
  name,
  description: 'does it',
  schema: { type: 'object', properties: {} },
  ...more,
})

function decode(body: Json): Conversation {
  const heard = anthropic.request.decode(body)
  if ('kind' in heard) throw new Error(`refused: ${heard.message}`)
  return heard
}
const request = (more: { readonly [field: string]: Json } = {}): Json => ({
  model: 'claude-asked-for',
  max_tokens: 100,
  messages: [{ role: 'user', content: 'hello' }],
  ...more,
})
const messages = (...list: Json[]): Conversation => decode(request({ messages: list }))
function encode(conversation: Conversation, quirks: Quirks = {}) {
  const { body, lost, names } = anthropic.request.encode(conversation, {
    model: 'target',
    stream: true,
    quirks,
  })
  return { body, lost, names, wire: JSON.parse(body) }
}

describe('hearing', () => {
  it('[C1] [C133] knows its paths, with and without the version', () => {
    expect(anthropic.hear('/v1/messages')).toEqual({ kind: 'generate' })
    expect(anthropic.hear('/messages')).toEqual({ kind: 'generate' })
    expect(anthropic.hear('/v1/messages/count_tokens')).toEqual({ kind: 'count-tokens' })
    expect(anthropic.hear('/messages/count_tokens')).toEqual({ kind: 'count-tokens' })
    expect(anthropic.hear('/v1/models')).toBeUndefined()
    expect(anthropic.hear('/v1/messages/batches')).toBeUndefined()
  })

  it('[C76] counts at least one token', () => {
    expect(anthropic.countTokens.encode(0)).toBe('{"input_tokens":1}')
    expect(anthropic.countTokens.encode(12.4)).toBe('{"input_tokens":12}')
  })
})

describe('reading requests', () => {
  it('[C4] names fields that carry meaning and skips those that carry none', () => {
    const heard = decode(
      request({
        context_management: { edits: [] },
        safeguards: { level: 2 },
        service_tier: 'standard_only',
        diagnostics: { previous_message_id: 'x' },
        container: null,
        mcp_servers: [],
        metadata: { user_id: 'someone' },
      }),
    )
    expect(heard.unsaid).toEqual(['context-management', 'unknown-field', 'service-tier'])
    expect(heard.userId).toBe('someone')
  })

  it('[C6] [C7] keeps guidance between turns as guidance, in its place', () => {
    const { turns } = messages(
      { role: 'user', content: 'a' },
      { role: 'system', content: [{ type: 'text', text: 'note' }] },
      { role: 'assistant', content: 'b' },
      { role: 'system', content: 'last' },
    )
    expect(turns.map(({ role }) => role)).toEqual(['user', 'system', 'assistant', 'system'])
  })

  it('[C8] survives empty content of every kind', () => {
    for (const content of ['', [], null] satisfies Json[]) {
      expect(messages({ role: 'user', content }).turns).toEqual([
        { role: 'user', parts: [{ type: 'text', text: '' }] },
      ])
      expect(messages({ role: 'user', content: 'a' }, { role: 'assistant', content }).turns).toHaveLength(1)
    }
    expect(messages({ role: 'user' }).turns).toHaveLength(1)
    expect(messages({ role: 'user', content: [{}, null, 7, 'text', { type: 'text' }] }).turns).toHaveLength(1)
  })

  it('[C9] [C10] reads the system prompt as text or blocks, without the attribution line', () => {
    expect(decode(request({ system: 'be kind' })).system).toEqual([{ type: 'text', text: 'be kind' }])
    const blocks = [
      { type: 'text', text: 'x-anthropic-billing-header: v=1; hash=2' },
      { type: 'text', text: 'be kind', cache_control: { type: 'ephemeral', ttl: '1h' } },
    ]
    expect(decode(request({ system: blocks })).system).toEqual([
      { type: 'text', text: 'be kind', cache: '1h' },
    ])
    const joined = 'x-anthropic-billing-header: v=1\n\nbe kind'
    expect(decode(request({ system: joined })).system).toEqual([{ type: 'text', text: 'be kind' }])
  })

  it('[C11] [C12] reads every way to ask for thinking', () => {
    const thinking = (value: Json, more = {}) => decode(request({ thinking: value, ...more })).thinking
    expect(thinking({ type: 'enabled', budget_tokens: 2048 })).toEqual({ kind: 'budget', budgetTokens: 2048 })
    expect(thinking({ type: 'disabled' })).toEqual({ kind: 'off' })
    expect(thinking({ type: 'adaptive', display: 'omitted' })).toEqual({ kind: 'adaptive', visible: false })
    expect(thinking({ type: 'adaptive', display: 'updates' })).toEqual({ kind: 'adaptive', visible: true })
    expect(thinking({ type: 'between_tools' })).toEqual({ kind: 'adaptive' })
    expect(thinking({ type: 'of_tomorrow' })).toEqual({ kind: 'adaptive' })
    expect(thinking(null, { output_config: { effort: 'xhigh' } })).toEqual({
      kind: 'default',
      effort: 'xhigh',
    })
  })

  it('[C13] [C16] [C52] reads format, stop sequences and the choice of tools', () => {
    const heard = decode(
      request({
        output_config: { format: { type: 'json_schema', schema: { type: 'object' } } },
        stop_sequences: ['END'],
        tools: [{ name: 'f', input_schema: { type: 'object' } }],
        tool_choice: { type: 'any', disable_parallel_tool_use: true },
      }),
    )
    expect(heard.output).toEqual({ kind: 'json-schema', name: 'answer', schema: { type: 'object' } })
    expect(heard.sampling.stop).toEqual(['END'])
    expect(heard.toolChoice).toEqual({ kind: 'required' })
    expect(heard.parallelToolCalls).toBe(false)
    const choice = (value: Json) => decode(request({ tool_choice: value })).toolChoice
    expect(choice({ type: 'auto' })).toEqual({ kind: 'auto' })
    expect(choice({ type: 'none' })).toEqual({ kind: 'none' })
    expect(choice({ type: 'tool', name: 'f' })).toEqual({ kind: 'tool', name: 'f' })
    expect(choice({ type: 'lottery' })).toBeUndefined()
  })

  it('[C53] [C54] reads results of every form, first in their turn, errors as errors', () => {
    const { turns } = messages(
      { role: 'assistant', content: [{ type: 'tool_use', id: 'a', name: 'f', input: {} }] },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'beside' },
          { type: 'tool_result', tool_use_id: 'a' },
          { type: 'tool_result', tool_use_id: 'b', content: 'plain', is_error: true },
          {
            type: 'tool_result',
            tool_use_id: 'c',
            content: [
              { type: 'text', text: 'see' },
              { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } },
              { type: 'document', title: 'D', source: { type: 'url', url: 'https://d.test/d.pdf' } },
              {
                type: 'search_result',
                title: 'T',
                source: 'https://s.test',
                content: [{ type: 'text', text: 'found' }],
              },
              { type: 'tool_reference', tool_name: 'later' },
              { type: 'hologram', data: 'zzzz' },
            ],
          },
        ],
      },
    )
    expect(turns[1]?.parts).toEqual([
      { type: 'tool-result', callId: 'a', content: [], isError: false },
      { type: 'tool-result', callId: 'b', content: [{ type: 'text', text: 'plain' }], isError: true },
      {
        type: 'tool-result',
        callId: 'c',
        isError: false,
        content: [
          { type: 'text', text: 'see' },
          { type: 'media', mediaType: 'image/png', source: { kind: 'base64', data: 'AAAA' } },
          {
            type: 'media',
            mediaType: 'application/pdf',
            source: { kind: 'url', url: 'https://d.test/d.pdf' },
            title: 'D',
          },
          { type: 'text', text: 'T — https://s.test\nfound' },
          { type: 'tool-reference', name: 'later' },
          { type: 'text', text: '[hologram omitted]' },
        ],
      },
      { type: 'text', text: 'beside' },
    ])
  })

  it('[C70] [C71] [C72] reads images and documents of every source, in order', () => {
    const { turns, unsaid } = messages({
      role: 'user',
      content: [
        { type: 'image', source: { type: 'url', url: 'https://i.test/i.png' } },
        { type: 'text', text: 'and' },
        { type: 'image', source: { type: 'file', file_id: 'file_1' } },
        {
          type: 'document',
          source: { type: 'text', media_type: 'text/plain', data: 'plain' },
          context: 'read this',
        },
        {
          type: 'document',
          source: {
            type: 'content',
            content: [
              { type: 'text', text: 'one' },
              { type: 'text', text: 'two' },
            ],
          },
        },
        {
          type: 'document',
          source: { type: 'base64', media_type: 'application/pdf', data: 'JVBE' },
          citations: { enabled: true },
        },
        { type: 'hologram', data: 'zzzz' },
      ],
    })
    expect(turns[0]?.parts).toEqual([
      { type: 'media', mediaType: 'image/*', source: { kind: 'url', url: 'https://i.test/i.png' } },
      { type: 'text', text: 'and' },
      { type: 'media', mediaType: 'image/*', source: { kind: 'file', dialect: 'anthropic', id: 'file_1' } },
      { type: 'text', text: 'read this' },
      { type: 'media', mediaType: 'text/plain', source: { kind: 'text', text: 'plain' } },
      { type: 'media', mediaType: 'text/plain', source: { kind: 'text', text: 'one\ntwo' } },
      { type: 'media', mediaType: 'application/pdf', source: { kind: 'base64', data: 'JVBE' } },
      {
        type: 'foreign',
        dialect: 'anthropic',
        value: { type: 'hologram', data: 'zzzz' },
        loss: 'unknown-part',
      },
    ])
    expect(unsaid).toEqual(['citations'])
  })

  it('[C64] [C65] reads thoughts with their proofs, and returns foreign proofs to their makers', () => {
    const foreign = tagProof(
      { dialect: 'openai-responses', kind: 'encrypted', value: 'enc', itemId: 'rs_1' },
      'anthropic',
    )
    const { turns } = messages({
      role: 'assistant',
      content: [
        { type: 'thinking', thinking: ' as it is ', signature: 'sig' },
        { type: 'redacted_thinking', data: 'opaque' },
        { type: 'thinking', thinking: '', signature: foreign },
        { type: 'thinking', thinking: '', signature: '' },
      ],
    })
    expect(turns[0]?.parts).toEqual([
      {
        type: 'thinking',
        text: ' as it is ',
        proof: { dialect: 'anthropic', kind: 'signature', value: 'sig' },
      },
      { type: 'thinking', text: '', proof: { dialect: 'anthropic', kind: 'redacted', value: 'opaque' } },
      {
        type: 'thinking',
        text: '',
        proof: { dialect: 'openai-responses', kind: 'encrypted', value: 'enc', itemId: 'rs_1' },
      },
    ])
  })

  it('keeps the numbers of arguments as the model wrote them', () => {
    const body = parseJson(
      '{"model":"m","messages":[{"role":"assistant","content":[{"type":"tool_use","id":"a","name":"f","input":{"x":1.0,"id":12345678901234567890}}]}]}',
    )
    expect(decode(body).turns[0]?.parts[0]).toMatchObject({
      arguments: '{"x":1.0,"id":12345678901234567890}',
    })
  })

  it('[C56] [C60] [C114] [C116] [C136] reads tools of every kind; the placeholder is none', () => {
    const { tools, unsaid } = decode(
      request({
        tools: [
          {
            name: 'a',
            input_schema: { type: 'object' },
            strict: true,
            eager_input_streaming: true,
            type: 'custom',
          },
          {
            name: 'b',
            description: 'B',
            input_schema: { type: 'object' },
            defer_loading: true,
            input_examples: [{}],
          },
          { name: 'DeferredToolPlaceholder', input_schema: { type: 'object' } },
          { type: 'web_search_20250305', name: 'web_search', max_uses: 8, allowed_domains: ['x.test'] },
          { type: 'code_execution_20250825', name: 'code_execution' },
        ],
      }),
    )
    expect(tools).toEqual([
      { kind: 'function', name: 'a', description: '', schema: { type: 'object' }, strict: true },
      { kind: 'function', name: 'b', description: 'B', schema: { type: 'object' }, deferred: true },
      { kind: 'web-search', maxUses: 8, allowedDomains: ['x.test'] },
      {
        kind: 'foreign',
        dialect: 'anthropic',
        type: 'code_execution_20250825',
        value: { type: 'code_execution_20250825', name: 'code_execution' },
      },
    ])
    expect(unsaid).toEqual(['tool-examples'])
  })

  it('reads an earlier web search as one part', () => {
    const { turns } = messages({
      role: 'assistant',
      content: [
        { type: 'server_tool_use', id: 's', name: 'web_search', input: { query: 'q' } },
        {
          type: 'web_search_tool_result',
          tool_use_id: 's',
          content: [{ type: 'web_search_result', url: 'u', title: 't', encrypted_content: 'e' }],
        },
      ],
    })
    expect(turns[0]?.parts).toEqual([
      {
        type: 'search',
        id: 's',
        query: 'q',
        results: [{ url: 'u', title: 't', proof: { dialect: 'anthropic', kind: 'encrypted', value: 'e' } }],
      },
    ])
  })

  it('[C23] refuses what is no request, naming the field', () => {
    const said = (body: Json): string => {
      const heard = anthropic.request.decode(body)
      if (!('kind' in heard)) throw new Error('accepted')
      expect(heard.kind).toBe('bad-request')
      return heard.message
    }
    expect(said([])).toContain('JSON object')
    expect(said({ messages: [] })).toBe('model: field required')
    expect(said({ model: 'm' })).toBe('messages: field required')
    expect(said({ model: 'm', messages: {} })).toBe('messages: should be a list')
    expect(said({ model: 'm', messages: [] })).toContain('messages: at least one')
    expect(said(request({ max_tokens: 'many' }))).toBe('max_tokens: should be an integer')
    expect(said(request({ tools: {} }))).toBe('tools: should be a list')
    expect(said(request({ messages: ['hi'] }))).toBe('messages.0: should be an object')
    expect(said(request({ messages: [{ role: 'narrator', content: 'x' }] }))).toContain('messages.0.role')
    expect(said(request({ messages: [{ role: 'user', content: 7 }] }))).toContain('messages.0.content')
  })

  it('[C77] needs no max_tokens, so that counting works', () => {
    expect(decode({ model: 'm', messages: [{ role: 'user', content: 'x' }] }).sampling).toEqual({})
  })

  it('throws for no JSON at all', () => {
    const scalar = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null))
    const word = fc.constantFrom(
      'user',
      'text',
      'tool_use',
      'tool_result',
      'thinking',
      'document',
      'image',
      'custom',
      'x',
    )
    const value = fc.letrec<{ json: Json }>((tie) => ({
      json: fc.oneof(
        { maxDepth: 5 },
        scalar,
        word,
        fc.array(tie('json'), { maxLength: 4 }),
        fc.dictionary(
          fc.constantFrom(
            ...[
              'role',
              'type',
              'content',
              'text',
              'source',
              'input',
              'thinking',
              'signature',
              'data',
              'id',
              'name',
            ],
            ...[
              'cache_control',
              'citations',
              'tool_use_id',
              'media_type',
              'url',
              'budget_tokens',
              'format',
              'schema',
            ],
          ),
          tie('json'),
          { maxKeys: 5, noNullPrototype: true },
        ),
      ),
    })).json
    const body = fc.record(
      {
        model: fc.oneof(fc.constant('m'), value),
        messages: fc.oneof(
          fc.array(fc.record({ role: fc.constantFrom('user', 'assistant', 'system'), content: value }), {
            minLength: 1,
          }),
          value,
        ),
        system: value,
        tools: fc.oneof(fc.array(value), value),
        tool_choice: value,
        thinking: value,
        output_config: value,
        metadata: value,
        stop_sequences: value,
      },
      { requiredKeys: ['model', 'messages'] },
    )
    fc.assert(
      fc.property(body, (json) => {
        const heard = anthropic.request.decode(json)
        if (!('kind' in heard)) encode(heard)
      }),
      { numRuns: 1000 },
    )
  })
})

describe('writing requests', () => {
  it('[C14] always says max_tokens, clamped to what the target allows', () => {
    expect(encode(talk({ sampling: {} })).wire.max_tokens).toBe(32_000)
    expect(encode(talk({ sampling: {} }), { maxOutputTokens: 8192 }).wire.max_tokens).toBe(8192)
    expect(encode(talk({ sampling: { maxOutputTokens: 1 } })).wire.max_tokens).toBe(1)
    const clamped = encode(talk({ sampling: { maxOutputTokens: 9000 } }), { maxOutputTokens: 8192 })
    expect(clamped.wire.max_tokens).toBe(8192)
    expect(clamped.lost).toEqual(['max-output-tokens'])
  })

  it('[C11] keeps a thinking budget between 1024 and the output limit', () => {
    const ask = (budgetTokens: number, maxOutputTokens: number) =>
      encode(talk({ thinking: { kind: 'budget', budgetTokens }, sampling: { maxOutputTokens } }))
    expect(ask(2000, 4000).wire.thinking).toEqual({ type: 'enabled', budget_tokens: 2000 })
    expect(ask(2000, 4000).lost).toEqual([])
    expect(ask(32000, 32000).wire.thinking.budget_tokens).toBe(31_999)
    expect(ask(10, 4000).wire.thinking.budget_tokens).toBe(1024)
    expect(ask(10, 4000).lost).toEqual(['thinking-budget'])
    expect(ask(2000, 500).wire.thinking).toBeUndefined()
    expect(ask(2000, 500).lost).toEqual(['thinking-budget'])
  })

  it('does not ask for a budget in a step whose calls another model thought of', () => {
    const turns: Turn[] = [
      say('go'),
      { role: 'assistant', parts: [{ type: 'tool-call', id: 'a', name: 'f', arguments: '{}' }] },
      { role: 'user', parts: [{ type: 'tool-result', callId: 'a', content: [], isError: false }] },
    ]
    const thinking = { kind: 'budget', budgetTokens: 2000 } as const
    const sampling = { maxOutputTokens: 9000 }
    expect(encode(talk({ turns, thinking, sampling })).wire.thinking).toBeUndefined()
    expect(encode(talk({ turns: [...turns, say('on')], thinking, sampling })).wire.thinking).toBeUndefined()
    const later: Turn[] = [
      ...turns,
      { role: 'assistant', parts: [{ type: 'text', text: 'ok' }] },
      say('next'),
    ]
    expect(encode(talk({ turns: later, thinking, sampling })).wire.thinking).toBeDefined()
  })

  it('[C12] says effort, or the nearest the target knows', () => {
    const effort = (level: 'minimal' | 'high', quirks: Quirks = {}) =>
      encode(talk({ thinking: { kind: 'default', effort: level } }), quirks)
    expect(effort('high').wire.output_config).toEqual({ effort: 'high' })
    expect(effort('high').wire.thinking).toBeUndefined()
    expect(effort('minimal').wire.output_config).toEqual({ effort: 'low' })
    expect(effort('high', { efforts: [] }).wire.output_config).toBeUndefined()
    expect(effort('high', { efforts: [] }).lost).toEqual(['effort'])
  })

  it('[C15] leaves out sampling the target refuses or that thinking excludes', () => {
    const sampling = { maxOutputTokens: 10, temperature: 0.5, topK: 3 }
    expect(encode(talk({ sampling })).wire).toMatchObject({ temperature: 0.5, top_k: 3 })
    expect(encode(talk({ sampling }), { refusesSampling: true }).lost).toEqual(['top-k', 'temperature'])
    expect(encode(talk({ sampling, thinking: { kind: 'adaptive' } })).wire.temperature).toBeUndefined()
    expect(encode(talk({ sampling: { temperature: 1.7 } })).wire.temperature).toBe(1)
    const both = encode(talk({ sampling: { temperature: 1, topP: 0.9 } }))
    expect(both.wire.top_p).toBeUndefined()
    expect(both.lost).toEqual(['temperature'])
    expect(encode(talk({ sampling: { seed: 1, presencePenalty: 1 } })).lost).toEqual(['seed', 'penalties'])
  })

  it('[C52] forces, forbids and orders tool calls', () => {
    const tools = [tool('f')]
    const choice = (more: Partial<Conversation>, quirks: Quirks = {}) =>
      encode(talk({ tools, ...more }), quirks)
    expect(choice({ toolChoice: { kind: 'required' } }).wire.tool_choice).toEqual({ type: 'any' })
    expect(choice({ toolChoice: { kind: 'tool', name: 'f' } }).wire.tool_choice).toEqual({
      type: 'tool',
      name: 'f',
    })
    expect(choice({ parallelToolCalls: false }).wire.tool_choice).toEqual({
      type: 'auto',
      disable_parallel_tool_use: true,
    })
    expect(choice({ parallelToolCalls: true }).wire.tool_choice).toBeUndefined()
    expect(choice({ parallelToolCalls: false }, { noParallelSwitch: true }).lost).toEqual([
      'parallel-tool-calls',
    ])
    expect(choice({ toolChoice: { kind: 'tool', name: 'ghost' } }).lost).toEqual(['tool-choice'])
    expect(choice({ toolChoice: { kind: 'required' } }, { requiredToolWord: 'auto' }).lost).toEqual([
      'tool-choice',
    ])
    expect(encode(talk({ toolChoice: { kind: 'required' } })).wire.tool_choice).toBeUndefined()
    const thinks = choice({ toolChoice: { kind: 'required' }, thinking: { kind: 'adaptive' } })
    expect(thinks.wire.thinking).toBeUndefined()
    expect(thinks.lost).toEqual(['thinking-budget'])
  })

  it('[C57] [C58] completes schemas, removes what is refused, and keeps optional what is optional', () => {
    const schema = {
      properties: { format: { type: 'string', format: 'uri' }, kind: { enum: ['format'] } },
      required: ['kind'],
    }
    const { wire, lost } = encode(talk({ tools: [tool('f', { schema })] }), { schemaRefuses: ['format'] })
    expect(wire.tools[0].input_schema).toEqual({
      type: 'object',
      properties: { format: { type: 'string' }, kind: { enum: ['format'] } },
      required: ['kind'],
    })
    expect(lost).toEqual(['tool-schema'])
    const choice = encode(talk({ tools: [tool('f', { schema: { oneOf: [{}] } })] }))
    expect(choice.wire.tools[0].input_schema).toEqual({ type: 'object', properties: {} })
    expect(choice.lost).toEqual(['tool-schema'])
    expect(encode(talk({ tools: [tool('f', { schema: {} })] })).lost).toEqual([])
  })

  it('[C124] flattens namespaces, asks for freeform input as text, and knows the way back', () => {
    const tools = [
      tool('close', { namespace: 'agents' }),
      {
        kind: 'freeform' as const,
        name: 'patch',
        description: 'patches',
        format: { type: 'grammar', syntax: 'lark', definition: 'start: "x"' },
      },
    ]
    const turns: Turn[] = [
      say('go'),
      {
        role: 'assistant',
        parts: [
          { type: 'tool-call', id: 'a', name: 'close', namespace: 'agents', arguments: '{"n":1.0}' },
          { type: 'tool-call', id: 'b', name: 'patch', arguments: '*** x', freeform: true },
        ],
      },
    ]
    const { wire, body, lost, names } = encode(talk({ tools, turns }))
    expect(wire.tools.map(({ name }: { name: string }) => name)).toEqual(['agents__close', 'patch'])
    expect(wire.tools[1].description).toContain('start: "x"')
    expect(body).toContain('"input":{"n":1.0}')
    expect(wire.messages[1].content[1].input).toEqual({ input: '*** x' })
    expect(lost).toEqual(['tool-grammar'])
    expect(names.get('agents__close')).toEqual({ name: 'close', namespace: 'agents', freeform: false })
  })

  it('keeps arguments that are no object as text', () => {
    const call = (text: string): Turn[] => [
      say('go'),
      { role: 'assistant', parts: [{ type: 'tool-call', id: 'a', name: 'f', arguments: text }] },
    ]
    const input = (text: string) => encode(talk({ turns: call(text) })).wire.messages[1].content[0].input
    expect(input('')).toEqual({})
    expect(input('{"a')).toEqual({ unparsed_arguments: '{"a' })
    expect(input('[1]')).toEqual({ unparsed_arguments: '[1]' })
  })

  it('[C65] drops thoughts that Anthropic did not sign, and says so', () => {
    const turns: Turn[] = [
      say('go'),
      {
        role: 'assistant',
        parts: [
          { type: 'thinking', text: 'unsigned' },
          { type: 'thinking', text: '', proof: { dialect: 'gemini', kind: 'thought', value: 'g' } },
          { type: 'thinking', text: 'mine', proof: { dialect: 'anthropic', kind: 'signature', value: 's' } },
        ],
      },
      { role: 'assistant', parts: [{ type: 'thinking', text: 'only this' }] },
      say('on'),
    ]
    const { wire, lost } = encode(talk({ turns }))
    expect(wire.messages[1].content).toEqual([{ type: 'thinking', thinking: 'mine', signature: 's' }])
    expect(lost).toEqual(['thinking-text', 'thinking-proof'])
    const replayed = encode(talk({ turns }), { reasoningReplay: 'required' })
    expect(replayed.wire.messages[1].content[0]).toEqual({
      type: 'thinking',
      thinking: 'unsigned',
      signature: '',
    })
  })

  it('[C7] keeps guidance in place, folded into the user’s turn only for targets that demand it', () => {
    const turns: Turn[] = [
      { role: 'system', parts: [{ type: 'text', text: 'first' }] },
      say('a'),
      { role: 'system', parts: [{ type: 'text', text: 'between' }] },
    ]
    const kept = encode(talk({ turns }))
    expect(kept.wire.system.map(({ text }: { text: string }) => text)).toEqual(['first'])
    expect(kept.wire.messages.map(({ role }: { role: string }) => role)).toEqual(['user', 'system'])
    expect(kept.lost).toEqual([])
    const folded = encode(talk({ turns }), { systemOnlyFirst: true })
    expect(folded.wire.messages).toHaveLength(1)
    expect(folded.wire.messages[0].content[1].text).toContain('between')
    expect(folded.lost).toEqual(['system-position'])
  })

  it('[C54] merges turns, results first, begins with the user, and leaves nothing empty', () => {
    const turns: Turn[] = [
      { role: 'assistant', parts: [{ type: 'tool-call', id: 'a', name: 'f', arguments: '{}' }] },
      say('text'),
      { role: 'user', parts: [{ type: 'tool-result', callId: 'a', content: [], isError: true }] },
      { role: 'assistant', parts: [{ type: 'text', text: ' \n' }] },
      say('end'),
    ]
    const { wire } = encode(talk({ turns }), { cacheControl: false })
    expect(wire.messages.map(({ role }: { role: string }) => role)).toEqual(['user', 'assistant', 'user'])
    expect(wire.messages[2].content).toEqual([
      { type: 'tool_result', tool_use_id: 'a', content: '', is_error: true },
      { type: 'text', text: 'text' },
      { type: 'text', text: 'end' },
    ])
  })

  it('[C70] [C71] shows what the target sees, and a placeholder for the rest', () => {
    const media = (mediaType: string, source: MediaPart['source'], title?: string): MediaPart => ({
      type: 'media',
      mediaType,
      source,
      ...(title && { title }),
    })
    const parts = [
      media('image/png', { kind: 'base64', data: 'AAAA' }),
      media('application/pdf', { kind: 'url', url: 'https://d.test/d.pdf' }, 'D'),
      media('text/csv', { kind: 'base64', data: 'YSxi' }),
      media('audio/wav', { kind: 'base64', data: 'UklG' }),
      media('application/zip', { kind: 'base64', data: 'UEsD' }, 'z.zip'),
      media('image/png', { kind: 'file', dialect: 'openai-chat', id: 'f' }),
    ]
    const { wire, lost } = encode(talk({ turns: [{ role: 'user', parts }] }), { cacheControl: false })
    expect(wire.messages[0].content).toEqual([
      { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } },
      { type: 'document', source: { type: 'url', url: 'https://d.test/d.pdf' }, title: 'D' },
      { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'a,b' } },
      { type: 'text', text: '[audio omitted: audio/wav]' },
      { type: 'text', text: '[file omitted: z.zip, application/zip]' },
      { type: 'text', text: '[image omitted: image/png]' },
    ])
    expect(lost).toEqual(['audio', 'document', 'file-reference'])
    const blind = encode(talk({ turns: [{ role: 'user', parts: parts.slice(0, 3) }] }), {
      images: false,
      documents: false,
    })
    expect(blind.wire.messages[0].content.map(({ text }: { text: string }) => text)).toEqual([
      '[image omitted: image/png]',
      '[file omitted: D, application/pdf]',
      'a,b',
    ])
    expect(blind.lost).toEqual(['image', 'document'])
  })

  it('[C13] demands a schema where the target can, and names it where not', () => {
    const output = { kind: 'json-schema', name: 'answer', schema: { type: 'object' } } as const
    expect(encode(talk({ output })).wire.output_config.format).toEqual({
      type: 'json_schema',
      schema: { type: 'object' },
    })
    expect(encode(talk({ output }), { structuredOutput: 'none' }).lost).toEqual(['output-schema'])
    expect(encode(talk({ output: { kind: 'json' } })).lost).toEqual(['output-json'])
    expect(encode(talk({ output: { kind: 'text', verbosity: 'low' } })).lost).toEqual(['verbosity'])
  })

  it('[C114] [C115] asks for web search with its filters, or names it', () => {
    const tools = [
      { kind: 'web-search' as const, maxUses: 3, allowedDomains: ['x.test'], contextSize: 'high' },
    ]
    expect(encode(talk({ tools }), { webSearch: true }).wire.tools[0]).toMatchObject({
      type: 'web_search_20250305',
      name: 'web_search',
      max_uses: 3,
      allowed_domains: ['x.test'],
    })
    expect(encode(talk({ tools }), { webSearch: true }).lost).toEqual(['web-search-filters'])
    expect(encode(talk({ tools })).wire.tools).toBeUndefined()
    expect(encode(talk({ tools })).lost).toEqual(['web-search'])
  })

  it('[C60] [C136] shows a deferred tool once it was named', () => {
    const tools = [tool('near'), tool('far', { deferred: true })]
    const named: Turn[] = [
      say('go'),
      { role: 'assistant', parts: [{ type: 'tool-call', id: 'a', name: 'near', arguments: '{}' }] },
      {
        role: 'user',
        parts: [
          {
            type: 'tool-result',
            callId: 'a',
            isError: false,
            content: [{ type: 'tool-reference', name: 'far' }],
          },
        ],
      },
    ]
    const shown = (turns: readonly Turn[]) =>
      encode(talk({ tools, turns })).wire.tools.map(({ name }: { name: string }) => name)
    expect(shown([say('go')])).toEqual(['near'])
    expect(shown(named)).toEqual(['near', 'far'])
  })

  const marks = (body: string): number => body.split('"cache_control"').length - 1

  it('[C73] [C74] repeats the client’s cache marks, at most four, and none for targets that refuse them', () => {
    const cached = (count: number): Turn => ({
      role: 'user',
      parts: Array.from({ length: count }, (_, at) => ({
        type: 'text' as const,
        text: `t${at}`,
        cache: '1h' as const,
      })),
    })
    const one = encode(
      talk({ system: [{ type: 'text', text: 's' }], tools: [tool('f')], turns: [cached(1)] }),
    )
    expect(marks(one.body)).toBe(1)
    expect(one.wire.messages[0].content[0].cache_control).toEqual({ type: 'ephemeral', ttl: '1h' })
    const six = encode(talk({ turns: [cached(6)] }))
    expect(six.wire.messages[0].content.map((block: object) => 'cache_control' in block)).toEqual([
      ...[true, false, false, true, true, true],
    ])
    expect(six.lost).toEqual(['cache-control'])
    const none = encode(talk({ turns: [cached(1)] }), { cacheControl: false })
    expect(marks(none.body)).toBe(0)
    expect(none.lost).toEqual(['cache-control'])
  })

  it('[C74] [C75] marks where prompts repeat for clients without marks', () => {
    const turns: Turn[] = [say('a'), { role: 'assistant', parts: [{ type: 'text', text: 'b' }] }, say('c')]
    const { wire, body, lost } = encode(
      talk({ system: [{ type: 'text', text: 's' }], tools: [tool('f')], turns }),
    )
    expect(marks(body)).toBe(4)
    expect(wire.system[0].cache_control).toEqual({ type: 'ephemeral' })
    expect(wire.messages[2].content[0].cache_control).toEqual({ type: 'ephemeral' })
    expect(lost).toEqual([])
    expect(marks(encode(talk({ turns }), { cacheControl: false }).body)).toBe(0)
  })

  const text = fc.string({ minLength: 1, maxLength: 12 }).filter((each) => each.trim() !== '')
  const cache = fc.option(fc.constantFrom('5m' as const, '1h' as const), { nil: undefined })
  const withCache = <T extends object>(part: fc.Arbitrary<T>) =>
    fc.tuple(part, cache).map(([value, mark]) => (mark === undefined ? value : { ...value, cache: mark }))
  const textPart = withCache(fc.record({ type: fc.constant('text' as const), text }))
  const media = fc.oneof(
    fc.constant({
      type: 'media' as const,
      mediaType: 'image/png',
      source: { kind: 'base64' as const, data: 'AAAA' },
    }),
    fc.constant({
      type: 'media' as const,
      mediaType: 'image/*',
      source: { kind: 'url' as const, url: 'https://i.test' },
    }),
    fc.constant({
      type: 'media' as const,
      mediaType: 'application/pdf',
      source: { kind: 'file' as const, dialect: 'anthropic' as const, id: 'file_1' },
      title: 'T',
    }),
  )
  const thought = fc.constantFrom(
    {
      type: 'thinking' as const,
      text: ' t ',
      proof: { dialect: 'anthropic' as const, kind: 'signature' as const, value: 's' },
    },
    {
      type: 'thinking' as const,
      text: '',
      proof: { dialect: 'anthropic' as const, kind: 'redacted' as const, value: 'r' },
    },
  )
  const step = fc
    .record({
      said: textPart,
      thoughts: fc.array(thought, { maxLength: 2 }),
      words: fc.array(textPart, { maxLength: 1 }),
      inputs: fc.array(fc.constantFrom('{}', '{"a":1.0}', '{"b":[1,{"c":null}]}'), { maxLength: 3 }),
      results: fc.array(fc.array(fc.oneof(textPart, media), { maxLength: 2 }), {
        minLength: 3,
        maxLength: 3,
      }),
      isError: fc.boolean(),
      beside: fc.array(fc.oneof(textPart, media), { maxLength: 2 }),
      note: fc.option(textPart, { nil: undefined }),
    })
    .map(
      ({ said, thoughts, words, inputs, results, isError, beside, note }) =>
        ({ key, first }: { key: string; first: boolean }): Turn[] => {
          const calls = inputs.map((input, at) => ({
            type: 'tool-call' as const,
            id: `${key}_${at}`,
            name: 'look',
            arguments: input,
          }))
          const answers = calls.map(({ id }, at) => ({
            type: 'tool-result' as const,
            callId: id,
            content: results[at] ?? [],
            isError,
          }))
          const spoken = [...thoughts, ...words, ...calls]
          const turns: Turn[] = first ? [{ role: 'user', parts: [said] }] : []
          if (spoken.length === 0) return turns
          turns.push({ role: 'assistant', parts: spoken })
          turns.push({ role: 'user', parts: [...answers, ...beside, said] })
          if (note) turns.push({ role: 'system', parts: [note] })
          return turns
        },
    )
  const history = fc
    .array(step, { minLength: 1, maxLength: 5 })
    .map((steps) => steps.flatMap((make, at) => make({ key: `call${at}`, first: at === 0 })))
  const conversations = fc
    .record({
      system: fc.array(textPart, { maxLength: 2 }),
      turns: history,
      toolChoice: fc.constantFrom(undefined, { kind: 'auto' as const }, { kind: 'none' as const }),
      parallel: fc.constantFrom(undefined, false as const),
      sampling: fc.constantFrom(
        { maxOutputTokens: 10 },
        { maxOutputTokens: 64_000, temperature: 0.2, topK: 4 },
        { maxOutputTokens: 1, topP: 0.9, stop: ['END'] },
      ),
      thinking: fc.constantFrom(
        { kind: 'default' as const },
        { kind: 'off' as const },
        { kind: 'default' as const, effort: 'high' as const },
      ),
      output: fc.constantFrom(
        { kind: 'text' as const },
        { kind: 'json-schema' as const, name: 'answer', schema: { type: 'object', minimum: 1 } },
      ),
      userId: fc.constantFrom(undefined, 'someone'),
    })
    .map(
      ({ toolChoice, parallel, userId, ...rest }): Conversation => ({
        ...rest,
        tools: [
          tool('look', { strict: true }),
          tool('find'),
          {
            kind: 'web-search',
            maxUses: 2,
            blockedDomains: ['b.test'],
            location: { type: 'approximate', city: 'Kiel' },
          },
        ],
        toolChoice: toolChoice ?? { kind: 'auto' },
        ...(parallel === false && toolChoice?.kind !== 'none' && { parallelToolCalls: false }),
        ...(userId && { userId }),
        unsaid: [],
      }),
    )

  it('decode after encode changes nothing that this dialect can say, and nothing is lost', () => {
    fc.assert(
      fc.property(conversations, (conversation) => {
        const marked = JSON.stringify(conversation).split('"cache"').length - 1
        if (marked > 4) return
        const quirks: Quirks = marked === 0 ? quiet : { webSearch: true }
        const { body, lost } = encode(conversation, quirks)
        expect(lost).toEqual([])
        expect(decode(parseJson(body))).toEqual(conversation)
      }),
      { numRuns: 500 },
    )
  })

  it('[C75] a longer history only appends', () => {
    fc.assert(
      fc.property(conversations, history, (conversation, more) => {
        const spoke: Turn = { role: 'assistant', parts: [{ type: 'text', text: 'on' }] }
        const next: Conversation = { ...conversation, turns: [...conversation.turns, spoke, ...more] }
        const now = encode(conversation, quiet).body
        expect(encode(next, quiet).body.startsWith(now.slice(0, -2))).toBe(true)
        expect(encode(conversation, quiet).body).toBe(now)
        const unmarked = (body: string): string => body.replaceAll(/,"cache_control":\{[^}]*\}/g, '')
        expect(unmarked(encode(next).body).startsWith(unmarked(encode(conversation).body).slice(0, -2))).toBe(
          true,
        )
      }),
      { numRuns: 300 },
    )
  })
})
