import { describe, expect, test } from 'vitest'
import type {
  AssistantPart,
  Conversation,
  MediaPart,
  Proof,
  Thinking,
  Tool,
  Turn,
  UserPart,
} from '../../../src/conversation/conversation.ts'
import type { Quirks } from '../../../src/conversation/quirks.ts'
import { openaiChat } from '../../../src/dialects/openai-chat/index.ts'
import { asList, asObject, type Json, type JsonObject, parseJson } from '../../../src/wire/json.ts'
import { quiet } from './fixtures/context.ts'

function encode(conversation: Partial<Conversation>, quirks: Quirks = {}, stream = false) {
  const { body, lost, names } = openaiChat.request.encode(
    { ...quiet, ...conversation },
    { model: 'grebe-2', stream, quirks },
  )
  return { text: body, body: asObject(parseJson(body)), lost, names }
}
const messages = (turns: readonly Turn[], quirks: Quirks = {}): readonly Json[] =>
  asList(encode({ turns }, quirks).body['messages'])
const user = (...parts: UserPart[]): Turn => ({ role: 'user', parts })
const assistant = (...parts: AssistantPart[]): Turn => ({ role: 'assistant', parts })
const text = (said: string) => ({ type: 'text', text: said }) as const
const call = (id: string, args = '{}', more: object = {}) =>
  ({ type: 'tool-call', id, name: 'look', arguments: args, ...more }) as const
const image: MediaPart = { type: 'media', mediaType: 'image/png', source: { kind: 'base64', data: 'AAAA' } }
const pdf: MediaPart = {
  type: 'media',
  mediaType: 'application/pdf',
  source: { kind: 'base64', data: 'CCCC' },
  title: 'a.pdf',
}
const look: Tool = {
  kind: 'function',
  name: 'look',
  description: 'Looks.',
  schema: { type: 'object', properties: {} },
}
const result = (
  callId: string,
  content: Extract<UserPart, { type: 'tool-result' }>['content'],
  isError = false,
) => ({ type: 'tool-result', callId, content, isError }) as const

