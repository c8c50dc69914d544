/** Items of requests as clients of each dialect send them, sound and unsound, and what stands beside them. */
import fc from 'fast-check'
import type { DialectId, Proof } from '../../src/conversation/conversation.ts'
import { tagProof } from '../../src/conversation/proof-tag.ts'
import { writeSignature } from '../../src/dialects/gemini/signature.ts'
import { type Json, type JsonObject, parseJson } from '../../src/wire/json.ts'

const word = fc.constantFrom('a', 'grün "quoted"', '', ' ', '[tool error]\nno', 'x'.repeat(80))
const id = fc.constantFrom('t1', 't2', 't3', 'odd id ✓')
const name = fc.constantFrom('Read', 'apply_patch', 'a.name')
const args = fc.constantFrom('{}', '{"n":1.0}', '{"12":12345678901234567890,"a":[]}', '', 'no json')
const input = fc
  .constantFrom('{}', '{"n":1.0}', '{"12":12345678901234567890,"a":[]}')
  .map((text) => parseJson(text))
const mark = fc.constantFrom(
  {},
  {},
  { cache_control: { type: 'ephemeral' } },
  { cache_control: { type: 'ephemeral', ttl: '1h' } },
)
const some = <Part>(part: fc.Arbitrary<Part>) => fc.array(part, { maxLength: 3 })
const perhaps = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined })
const proofs: readonly Proof[] = [
  { dialect: 'anthropic', kind: 'signature', value: 'c2ln' },
  { dialect: 'openai-responses', kind: 'encrypted', value: 'ZW5j', itemId: 't1' },
  { dialect: 'gemini', kind: 'thought', value: 'dGhv', itemId: 't2' },
]
const proof = fc.constantFrom(...proofs)
const tagged = (own: DialectId) => proof.map((one) => tagProof(one, own))

/** Without what is undefined, as JSON is. */
const record = (fields: Record<string, fc.Arbitrary<Json | undefined>>): fc.Arbitrary<JsonObject> =>
  fc
    .record(fields)
    .map((made) => Object.fromEntries(Object.entries(made).filter(([, value]) => value !== undefined)))
const always = (value: Json) => fc.constant(value)
const marked = (block: fc.Arbitrary<JsonObject>): fc.Arbitrary<JsonObject> =>
  fc.tuple(block, mark).map(([made, cache]) => ({ ...made, ...cache }))

const image = always({
  type: 'image',
  source: { type: 'base64', media_type: 'image/png', data: 'AAAA' },
}).map(Object)
const block = record({ type: always('text'), text: word })
const reference = record({ type: always('tool_reference'), tool_name: name })
const anthropic = fc.oneof(
  record({ role: fc.constantFrom('user', 'assistant', 'system'), content: word }),
  record({
    role: always('user'),
    content: some(
      marked(
        fc.oneof(
          block,
          image,
          record({
            type: always('tool_result'),
            tool_use_id: id,
            content: fc.oneof(word, some(marked(fc.oneof(block, image, reference)))),
            is_error: perhaps(fc.boolean()),
          }),
        ),
      ),
    ),
  }),
  record({
    role: always('assistant'),
    content: some(
      fc.oneof(
        marked(block),
        record({
          type: always('thinking'),
          thinking: word,
          signature: fc.oneof(always('c2ln'), tagged('anthropic')),
        }),
        record({ type: always('tool_use'), id, name, input }),
      ),
    ),
  }),
)

const chatPart = marked(
  fc.oneof(
    block,
    always({ type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } }).map(Object),
    always({ type: 'hologram' }).map(Object),
  ),
)
const chatCall = fc.oneof(
  record({ id: perhaps(id), type: always('function'), function: record({ name, arguments: args }) }),
  record({ id: perhaps(id), type: always('custom'), custom: record({ name, input: word }) }),
)
const chat = fc.oneof(
  record({
    role: fc.constantFrom('system', 'developer', 'user'),
    content: fc.oneof(word, some(chatPart)),
    name: perhaps(name),
  }),
  record({
    role: always('assistant'),
    content: fc.oneof(word, always(null), some(chatPart)),
    tool_calls: perhaps(some(chatCall)),
    function_call: perhaps(record({ name, arguments: args })),
    reasoning_content: perhaps(word),
    reasoning_details: perhaps(
      some(record({ type: always('reasoning.encrypted'), data: tagged('openai-chat'), id: perhaps(id) })),
    ),
  }),
  record({
    role: fc.constantFrom('tool', 'function'),
    tool_call_id: perhaps(id),
    name: perhaps(name),
    content: fc.oneof(word, some(chatPart)),
  }),
)

