import { describe, expect, test } from 'vitest'
import type { Conversation } from '../../../src/conversation/conversation.ts'
import type { Loss } from '../../../src/conversation/loss.ts'
import { openaiChat } from '../../../src/dialects/openai-chat/index.ts'
import { type Json, type JsonObject, parseJson } from '../../../src/wire/json.ts'

const hello = [{ role: 'user', content: 'hello' }]

function decode(fields: JsonObject): Conversation {
  const decoded = openaiChat.request.decode({ model: 'm', messages: hello, ...fields })
  if ('kind' in decoded) throw new Error(decoded.message)
  return decoded
}
const turns = (...messages: Json[]) => decode({ messages }).turns
const unsaid = (fields: JsonObject) => decode(fields).unsaid

describe('what is no request', () => {
  test.each<[Json, string]>([
    ['text', 'the body must be a JSON object'],
    [[], 'the body must be a JSON object'],
    [{ messages: hello }, 'model: field required'],
    [{ model: 7, messages: hello }, 'model: must be a non-empty string'],
    [{ model: 'm' }, 'messages: field required'],
    [{ model: 'm', messages: 'hello' }, 'messages: must be a list'],
    [{ model: 'm', messages: [] }, 'messages: at least one message is required'],
    [{ model: 'm', messages: ['hello'] }, 'messages.0: must be an object'],
    [{ model: 'm', messages: [...hello, { content: 'x' }] }, 'messages.1.role: field required'],
    [
      { model: 'm', messages: [{ role: 'model', content: 'x' }] },
      'messages.0.role: must be one of system, developer, user, assistant, tool, function',
    ],
    [
      { model: 'm', messages: [{ role: 'user', content: 7 }] },
      'messages.0.content: must be a string or a list of parts',
    ],
    [{ model: 'm', messages: hello, max_tokens: 'many' }, 'max_tokens: must be a number'],
    [{ model: 'm', messages: hello, tools: {} }, 'tools: must be a list'],
  ])('[C23] %j: %s', (body, message) => {
    expect(openaiChat.request.decode(body)).toEqual({ kind: 'bad-request', message })
  })

  test('[C4] [C8] null, unknown and empty fields are no reason to refuse', () => {
    const body = {
      max_tokens: null,
      tools: null,
      stop: null,
      temperature: null,
      tool_choice: null,
      flamingo: null,
    }
    expect(decode(body)).toEqual(decode({}))
    expect(
      turns(
        { role: 'user', content: null },
        { role: 'assistant', content: '' },
        { role: 'user', content: [] },
      ),
    ).toEqual([
      { role: 'user', parts: [] },
      { role: 'assistant', parts: [] },
      { role: 'user', parts: [] },
    ])
  })
})