describe('messages', () => {
  test('guidance is one message under the role the target knows', () => {
    const system = [text('one'), text('two')]
    expect(encode({ system, turns: [user(text('hi'))] }).body['messages']).toEqual([
      { role: 'system', content: 'one\n\ntwo' },
      { role: 'user', content: 'hi' },
    ])
    expect(asList(encode({ system }, { systemRole: 'developer' }).body['messages'])[0]).toMatchObject({
      role: 'developer',
    })
  })

  test('[C7] guidance between turns keeps its place, as the user’s where no other will do', () => {
    const turns: Turn[] = [user(text('hi')), { role: 'system', parts: [text('be brief')] }]
    expect(messages(turns)[1]).toEqual({ role: 'system', content: 'be brief' })
    const { body, lost } = encode({ turns }, { systemOnlyFirst: true })
    expect(asList(body['messages'])[1]).toEqual({ role: 'user', content: '<system>\nbe brief\n</system>' })
    expect(lost).toEqual(['system-position'])
  })

  test('[C54] [C72] results stand directly behind their calls, what else the user says and shows after them', () => {
    const turns = [
      assistant(call('a'), call('b')),
      user(result('a', [text('1')]), result('b', [text('2')]), text('and?'), image),
    ]
    expect(messages(turns)).toEqual([
      {
        role: 'assistant',
        content: null,
        tool_calls: ['a', 'b'].map((id) => ({
          id,
          type: 'function',
          function: { name: 'look', arguments: '{}' },
        })),
      },
      { role: 'tool', tool_call_id: 'a', content: '1' },
      { role: 'tool', tool_call_id: 'b', content: '2' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'and?' },
          { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } },
        ],
      },
    ])
  })

  test('[C53] [C70] images of results follow in a user message, after all results of the turn', () => {
    const turns = [
      assistant(call('a'), call('b')),
      user(result('a', [text('seen'), image]), result('b', [text('2')])),
    ]
    const { body, lost } = encode({ turns })
    expect(asList(body['messages']).slice(1)).toEqual([
      { role: 'tool', tool_call_id: 'a', content: 'seen\n[image/png: see the next message]' },
      { role: 'tool', tool_call_id: 'b', content: '2' },
      {
        role: 'user',
        content: [
          { type: 'text', text: '[from the tool result of a]' },
          { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } },
        ],
      },
    ])
    expect(lost).toEqual(['image-in-tool-result'])
  })

  test('[C53] an error is visible, once', () => {
    const said = (content: string) =>
      asObject(messages([user(result('a', [text(content)], true))])[0])['content']
    expect(said('no such nest')).toBe('[tool error] no such nest')
    expect(said('[tool error] no such nest')).toBe('[tool error] no such nest')
  })

  test('[C70] [C71] what the target cannot see has a placeholder in its place, never base64', () => {
    const turns = [user(text('look'), image, pdf)]
    const { body, lost } = encode({ turns }, { images: false, documents: false })
    expect(asObject(asList(body['messages'])[0])['content']).toEqual([
      { type: 'text', text: 'look' },
      { type: 'text', text: '[image omitted: image/png]' },
      { type: 'text', text: '[document omitted: application/pdf a.pdf]' },
    ])
    expect(lost).toEqual(['image', 'document'])
    const inResult = encode({ turns: [user(result('a', [image]))] }, { images: false })
    expect(inResult.body['messages']).toEqual([
      { role: 'tool', tool_call_id: 'a', content: '[image omitted: image/png]' },
    ])
    expect(inResult.lost).toEqual(['image'])
  })

  test('[C71] documents go as files, texts as text; what others keep is named', () => {
    const parts: UserPart[] = [
      pdf,
      { type: 'media', mediaType: 'text/plain', source: { kind: 'text', text: 'plain words' } },
      {
        type: 'media',
        mediaType: 'application/pdf',
        source: { kind: 'url', url: 'https://nest.example/a.pdf' },
      },
      { type: 'media', mediaType: 'image/png', source: { kind: 'file', dialect: 'anthropic', id: 'file_1' } },
      { type: 'media', mediaType: 'audio/mpeg', source: { kind: 'base64', data: 'BBBB' } },
      { type: 'media', mediaType: 'audio/flac', source: { kind: 'base64', data: 'BBBB' } },
    ]
    const { body, lost } = encode({ turns: [user(...parts)] })
    expect(asObject(asList(body['messages'])[0])['content']).toEqual([
      { type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,CCCC' } },
      { type: 'text', text: 'plain words' },
      { type: 'text', text: '[document omitted: application/pdf https://nest.example/a.pdf]' },
      { type: 'text', text: '[image omitted: image/png]' },
      { type: 'input_audio', input_audio: { data: 'BBBB', format: 'mp3' } },
      { type: 'text', text: '[audio omitted: audio/flac]' },
    ])
    expect(lost).toEqual(['document', 'file-reference', 'audio'])
  })

  test('[C73] cache marks are left out and named, or said where the target heeds them', () => {
    const conversation: Partial<Conversation> = {
      system: [{ ...text('a'), cache: '1h' }],
      turns: [user({ ...text('b'), cache: '5m' }), user({ ...result('c', [text('d')]), cache: '5m' })],
      tools: [{ ...look, cache: '5m' }],
    }
    const without = encode(conversation)
    expect(without.text).not.toContain('cache_control')
    expect(without.lost).toEqual(['cache-control'])
    const { body, lost } = encode(conversation, { cacheControl: true })
    const mark = { type: 'ephemeral' }
    expect(body['messages']).toEqual([
      { role: 'system', content: [{ type: 'text', text: 'a', cache_control: { ...mark, ttl: '1h' } }] },
      { role: 'user', content: [{ type: 'text', text: 'b', cache_control: mark }] },
      { role: 'tool', tool_call_id: 'c', content: [{ type: 'text', text: 'd', cache_control: mark }] },
    ])
    expect(asList(body['tools'])[0]).toMatchObject({ cache_control: mark })
    expect(lost).toEqual([])
  })

  test('[C49] ids too long or in a strange alphabet are mapped alike in call and result', () => {
    const long = `functions.look:${'7'.repeat(80)}`
    const [said, answered] = messages([assistant(call(long)), user(result(long, []))]).map(asObject)
    const id = asObject(asList(said?.['tool_calls'])[0])['id']
    expect(id).toMatch(/^[a-zA-Z0-9_-]{1,64}$/)
    expect(answered?.['tool_call_id']).toBe(id)
  })

  test('earlier searches and foreign parts are told or named', () => {
    const turns = [
      assistant(
        {
          type: 'search',
          id: 's',
          query: 'nests',
          results: [{ url: 'https://nest.example', title: 'Nest' }],
        },
        text('So.'),
        { type: 'foreign', dialect: 'gemini', value: {}, loss: 'server-tool' },
      ),
    ]
    const { body, lost } = encode({ turns })
    expect(body['messages']).toEqual([
      { role: 'assistant', content: '[web search: nests]\n- Nest https://nest.example\n\nSo.' },
    ])
    expect(lost).toEqual(['search-results', 'server-tool'])
  })
})