const responsesPiece = fc.oneof(
  record({ type: fc.constantFrom('input_text', 'output_text'), text: word }),
  always({ type: 'input_image', image_url: 'https://nest.example/a.png' }).map(Object),
  always({ type: 'hologram' }).map(Object),
)
const responses = fc.oneof(
  record({
    type: always('message'),
    role: fc.constantFrom('user', 'assistant', 'developer'),
    content: fc.oneof(word, some(responsesPiece)),
  }),
  record({
    type: always('function_call'),
    call_id: perhaps(id),
    name,
    namespace: perhaps(always('ns')),
    arguments: args,
  }),
  record({ type: always('custom_tool_call'), call_id: perhaps(id), name, input: word }),
  record({ type: always('local_shell_call'), call_id: id, action: input }),
  record({
    type: fc.constantFrom('function_call_output', 'custom_tool_call_output'),
    call_id: id,
    output: fc.oneof(word, some(responsesPiece)),
  }),
  record({
    type: always('reasoning'),
    id: perhaps(fc.constantFrom('rs_1', 't1')),
    summary: some(record({ type: always('summary_text'), text: word })),
    encrypted_content: perhaps(fc.oneof(always('ZW5j'), tagged('openai-responses'))),
  }),
  record({
    type: always('web_search_call'),
    id: always('ws_1'),
    action: record({ type: always('search'), query: word }),
  }),
  record({
    type: fc.constantFrom('additional_tools', 'tool_search_output'),
    tools: some(record({ type: always('function'), name, defer_loading: perhaps(fc.boolean()) })),
  }),
  record({ type: fc.constantFrom('item_reference', 'compaction', 'mcp_approval_response'), id }),
)

const geminiSignature = perhaps(fc.oneof(always('c2ln'), proof.map(writeSignature)))
const geminiPart = fc.oneof(
  record({ text: word, thoughtSignature: geminiSignature }),
  record({ text: word, thought: always(true), thoughtSignature: geminiSignature }),
  record({
    functionCall: record({ id: perhaps(id), name, args: perhaps(input) }),
    thoughtSignature: geminiSignature,
  }),
  record({
    functionResponse: record({
      id: perhaps(id),
      name,
      response: fc.oneof(record({ output: word }), record({ error: word }), record({ n: input })),
      parts: perhaps(always([{ inlineData: { mimeType: 'image/png', data: 'AAAA' } }])),
    }),
  }),
  record({ inlineData: always({ mimeType: 'image/png', data: 'AAAA' }), videoMetadata: perhaps(always({})) }),
  record({ executableCode: always({ code: 'x' }) }),
)
const gemini = record({ role: fc.constantFrom('user', 'model'), parts: some(geminiPart) })

const schema: Json = { $schema: 's', type: 'object', properties: { path: { type: 'string' } } }

interface Sent {
  /** Where the items stand in a body. */
  readonly list: string
  readonly item: fc.Arbitrary<JsonObject>
  readonly head: fc.Arbitrary<JsonObject>
}

export const sent: Readonly<Record<DialectId, Sent>> = {
  anthropic: {
    list: 'messages',
    item: anthropic,
    head: record({
      model: always('m'),
      max_tokens: always(2000),
      system: perhaps(fc.oneof(word, some(marked(block)))),
      thinking: perhaps(always({ type: 'enabled', budget_tokens: 1500 })),
      tools: perhaps(
        some(marked(record({ name, input_schema: always(schema), defer_loading: perhaps(fc.boolean()) }))),
      ),
    }),
  },
  'openai-chat': {
    list: 'messages',
    item: chat,
    head: record({
      model: always('m'),
      tools: perhaps(
        some(record({ type: always('function'), function: record({ name, parameters: always(schema) }) })),
      ),
      web_search_options: perhaps(always({})),
      response_format: perhaps(always({ type: 'json_schema', json_schema: { name: 'n', schema } })),
    }),
  },
  'openai-responses': {
    list: 'input',
    item: responses,
    head: record({
      model: always('m'),
      instructions: perhaps(word),
      tools: perhaps(
        some(
          fc.oneof(
            record({
              type: always('function'),
              name,
              parameters: always(schema),
              defer_loading: perhaps(fc.boolean()),
            }),
            record({
              type: always('custom'),
              name,
              format: perhaps(always({ type: 'grammar', definition: 'x: y' })),
            }),
            record({ type: fc.constantFrom('web_search', 'code_interpreter') }),
          ),
        ),
      ),
    }),
  },
  gemini: {
    list: 'contents',
    item: gemini,
    head: record({
      systemInstruction: perhaps(record({ parts: some(record({ text: word })) })),
      tools: perhaps(
        some(
          fc.oneof(
            record({ functionDeclarations: some(record({ name, parametersJsonSchema: always(schema) })) }),
            record({ googleSearch: always({}) }),
          ),
        ),
      ),
    }),
  },
}