describe('messages', () => {
  test('[C6] [C7] [C137] guidance of both names: before the first turn apart, later in its place', () => {
    const messages = [
      { role: 'system', content: 'one' },
      { role: 'developer', content: [{ type: 'text', text: 'two' }] },
      ...hello,
      { role: 'system', content: 'three' },
    ]
    expect(decode({ messages })).toMatchObject({
      system: [
        { type: 'text', text: 'one' },
        { type: 'text', text: 'two' },
      ],
      turns: [{ role: 'user' }, { role: 'system', parts: [{ type: 'text', text: 'three' }] }],
    })
  })

  test('[C137] [C70] content as a string or as parts of every kind', () => {
    const content = [
      { type: 'text', text: 'look' },
      { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA', detail: 'low' } },
      { type: 'image_url', image_url: { url: 'https://nest.example/a.jpg' } },
      { type: 'input_audio', input_audio: { data: 'BBBB', format: 'mp3' } },
      { type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,CCCC' } },
      { type: 'file', file: { file_id: 'file-7' } },
      { type: 'hologram', hologram: 1 },
    ]
    expect(turns({ role: 'user', content })).toEqual([
      {
        role: 'user',
        parts: [
          { type: 'text', text: 'look' },
          { type: 'media', mediaType: 'image/png', source: { kind: 'base64', data: 'AAAA' }, detail: 'low' },
          { type: 'media', mediaType: 'image/*', source: { kind: 'url', url: 'https://nest.example/a.jpg' } },
          { type: 'media', mediaType: 'audio/mp3', source: { kind: 'base64', data: 'BBBB' } },
          {
            type: 'media',
            mediaType: 'application/pdf',
            source: { kind: 'base64', data: 'CCCC' },
            title: 'a.pdf',
          },
          {
            type: 'media',
            mediaType: 'application/pdf',
            source: { kind: 'file', dialect: 'openai-chat', id: 'file-7' },
          },
          {
            type: 'foreign',
            dialect: 'openai-chat',
            value: { type: 'hologram', hologram: 1 },
            loss: 'unknown-part',
          },
        ],
      },
    ])
  })

  test('[C54] results stand in one user turn with what the user says next, but not with what comes after', () => {
    const read = turns(
      ...hello,
      {
        role: 'assistant',
        content: null,
        tool_calls: [
          { id: 'a', type: 'function', function: { name: 'look', arguments: '{"n":1.0}' } },
          { id: 'b', type: 'custom', custom: { name: 'patch', input: '*** x' } },
        ],
      },
      { role: 'tool', tool_call_id: 'b', content: [{ type: 'text', text: 'ok' }] },
      { role: 'tool', tool_call_id: 'a', content: 'fine' },
      { role: 'user', content: 'and now?' },
      { role: 'user', content: 'well?' },
    )
    expect(read.slice(1)).toEqual([
      {
        role: 'assistant',
        parts: [
          { type: 'tool-call', id: 'a', name: 'look', arguments: '{"n":1.0}' },
          { type: 'tool-call', id: 'b', name: 'patch', arguments: '*** x', freeform: true },
        ],
      },
      {
        role: 'user',
        parts: [
          { type: 'tool-result', callId: 'b', content: [{ type: 'text', text: 'ok' }], isError: false },
          { type: 'tool-result', callId: 'a', content: [{ type: 'text', text: 'fine' }], isError: false },
          { type: 'text', text: 'and now?' },
        ],
      },
      { role: 'user', parts: [{ type: 'text', text: 'well?' }] },
    ])
  })

  test('[C50] legacy and nameless calls get ids, and their results find them', () => {
    const [call, result] = turns(
      { role: 'assistant', content: null, function_call: { name: 'look', arguments: '{}' } },
      { role: 'function', name: 'look', content: 'ok' },
    )
    expect(call).toMatchObject({ parts: [{ id: 'call_0', name: 'look' }] })
    expect(result).toMatchObject({ parts: [{ callId: 'call_0' }] })
    const nameless = { function: { name: 'x', arguments: {} } }
    expect(
      turns(
        { role: 'assistant', tool_calls: [nameless, nameless] },
        { role: 'tool', content: '1' },
        { role: 'tool', content: '2' },
      ),
    ).toMatchObject([
      { parts: [{ id: 'call_0', arguments: '{}' }, { id: 'call_1' }] },
      { parts: [{ callId: 'call_0' }, { callId: 'call_1' }] },
    ])
  })

  test('[C138] thoughts echoed in any field are kept, once', () => {
    const parts = (fields: JsonObject) => {
      const [turn] = turns({ role: 'assistant', content: 'Yes.', ...fields })
      return turn?.parts
    }
    const expected = [
      { type: 'thinking', text: 'Hm.' },
      { type: 'text', text: 'Yes.' },
    ]
    expect(parts({ reasoning_content: 'Hm.' })).toEqual(expected)
    expect(parts({ reasoning: 'Hm.' })).toEqual(expected)
    const details = [
      { type: 'reasoning.text', text: 'H' },
      { type: 'reasoning.text', text: 'm.' },
    ]
    expect(parts({ reasoning_details: details })).toEqual(expected)
    expect(parts({ reasoning: 'Hm.', reasoning_content: 'Hm.', reasoning_details: details })).toEqual(
      expected,
    )
    expect(parts({ reasoning_content: '' })).toEqual(expected.slice(1))
  })

  test('[C73] cache marks of parts and tools are kept', () => {
    const mark = { type: 'ephemeral' }
    const content = [
      { type: 'text', text: 'a', cache_control: mark },
      { type: 'text', text: 'b', cache_control: { ...mark, ttl: '1h' } },
    ]
    const tools = [{ type: 'function', function: { name: 'look' }, cache_control: mark }]
    expect(decode({ messages: [{ role: 'user', content }], tools })).toMatchObject({
      turns: [{ parts: [{ cache: '5m' }, { cache: '1h' }] }],
      tools: [{ cache: '5m', schema: { type: 'object', properties: {} } }],
    })
  })
})

describe('tools', () => {
  test('[C124] functions, custom tools, older functions, search and foreign ones', () => {
    const format = { type: 'grammar', grammar: { syntax: 'lark', definition: 'start: "x"' } }
    const foreign = { type: 'builtin_function', function: { name: '$web_search' } }
    const { tools } = decode({
      tools: [
        {
          type: 'function',
          function: { name: 'look', description: 'Looks.', parameters: { type: 'object' }, strict: true },
        },
        { type: 'custom', custom: { name: 'patch', format } },
        foreign,
      ],
      functions: [{ name: 'listen', parameters: { type: 'object' } }],
      web_search_options: {
        search_context_size: 'low',
        user_location: { type: 'approximate', approximate: { country: 'IS' } },
      },
    })
    expect(tools).toEqual([
      { kind: 'function', name: 'look', description: 'Looks.', schema: { type: 'object' }, strict: true },
      { kind: 'freeform', name: 'patch', description: '', format },
      { kind: 'foreign', dialect: 'openai-chat', type: 'builtin_function', value: foreign },
      { kind: 'function', name: 'listen', description: '', schema: { type: 'object' } },
      { kind: 'web-search', contextSize: 'low', location: { type: 'approximate', country: 'IS' } },
    ])
  })

  test.each<[Json, unknown]>([
    ['auto', { kind: 'auto' }],
    ['none', { kind: 'none' }],
    ['required', { kind: 'required' }],
    ['any', { kind: 'required' }],
    [{ type: 'required' }, { kind: 'required' }],
    [
      { type: 'function', function: { name: 'look' } },
      { kind: 'tool', name: 'look' },
    ],
    [
      { type: 'custom', custom: { name: 'patch' } },
      { kind: 'tool', name: 'patch' },
    ],
    [{ type: 'allowed_tools', allowed_tools: { mode: 'required', tools: [] } }, { kind: 'required' }],
    ['whatever', undefined],
  ])('[C52] tool_choice %j', (choice, expected) => {
    expect(decode({ tool_choice: choice }).toolChoice).toEqual(expected)
  })

  test('[C52] one call at a time, and the older choice', () => {
    expect(decode({ parallel_tool_calls: false }).parallelToolCalls).toBe(false)
    expect(decode({ function_call: { name: 'look' } }).toolChoice).toEqual({ kind: 'tool', name: 'look' })
  })
})

describe('wishes', () => {
  test('[C137] limits and sampling in every spelling', () => {
    expect(decode({ max_tokens: 5 }).sampling).toEqual({ maxOutputTokens: 5 })
    expect(decode({ max_tokens: 5, max_completion_tokens: 9, stop: 'END' }).sampling).toEqual({
      maxOutputTokens: 9,
      stop: ['END'],
    })
    const all = parseJson(
      '{"temperature":1.0,"top_p":0.5,"top_k":4,"seed":7,"presence_penalty":1,"frequency_penalty":2,"stop":["a","b"]}',
    )
    expect(decode(all as JsonObject).sampling).toEqual({
      temperature: 1,
      topP: 0.5,
      topK: 4,
      seed: 7,
      presencePenalty: 1,
      frequencyPenalty: 2,
      stop: ['a', 'b'],
    })
  })

  test.each<[JsonObject, unknown]>([
    [{}, { kind: 'default' }],
    [{ reasoning_effort: 'high' }, { kind: 'adaptive', effort: 'high' }],
    [{ reasoning_effort: 'none' }, { kind: 'off' }],
    [{ reasoning: { effort: 'xhigh' } }, { kind: 'adaptive', effort: 'xhigh' }],
    [
      { reasoning: { max_tokens: 2000, exclude: true } },
      { kind: 'budget', budgetTokens: 2000, visible: false },
    ],
    [{ reasoning: { enabled: false } }, { kind: 'off' }],
    [{ thinking: { type: 'enabled' } }, { kind: 'adaptive' }],
    [{ thinking: { type: 'enabled', budget_tokens: 900 } }, { kind: 'budget', budgetTokens: 900 }],
    [{ thinking: { type: 'disabled' } }, { kind: 'off' }],
    [
      { enable_thinking: true, thinking_budget: 300 },
      { kind: 'budget', budgetTokens: 300 },
    ],
    [{ enable_thinking: false }, { kind: 'off' }],
    [{ chat_template_kwargs: { enable_thinking: false } }, { kind: 'off' }],
  ])('[C11] [C12] thinking asked for as %j', (fields, expected) => {
    expect(decode(fields).thinking).toEqual(expected)
  })

  test('[C13] the form of the answer', () => {
    expect(decode({ verbosity: 'low' }).output).toEqual({ kind: 'text', verbosity: 'low' })
    expect(decode({ response_format: { type: 'json_object' } }).output).toEqual({ kind: 'json' })
    const json_schema = { name: 'bird', schema: { type: 'object' }, strict: true }
    expect(decode({ response_format: { type: 'json_schema', json_schema } }).output).toEqual({
      kind: 'json-schema',
      ...json_schema,
    })
  })

  test('[C75] session, user and usage', () => {
    const fields = { prompt_cache_key: 'k', user: 'u', stream: true, stream_options: { include_usage: true } }
    expect(decode(fields)).toMatchObject({ cacheKey: 'k', userId: 'u', wantsUsageChunk: true, unsaid: [] })
  })

  test.each<[JsonObject, Loss[]]>([
    [{ n: 1, store: false, logprobs: false, service_tier: 'auto', metadata: {} }, []],
    [{ n: 2 }, ['choices']],
    [{ logprobs: true, top_logprobs: 3 }, ['logprobs']],
    [{ store: true }, ['stored-response']],
    [{ metadata: { a: 'b' } }, ['metadata']],
    [{ service_tier: 'flex' }, ['service-tier']],
    [{ modalities: ['text', 'audio'] }, ['audio']],
    [{ reasoning_effort: 'heroic' }, ['effort']],
    [{ flamingo: 1, pelican: 2 }, ['unknown-field']],
    [{ tool_choice: { type: 'allowed_tools' } }, ['tool-choice']],
    [
      { messages: [{ role: 'system', content: [{ type: 'image_url', image_url: { url: 'x' } }] }, ...hello] },
      ['unknown-part'],
    ],
  ])('%j leaves unsaid %j', (fields, losses) => {
    expect(unsaid(fields)).toEqual(losses)
  })
})