describe('thoughts in the history', () => {
  const thinking = (said: string, proof?: Proof): AssistantPart => ({
    type: 'thinking',
    text: said,
    ...(proof && { proof }),
  })
  const signature: Proof = { dialect: 'anthropic', kind: 'signature', value: 'sig' }

  test('[C68] [C138] go back in the field the target reads them from', () => {
    const turns = [assistant(thinking('Hm.'), text('Yes.'))]
    expect(messages(turns)).toEqual([{ role: 'assistant', content: 'Yes.', reasoning_content: 'Hm.' }])
    expect(messages(turns, { reasoningField: 'reasoning' })[0]).toMatchObject({ reasoning: 'Hm.' })
    expect(messages(turns, { reasoningField: 'reasoning_details' })[0]).toMatchObject({
      reasoning_details: [{ type: 'reasoning.text', text: 'Hm.' }],
    })
    const refused = encode({ turns }, { reasoningReplay: 'refused' })
    expect(refused.body['messages']).toEqual([{ role: 'assistant', content: 'Yes.' }])
    expect(refused.lost).toEqual(['thinking-text'])
  })

  test('[C68] where they are required every message with calls has them, empty if need be', () => {
    expect(messages([assistant(call('a'))], { reasoningReplay: 'required' })[0]).toMatchObject({
      reasoning_content: '',
    })
    expect(messages([assistant(text('x'))], { reasoningReplay: 'required' })[0]).not.toHaveProperty(
      'reasoning_content',
    )
  })

  test('[C65] proofs of others are dropped and named; our target’s own return as they were', () => {
    expect(encode({ turns: [assistant(thinking('Hm.', signature), text('x'))] }).lost).toEqual([
      'thinking-proof',
    ])
    const entry = { type: 'reasoning.encrypted', data: 'c2VjcmV0', id: 'rs_1', format: 'openai-responses-v1' }
    const own: Proof = { dialect: 'openai-chat', kind: 'encrypted', value: JSON.stringify(entry) }
    const turns = [assistant(thinking('Sum.', own), thinking('', signature), call('a'))]
    const { body, lost } = encode({ turns }, { reasoningField: 'reasoning_details' })
    expect(asList(body['messages'])[0]).toMatchObject({
      reasoning_details: [
        { type: 'reasoning.summary', summary: 'Sum.', format: 'openai-responses-v1' },
        entry,
      ],
    })
    expect(lost).toEqual(['thinking-proof'])
  })
})

describe('tools', () => {
  const tools = (list: readonly Tool[], quirks: Quirks = {}) => {
    const { body, ...rest } = encode({ tools: list }, quirks)
    return { tools: asList(body['tools']).map(asObject), body, ...rest }
  }

  test('[C58] schemas get type and properties, lose $schema and what the target refuses, but no property of that name', () => {
    const schema = {
      $schema: 'x',
      properties: {
        format: { type: 'string', format: 'uri' },
        list: { items: [{ format: 'x', enum: ['format'] }] },
      },
    }
    const { tools: said, lost } = tools([{ ...look, kind: 'function', schema }], {
      schemaRefuses: ['format'],
    })
    expect(asObject(said[0]?.['function'])['parameters']).toEqual({
      type: 'object',
      properties: { format: { type: 'string' }, list: { items: [{ enum: ['format'] }] } },
    })
    expect(lost).toEqual(['tool-schema'])
    const bare = tools([{ ...look, kind: 'function', schema: {} }])
    expect(asObject(bare.tools[0]?.['function'])['parameters']).toEqual({ type: 'object', properties: {} })
    expect(bare.lost).toEqual([])
  })

  test('[C57] schemas are said byte for byte otherwise', () => {
    const written =
      '{"type":"object","properties":{"10":{"default":1.0},"2":{"maximum":12345678901234567890}}}'
    const { text: body } = encode({ tools: [{ ...look, kind: 'function', schema: parseJson(written) }] })
    expect(body).toContain(written)
  })

  test('[C124] freeform and namespaced tools become functions, and their names lead back', () => {
    const format = { type: 'grammar', syntax: 'lark', definition: 'start: "x"' }
    const list: Tool[] = [
      { kind: 'freeform', name: 'patch', description: 'Edits.', format },
      { ...look, kind: 'function', namespace: 'mcp.nest' },
    ]
    const { tools: said, lost, names } = tools(list)
    const [patch, flat] = said.map((tool) => asObject(tool['function']))
    expect(patch).toMatchObject({ name: 'patch', parameters: { required: ['input'] } })
    expect(patch?.['description']).toMatch(/Edits\.[\s\S]*lark grammar:\nstart: "x"/)
    expect(names.get('patch')).toEqual({ name: 'patch', freeform: true })
    expect(names.get(String(flat?.['name']))).toEqual({
      name: 'look',
      namespace: 'mcp.nest',
      freeform: false,
    })
    expect(lost).toEqual(['tool-grammar'])
    const past = messages([assistant(call('a', '*** "x"', { freeform: true }))])
    expect(JSON.stringify(past)).toContain(JSON.stringify(JSON.stringify({ input: '*** "x"' })))
  })

  test('[C136] [C60] deferred tools are shown once a result names them', () => {
    const deferred: Tool = { ...look, kind: 'function', deferred: true }
    expect(encode({ tools: [deferred] }).body).not.toHaveProperty('tools')
    const turns = [
      assistant(call('a', '{}', { name: 'search' })),
      user(result('a', [{ type: 'tool-reference', name: 'look' }])),
    ]
    const { body } = encode({ tools: [deferred], turns })
    expect(asList(body['tools'])).toHaveLength(1)
    expect(asList(body['messages'])[1]).toMatchObject({ content: '[tool available: look]' })
  })

  test('[C52] the choice, as strongly as the target understands it', () => {
    const said = (toolChoice: NonNullable<Conversation['toolChoice']>, quirks: Quirks = {}) => {
      const { body, lost } = encode({ tools: [look], toolChoice }, quirks)
      return [body['tool_choice'], ...lost]
    }
    expect(said({ kind: 'auto' })).toEqual(['auto'])
    expect(said({ kind: 'none' })).toEqual(['none'])
    expect(said({ kind: 'required' })).toEqual(['required'])
    expect(said({ kind: 'required' }, { requiredToolWord: 'any' })).toEqual(['any'])
    expect(said({ kind: 'required' }, { requiredToolWord: 'auto' })).toEqual(['auto', 'tool-choice'])
    expect(said({ kind: 'tool', name: 'look' })).toEqual([{ type: 'function', function: { name: 'look' } }])
    expect(said({ kind: 'tool', name: 'look' }, { noNamedToolChoice: true })).toEqual([
      'required',
      'tool-choice',
    ])
    expect(encode({ toolChoice: { kind: 'required' } }).body).not.toHaveProperty('tool_choice')
  })

  test('[C52] one call at a time, where that can be said', () => {
    const one = { tools: [look], parallelToolCalls: false }
    expect(encode(one).body['parallel_tool_calls']).toBe(false)
    expect(encode(one, { noParallelSwitch: true })).toMatchObject({ lost: ['parallel-tool-calls'] })
    expect(encode({ ...one, parallelToolCalls: true }).body).not.toHaveProperty('parallel_tool_calls')
  })

  test('[C114] [C115] [C116] search is asked for in Chat’s way or not at all; other servers’ tools are named', () => {
    const search: Tool = {
      kind: 'web-search',
      allowedDomains: ['a.example'],
      location: { type: 'approximate', city: 'X' },
    }
    expect(tools([search])).toMatchObject({ tools: [], lost: ['web-search'] })
    expect(tools([search]).body).not.toHaveProperty('web_search_options')
    const able = tools([search], { webSearch: true })
    expect(able.body['web_search_options']).toEqual({
      user_location: { type: 'approximate', approximate: { city: 'X' } },
    })
    expect(able.lost).toEqual(['web-search-filters'])
    expect(tools([{ kind: 'foreign', dialect: 'anthropic', type: 'bash', value: {} }])).toMatchObject({
      tools: [],
      lost: ['server-tool'],
    })
  })

  test('[C56] strict is said only where schemas are enforced', () => {
    const strict: Tool = { ...look, kind: 'function', strict: true }
    expect(asObject(tools([strict]).tools[0]?.['function'])['strict']).toBe(true)
    expect(tools([strict], { structuredOutput: 'json' }).lost).toEqual(['tool-strict'])
  })
})

describe('settings', () => {
  const sampling = {
    maxOutputTokens: 900,
    temperature: 0.5,
    topP: 0.9,
    topK: 5,
    stop: ['a', 'b', 'c', 'd', 'e'],
  }

  test('[C14] [C15] [C16] are said as far as the target takes them', () => {
    const { body, lost } = encode({ sampling })
    expect(body).toMatchObject({ max_tokens: 900, temperature: 0.5, top_p: 0.9, stop: ['a', 'b', 'c', 'd'] })
    expect(lost).toEqual(['top-k', 'stop-sequences'])
    const narrow = encode(
      { sampling },
      {
        maxTokensField: 'max_completion_tokens',
        maxOutputTokens: 100,
        refusesSampling: true,
        maxStopSequences: 0,
      },
    )
    expect(narrow.body).toEqual({ model: 'grebe-2', max_completion_tokens: 100, messages: [] })
    expect(narrow.lost).toEqual(['max-output-tokens', 'top-k', 'temperature', 'stop-sequences'])
    expect(encode({ sampling: { maxOutputTokens: 1 } }, { maxOutputTokens: 100 })).toMatchObject({
      body: { max_tokens: 1 },
      lost: [],
    })
  })

  test.each<[Quirks, Thinking, JsonObject, string[]]>([
    [{}, { kind: 'default' }, {}, []],
    [{}, { kind: 'adaptive' }, {}, []],
    [{}, { kind: 'adaptive', effort: 'high' }, { reasoning_effort: 'high' }, []],
    [{}, { kind: 'adaptive', effort: 'max' }, { reasoning_effort: 'high' }, ['effort']],
    [
      { efforts: ['low', 'high', 'max'] },
      { kind: 'adaptive', effort: 'medium' },
      { reasoning_effort: 'low' },
      ['effort'],
    ],
    [{}, { kind: 'budget', budgetTokens: 31_999 }, { reasoning_effort: 'high' }, ['thinking-budget']],
    [{}, { kind: 'off' }, {}, ['effort']],
    [{ efforts: ['minimal', 'low'] }, { kind: 'off' }, { reasoning_effort: 'minimal' }, ['effort']],
    [{ thinkingRequest: 'reasoning' }, { kind: 'off' }, { reasoning: { enabled: false } }, []],
    [{ thinkingRequest: 'reasoning' }, { kind: 'adaptive' }, { reasoning: { enabled: true } }, []],
    [
      { thinkingRequest: 'reasoning' },
      { kind: 'budget', budgetTokens: 500 },
      { reasoning: { max_tokens: 500 } },
      [],
    ],
    [
      { thinkingRequest: 'reasoning' },
      { kind: 'adaptive', effort: 'low', visible: false },
      { reasoning: { effort: 'low', exclude: true } },
      [],
    ],
    [{ thinkingRequest: 'thinking' }, { kind: 'off' }, { thinking: { type: 'disabled' } }, []],
    [
      { thinkingRequest: 'thinking' },
      { kind: 'adaptive', effort: 'low' },
      { thinking: { type: 'enabled' } },
      ['effort'],
    ],
    [
      { thinkingRequest: 'thinking', efforts: ['high', 'max'] },
      { kind: 'budget', budgetTokens: 9000 },
      { thinking: { type: 'enabled' }, reasoning_effort: 'high' },
      ['thinking-budget', 'effort'],
    ],
    [
      { thinkingRequest: 'enable_thinking' },
      { kind: 'budget', budgetTokens: 800 },
      { enable_thinking: true, thinking_budget: 800 },
      [],
    ],
    [{ thinkingRequest: 'enable_thinking' }, { kind: 'off' }, { enable_thinking: false }, []],
    [
      { thinkingRequest: 'none' },
      { kind: 'budget', budgetTokens: 800, effort: 'low' },
      {},
      ['thinking-budget', 'effort'],
    ],
    [{ thinkingRequest: 'none' }, { kind: 'adaptive' }, {}, []],
  ])('[C11] [C12] to %j, %j is %j', (quirks, thinking, fields, losses) => {
    const { body, lost } = encode({ thinking }, quirks)
    expect(body).toEqual({ model: 'grebe-2', messages: [], ...fields })
    expect(lost).toEqual(losses)
  })

  test('[C13] the form of the answer is demanded, or asked for in words', () => {
    const output = {
      kind: 'json-schema',
      name: 'bird list',
      schema: { type: 'object' },
      strict: true,
    } as const
    const name = expect.stringMatching(/^bird_list_[a-z0-9]{8}$/)
    expect(encode({ output }).body['response_format']).toEqual({
      type: 'json_schema',
      json_schema: { name, schema: { type: 'object' }, strict: true },
    })
    const json = encode({ output }, { structuredOutput: 'json' })
    expect(json.body['response_format']).toEqual({ type: 'json_object' })
    expect(JSON.stringify(json.body['messages'])).toContain('JSON Schema')
    expect(json.lost).toEqual(['output-schema'])
    const none = encode({ output: { kind: 'json' } }, { structuredOutput: 'none' })
    expect(none.body).not.toHaveProperty('response_format')
    expect(none.lost).toEqual(['output-json'])
    expect(encode({ output: { kind: 'text', verbosity: 'low' } }).lost).toEqual(['verbosity'])
    expect(
      encode({ output: { kind: 'text', verbosity: 'low' } }, { verbosity: true }).body['verbosity'],
    ).toBe('low')
  })

  test('[C75] the session’s key and the user’s id go where they are accepted', () => {
    const session = { cacheKey: 'k'.repeat(80), userId: 'u' }
    expect(encode(session, { cacheKey: true }).body).toMatchObject({
      prompt_cache_key: 'k'.repeat(64),
      user: 'u',
    })
    expect(encode(session).body).not.toHaveProperty('prompt_cache_key')
    expect(encode(session, { user: false })).toMatchObject({ lost: ['user-id'] })
    expect(encode({ userId: 'u'.repeat(65) }).lost).toEqual(['user-id'])
  })

  test('[C2] [C109] a stream is asked for as a stream, with usage unless refused', () => {
    expect(encode({}, {}, true).body).toMatchObject({ stream: true, stream_options: { include_usage: true } })
    expect(encode({}, { streamUsage: false }, true).body).toEqual({
      model: 'grebe-2',
      stream: true,
      messages: [],
    })
    expect(encode({}).body).not.toHaveProperty('stream')
  })

  test('what the decoder could not say is lost, once', () => {
    expect(encode({ unsaid: ['logprobs', 'top-k'], sampling: { topK: 3 } }).lost).toEqual([
      'logprobs',
      'top-k',
    ])
  })
})
