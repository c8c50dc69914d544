import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type {
  AssistantPart,
  Conversation,
  Tool,
  Turn,
  UserPart,
} from '../../../src/conversation/conversation.ts'
import type { Quirks } from '../../../src/conversation/quirks.ts'
import { gemini } from '../../../src/dialects/gemini/index.ts'
import { type Json, parseJson } from '../../../src/wire/json.ts'
import { quiet } from './fixtures/context.ts'

const encode = (conversation: Conversation, model = 'sandbox-model', quirks: Quirks = {}) =>
  gemini.request.encode(conversation, { model, stream: true, quirks })
// biome formats nothing here: bodies are read as plain JSON
const bodyOf = (conversation: Conversation, model?: string, quirks?: Quirks) =>
  JSON.parse(encode(conversation, model, quirks).body)
const decode = (body: Json): Conversation => {
  const conversation = gemini.request.decode(body)
  if ('kind' in conversation) throw new Error(conversation.message)
  return conversation
}
const asks = (text: string): Turn => ({ role: 'user', parts: [{ type: 'text', text }] })
const talk = (...turns: Turn[]): Conversation => ({ ...quiet, turns })

const word = fc.stringMatching(/^[a-zA-Zäöü🌊"\\ ]{1,12}$/u)
const name = fc.stringMatching(/^[a-z][a-z0-9_-]{0,20}$/)
const userSaid: fc.Arbitrary<UserPart> = fc.oneof(
  word.map((text): UserPart => ({ type: 'text', text })),
  fc.constant<UserPart>({
    type: 'media',
    mediaType: 'image/png',
    source: { kind: 'base64', data: 'iVBORw0=' },
  }),
  fc.constant<UserPart>({
    type: 'media',
    mediaType: 'image/jpeg',
    source: { kind: 'url', url: 'https://a.example/b' },
  }),
  fc.constant<UserPart>({
    type: 'media',
    mediaType: 'application/pdf',
    source: {
      kind: 'file',
      dialect: 'gemini',
      id: 'https://generativelanguage.googleapis.com/v1beta/files/x',
    },
  }),
)
const args = fc.oneof(
  fc.constantFrom('{}', '{"n":1.0}', '{"id":12345678901234567890,"1":true}'),
  fc.json().map((value) => JSON.stringify({ value: JSON.parse(value) })),
)
const step = (at: number): fc.Arbitrary<Turn[]> =>
  fc
    .tuple(
      fc.option(fc.tuple(word, fc.boolean()), { nil: undefined }),
      fc.option(word, { nil: undefined }),
      fc.array(fc.tuple(name, args, fc.boolean(), fc.option(word, { nil: undefined })), { maxLength: 3 }),
      fc.array(userSaid, { minLength: 1, maxLength: 3 }),
    )
    .map(([thought, text, calls, next]): Turn[] => {
      const proof = { dialect: 'gemini', kind: 'thought', value: `c2ln${at}` } as const
      const said: AssistantPart[] = [
        ...(thought
          ? [{ type: 'thinking' as const, text: thought[0], ...(thought[1] && text ? { proof } : {}) }]
          : []),
        ...(text ? [{ type: 'text' as const, text }] : []),
        ...calls.map(
          ([tool, argument, signed], call): AssistantPart => ({
            type: 'tool-call',
            id: `c_${at}_${call}`,
            name: tool,
            arguments: argument,
            ...(signed && call === 0 && { proof: { ...proof, value: `Y2Fsb${at}` } }),
          }),
        ),
      ]
      const results = calls.map(
        ([, , isError, output], call): UserPart => ({
          type: 'tool-result',
          callId: `c_${at}_${call}`,
          content: output ? [{ type: 'text', text: output }] : [],
          isError,
        }),
      )
      return [
        { role: 'assistant', parts: said.length > 0 ? said : [{ type: 'text', text: 'well' }] },
        { role: 'user', parts: [...results, ...next] },
      ]
    })
const functionTool: fc.Arbitrary<Tool> = fc.record({
  kind: fc.constant('function'),
  name,
  description: word,
  schema: fc.constantFrom<Json>(
    {
      type: 'object',
      properties: { a: { type: 'string', minLength: 2 }, type: { const: 'x' } },
      required: ['a'],
    },
    { type: 'object', properties: {}, additionalProperties: false },
  ),
})
const conversation: fc.Arbitrary<Conversation> = fc.record(
  {
    system: fc.array(
      word.map((text) => ({ type: 'text' as const, text })),
      { maxLength: 2 },
    ),
    turns: fc
      .tuple(word, fc.nat(3))
      .chain(([first, length]) =>
        fc
          .tuple(...Array.from({ length }, (_, at) => step(at)))
          .map((steps) => [asks(first), ...steps.flat()]),
      ),
    tools: fc.array(functionTool, { minLength: 1, maxLength: 3 }),
    toolChoice: fc.oneof(
      fc.record({ kind: fc.constantFrom('auto', 'none', 'required') }),
      name.map((only) => ({ kind: 'tool' as const, name: only })),
    ),
    sampling: fc.record(
      {
        maxOutputTokens: fc.integer({ min: 1, max: 99999 }),
        temperature: fc.constantFrom(0, 0.5, 1.25),
        topP: fc.constantFrom(0.1, 0.95),
        topK: fc.integer({ min: 1, max: 64 }),
        stop: fc.array(word, { minLength: 1, maxLength: 5 }),
        seed: fc.nat(),
        presencePenalty: fc.constantFrom(0.5, -0.5),
        frequencyPenalty: fc.constantFrom(0.5, -0.5),
      },
      { requiredKeys: [] },
    ),
    thinking: fc.oneof(
      fc.constant({ kind: 'default' as const }),
      fc.constant({ kind: 'off' as const }),
      fc.record({ kind: fc.constant('adaptive'), visible: fc.boolean() }),
      fc.record({
        kind: fc.constant('adaptive'),
        visible: fc.boolean(),
        effort: fc.constantFrom('minimal', 'low', 'medium', 'high'),
      }),
      fc.record({
        kind: fc.constant('budget'),
        visible: fc.boolean(),
        budgetTokens: fc.integer({ min: 1, max: 50000 }),
      }),
    ),
    output: fc.oneof(
      fc.constant({ kind: 'text' as const }),
      fc.constant({ kind: 'json' as const }),
      fc.constant({ kind: 'json-schema' as const, name: 'response', schema: { type: 'object', title: 'T' } }),
    ),
    unsaid: fc.constant([]),
  },
  { requiredKeys: ['system', 'turns', 'tools', 'sampling', 'thinking', 'output', 'unsaid'] },
)

describe('what the dialect can say', () => {
  test('comes back as it was, without loss', () => {
    fc.assert(
      fc.property(conversation, (said) => {
        const { body, lost } = encode(said)
        expect(lost).toEqual([])
        expect(decode(parseJson(body))).toEqual(said)
      }),
      { numRuns: 500 },
    )
  })

  test('[C75] is said with the same bytes each time, and a longer history only adds to the end', () => {
    fc.assert(
      fc.property(conversation, (said) => {
        const { body } = encode(said)
        expect(encode(structuredClone(said)).body).toBe(body)
        const answered = {
          ...said,
          turns: [...said.turns, { role: 'assistant', parts: [{ type: 'text', text: 'ok' }] }, asks('on')],
        } as const
        expect(encode(answered).body.startsWith(body.slice(0, -2))).toBe(true)
      }),
      { numRuns: 200 },
    )
  })
})

describe('reading a request', () => {
  test('reads snake_case as camelCase', () => {
    const camel = {
      contents: [
        {
          role: 'user',
          parts: [
            { inlineData: { mimeType: 'image/png', data: 'AA==' } },
            { fileData: { fileUri: 'gs://b/c.pdf' } },
          ],
        },
        { role: 'model', parts: [{ functionCall: { name: 'f', args: {} }, thoughtSignature: 'c2ln' }] },
        { role: 'function', parts: [{ functionResponse: { name: 'f', response: { output: 'x' } } }] },
      ],
      systemInstruction: { parts: [{ text: 'Be brief.' }] },
      generationConfig: {
        maxOutputTokens: 5,
        topP: 0.5,
        stopSequences: ['x'],
        responseMimeType: 'application/json',
        thinkingConfig: { thinkingBudget: 7, includeThoughts: true },
      },
      tools: [
        { functionDeclarations: [{ name: 'f', parametersJsonSchema: { type: 'object' } }] },
        { googleSearch: {} },
      ],
      toolConfig: { functionCallingConfig: { mode: 'ANY', allowedFunctionNames: ['f'] } },
    }
    const snake: Json = JSON.parse(
      JSON.stringify(camel).replaceAll(
        /"([a-z]+[A-Z][A-Za-z]*)":/g,
        (_, key: string) => `"${key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}":`,
      ),
    )
    expect(JSON.stringify(snake)).toContain('function_declarations')
    expect(decode(snake)).toEqual(decode(camel))
    expect(decode(camel)).toMatchObject({
      toolChoice: { kind: 'tool', name: 'f' },
      thinking: { kind: 'budget', budgetTokens: 7, visible: true },
    })
  })

  test('[C54] matches results without an id by name and order, and puts them first', () => {
    const call = (tool: string, n: number): Json => ({ functionCall: { name: tool, args: { n } } })
    const result = (tool: string, output: string): Json => ({
      functionResponse: { name: tool, response: { output } },
    })
    const { turns } = decode({
      contents: [
        { parts: [{ text: 'go' }] },
        { role: 'model', parts: [call('a', 1), call('b', 2), call('a', 3)] },
        { role: 'user', parts: [{ text: 'by the way' }, result('b', 'two'), result('a', 'one')] },
        { role: 'function', parts: [result('a', 'three')] },
      ],
    })
    const ids = turns[1]?.parts.map((part) => (part.type === 'tool-call' ? part.id : ''))
    expect(new Set(ids).size).toBe(3)
    expect(turns).toHaveLength(3)
    expect(turns[2]?.parts.map((part) => (part.type === 'tool-result' ? part.callId : part.type))).toEqual([
      ids?.[1],
      ids?.[0],
      ids?.[2],
      'text',
    ])
  })

  test('ids made up for calls do not change when the history grows', () => {
    const contents: Json[] = [
      { role: 'user', parts: [{ text: 'go' }] },
      { role: 'model', parts: [{ functionCall: { name: 'a' } }] },
      { role: 'user', parts: [{ functionResponse: { name: 'a', response: { result: 1 } } }] },
    ]
    const longer = [...contents, { role: 'model', parts: [{ functionCall: { name: 'a' } }] }]
    expect(decode({ contents: longer }).turns.slice(0, 3)).toEqual(decode({ contents }).turns)
  })

  test('[C53] reads results of every shape', () => {
    const contentOf = (response: Json): unknown => {
      const { turns } = decode({
        contents: [
          { role: 'model', parts: [{ functionCall: { name: 'a' } }] },
          { parts: [{ functionResponse: { name: 'a', response } }] },
        ],
      })
      const part = turns[1]?.parts[0]
      return part?.type === 'tool-result'
        ? [part.content.map((piece) => (piece.type === 'text' ? piece.text : '')).join(), part.isError]
        : part
    }
    expect(contentOf({ output: 'fine' })).toEqual(['fine', false])
    expect(contentOf({ result: { a: 1 } })).toEqual(['{"a":1}', false])
    expect(contentOf({ error: 'broken' })).toEqual(['broken', true])
    expect(contentOf({ stdout: 'a', exit: 0 })).toEqual(['{"stdout":"a","exit":0}', false])
    expect(contentOf({})).toEqual(['', false])
    expect(contentOf(null)).toEqual(['', false])
  })

  test('pieces of one reply that a chat kept as contents are one text again', () => {
    const { turns } = decode({
      contents: [
        { role: 'user', parts: [{ text: 'Hi' }] },
        { role: 'model', parts: [{ text: 'Hel' }] },
        { role: 'model', parts: [{ text: 'lo' }] },
        { role: 'model', parts: [{ text: '' }] },
      ],
    })
    expect(turns[1]).toEqual({ role: 'assistant', parts: [{ type: 'text', text: 'Hello' }] })
  })

  test('[C68] the sentinel for unsigned calls is no proof', () => {
    const { turns } = decode({
      contents: [
        {
          role: 'model',
          parts: [{ functionCall: { name: 'a' }, thoughtSignature: 'skip_thought_signature_validator' }],
        },
      ],
    })
    expect(turns[0]?.parts).toEqual([{ type: 'tool-call', id: 'gemini_call_0', name: 'a', arguments: '{}' }])
  })

  test('a Gemini schema becomes a JSON Schema', () => {
    const { tools } = decode({
      contents: [{ parts: [{ text: 'x' }] }],
      tools: [
        {
          functionDeclarations: [
            {
              name: 'f',
              parameters: {
                type: 'OBJECT',
                properties: {
                  type: { type: 'STRING', format: 'enum', enum: ['a'], nullable: true },
                  list: {
                    type: 'ARRAY',
                    items: { anyOf: [{ type: 'INTEGER', minimum: 1 }, { type: 'NULL' }] },
                    minItems: '1',
                  },
                  free: { type: 'TYPE_UNSPECIFIED', example: 3 },
                },
                propertyOrdering: ['type'],
                required: ['type'],
              },
            },
          ],
        },
      ],
    })
    expect(tools[0]).toMatchObject({
      schema: {
        type: 'object',
        properties: {
          type: { type: ['string', 'null'], enum: ['a'] },
          list: {
            type: 'array',
            items: { anyOf: [{ type: 'integer', minimum: 1 }, { type: 'null' }] },
            minItems: 1,
          },
          free: { examples: [3] },
        },
        required: ['type'],
      },
    })
    expect(JSON.stringify(tools)).not.toMatch(/propertyOrdering|nullable|"format"/)
  })

  test('what the vocabulary cannot hold is named', () => {
    const unsaid = (extra: { [key: string]: Json }): unknown =>
      decode({ contents: [{ parts: [{ text: 'x' }] }], ...extra }).unsaid
    expect(unsaid({ safetySettings: [{ category: 'X', threshold: 'Y' }] })).toEqual(['safety-settings'])
    expect(unsaid({ cachedContent: 'cachedContents/1' })).toEqual(['stored-response'])
    expect(unsaid({ labels: { a: 'b' } })).toEqual(['metadata'])
    expect(unsaid({ generationConfig: { candidateCount: 2 } })).toEqual(['choices'])
    expect(unsaid({ generationConfig: { candidateCount: 1, responseModalities: ['TEXT'] } })).toEqual([])
    expect(unsaid({ generationConfig: { responseModalities: ['IMAGE'] } })).toEqual(['unknown-field'])
    expect(unsaid({ somethingNew: true })).toEqual(['unknown-field'])
    expect(unsaid({ toolConfig: { functionCallingConfig: { mode: 'VALIDATED' } } })).toEqual(['tool-strict'])
    expect(decode({ contents: [{ parts: [{ text: 'x' }] }], tools: [{ codeExecution: {} }] }).tools).toEqual([
      { kind: 'foreign', dialect: 'gemini', type: 'codeExecution', value: { codeExecution: {} } },
    ])
  })

  test('[C23] what is no request is refused by the field that is wrong', () => {
    const refusal = (body: Json): unknown => gemini.request.decode(body)
    const wrong = (message: string): unknown => ({ kind: 'bad-request', message })
    expect(refusal([])).toEqual(wrong('the body: must be a JSON object'))
    expect(refusal({})).toEqual(wrong('contents: field required'))
    expect(refusal({ contents: 'hi' })).toEqual(wrong('contents: must be a list'))
    expect(refusal({ contents: [] })).toEqual(wrong('contents: must not be empty'))
    expect(refusal({ contents: ['hi'] })).toEqual(wrong('contents[0]: must be an object'))
    expect(refusal({ contents: [{}], generationConfig: { maxOutputTokens: 'many' } })).toEqual(
      wrong('generationConfig.maxOutputTokens: must be a number'),
    )
    expect(refusal({ contents: [{}], tools: [{ functionDeclarations: [{}] }] })).toEqual(
      wrong('tools.functionDeclarations.name: field required'),
    )
  })

  test('never throws, whatever JSON it is given', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), fc.jsonValue(), (a, b, c) => {
        gemini.request.decode(parseJson(JSON.stringify(a)))
        const part = { text: a, functionCall: b, functionResponse: c, inlineData: a, thoughtSignature: b }
        const body = {
          contents: [
            { role: 'model', parts: [part, a] },
            { parts: [part, { functionResponse: { response: a, parts: b } }] },
            a,
          ],
          tools: [a, { functionDeclarations: [b] }],
          toolConfig: c,
          generationConfig: { thinkingConfig: a, stopSequences: b },
          systemInstruction: c,
        }
        gemini.request.decode(parseJson(JSON.stringify(body)))
      }),
      { numRuns: 500 },
    )
  })
})

describe('writing a request', () => {
  const called = (proof?: { dialect: 'gemini' | 'anthropic'; value: string }): Conversation =>
    talk(
      asks('go'),
      {
        role: 'assistant',
        parts: [
          {
            type: 'thinking',
            text: 'hm',
            ...(proof && { proof: { ...proof, kind: proof.dialect === 'gemini' ? 'thought' : 'signature' } }),
          },
          { type: 'tool-call', id: 'a', name: 'one', arguments: '{}' },
          { type: 'tool-call', id: 'b', name: 'two', arguments: 'not json' },
        ],
      },
      {
        role: 'user',
        parts: [
          { type: 'text', text: 'and this' },
          { type: 'tool-result', callId: 'b', content: [{ type: 'text', text: 'no' }], isError: true },
          {
            type: 'tool-result',
            callId: 'a',
            content: [{ type: 'media', mediaType: 'image/png', source: { kind: 'base64', data: 'AA==' } }],
            isError: false,
          },
        ],
      },
    )

  test('[C68] hands a thought’s signature to the call it led to', () => {
    const [, model] = bodyOf(called({ dialect: 'gemini', value: 'c2ln' }), 'gemini-3-pro').contents
    expect(model.parts).toEqual([
      { text: 'hm', thought: true },
      { functionCall: { id: 'a', name: 'one', args: {} }, thoughtSignature: 'c2ln' },
      { functionCall: { id: 'b', name: 'two', args: { arguments: 'not json' } } },
    ])
  })

  test('[C65] drops a foreign proof by name and tells Gemini 3 that the call is not its own', () => {
    const { body, lost } = encode(called({ dialect: 'anthropic', value: 'EqQB' }), 'gemini-3-pro')
    expect(body).not.toContain('EqQB')
    expect(lost).toEqual(['thinking-proof'])
    const parts = JSON.parse(body).contents[1].parts
    expect(parts[1].thoughtSignature).toBe('skip_thought_signature_validator')
    expect(parts[2].thoughtSignature).toBeUndefined()
    expect(encode(called(), 'gemini-2.5-pro').body).not.toContain('skip_thought')
  })

  test('[C54][C53] results stand first, errors are called errors, pictures go along', () => {
    const two = bodyOf(called(), 'gemini-2.5-pro').contents[2]
    expect(two).toEqual({
      role: 'user',
      parts: [
        { functionResponse: { id: 'b', name: 'two', response: { error: 'no' } } },
        { functionResponse: { id: 'a', name: 'one', response: { output: '' } } },
        { text: 'and this' },
        { inlineData: { mimeType: 'image/png', data: 'AA==' } },
      ],
    })
    expect(encode(called(), 'gemini-2.5-pro').lost).toEqual(['image-in-tool-result'])
    expect(encode(called(), 'gemini-3-flash').lost).toEqual([])
    expect(bodyOf(called(), 'gemini-3-flash').contents[2].parts[1].functionResponse.parts).toEqual([
      { inlineData: { mimeType: 'image/png', data: 'AA==' } },
    ])
  })

  test('[C7] guidance between turns is passed on by the user, never by the model', () => {
    const { body, lost } = encode(
      talk(
        asks('a'),
        { role: 'system', parts: [{ type: 'text', text: 'be calm' }] },
        { role: 'assistant', parts: [{ type: 'text', text: 'b' }] },
        { role: 'system', parts: [{ type: 'text', text: 'be kind' }] },
      ),
    )
    const { contents } = JSON.parse(body)
    expect(contents.map((content: { role: string }) => content.role)).toEqual(['user', 'model', 'user'])
    expect(contents[0].parts[1].text).toContain('be calm')
    expect(JSON.stringify(contents[1])).not.toMatch(/calm|kind/)
    expect(lost).toEqual(['system-position'])
  })

  test('[C49][C124] long, namespaced and freeform tools are called by names Gemini accepts and named back', () => {
    const tools: Tool[] = [
      { kind: 'function', name: 'x'.repeat(80), description: '', schema: {} },
      { kind: 'function', namespace: 'agents', name: 'close', description: '', schema: null },
      { kind: 'freeform', name: 'apply_patch', description: 'Patches.', format: { type: 'grammar' } },
    ]
    const said: Conversation = {
      ...talk(asks('go'), {
        role: 'assistant',
        parts: [{ type: 'tool-call', id: 'i', name: 'apply_patch', freeform: true, arguments: '*** raw' }],
      }),
      tools,
    }
    const { body, lost, names } = encode(said)
    const declared = JSON.parse(body).tools[0].functionDeclarations.map((one: { name: string }) => one.name)
    for (const one of declared) expect(one).toMatch(/^[a-zA-Z_][a-zA-Z0-9_-]{0,63}$/)
    expect(declared.map((one: string) => names.get(one)?.name)).toEqual([
      'x'.repeat(80),
      'close',
      'apply_patch',
    ])
    expect(JSON.parse(body).contents[1].parts[0].functionCall.args).toEqual({ input: '*** raw' })
    expect(lost).toEqual(['tool-grammar'])
  })

  test('[C58] schemas are completed, and refused keywords said otherwise or dropped by name', () => {
    const schema: Json = {
      $schema: 'x',
      properties: {
        const: { const: 'a' },
        tree: { $ref: '#/$defs/node' },
        n: { type: 'number', exclusiveMinimum: 0 },
      },
      $defs: { node: { type: 'object', properties: { next: { $ref: '#/$defs/node' } } } },
    }
    const said = { ...quiet, tools: [{ kind: 'function', name: 'f', description: '', schema }] } as const
    const shown = (refuses: string[]): [Json, readonly string[]] => {
      const { body, lost } = encode(said, 'gemini-3-pro', { schemaRefuses: refuses })
      return [JSON.parse(body).tools[0].functionDeclarations[0].parametersJsonSchema, lost]
    }
    expect(shown([])).toEqual([{ type: 'object', ...schema }, []])
    expect(shown(['$schema', 'const'])[0]).toMatchObject({ properties: { const: { enum: ['a'] } } })
    expect(shown(['$schema', 'const'])[1]).toEqual([])
    expect(shown(['exclusiveMinimum'])).toMatchObject([
      { properties: { n: { type: 'number' } } },
      ['tool-schema'],
    ])
    const inlined = shown(['$ref', '$defs'])
    expect(JSON.stringify(inlined[0])).not.toMatch(/\$ref|\$defs/)
    expect(inlined).toMatchObject([
      { properties: { tree: { type: 'object', properties: { next: { type: 'object' } } } } },
      ['tool-schema'],
    ])
  })

  test('[C136] deferred tools are shown once a result has named them', () => {
    const tools: Tool[] = [{ kind: 'function', name: 'later', description: '', schema: {}, deferred: true }]
    const call = { type: 'tool-call', id: 's', name: 'search', arguments: '{}' } as const
    const found = {
      type: 'tool-result',
      callId: 's',
      content: [{ type: 'tool-reference', name: 'later' }],
      isError: false,
    } as const
    expect(bodyOf({ ...quiet, tools }).tools).toBeUndefined()
    const asked = bodyOf({
      ...talk(asks('x'), { role: 'assistant', parts: [call] }, { role: 'user', parts: [found] }),
      tools,
    })
    expect(asked.tools[0].functionDeclarations[0].name).toBe('later')
    expect(asked.contents[2].parts[0].functionResponse.response.output).toContain('later')
  })

  test('[C12] effort and budget are said in the words of the generation', () => {
    const thinks = (thinking: Conversation['thinking'], model: string, quirks?: Quirks): unknown => {
      const { body, lost } = encode({ ...quiet, thinking }, model, quirks)
      return [JSON.parse(body).generationConfig?.thinkingConfig, lost]
    }
    expect(thinks({ kind: 'default' }, 'gemini-3-pro')).toEqual([undefined, []])
    expect(thinks({ kind: 'adaptive', effort: 'high' }, 'gemini-3-pro')).toEqual([
      { thinkingLevel: 'HIGH', includeThoughts: true },
      [],
    ])
    expect(thinks({ kind: 'adaptive', effort: 'max', visible: false }, 'gemini-3-pro')).toEqual([
      { thinkingLevel: 'HIGH', includeThoughts: false },
      ['effort'],
    ])
    expect(
      thinks({ kind: 'adaptive', effort: 'medium' }, 'gemini-3-pro', { efforts: ['low', 'high'] }),
    ).toEqual([{ thinkingLevel: 'LOW', includeThoughts: true }, ['effort']])
    expect(thinks({ kind: 'adaptive', effort: 'low' }, 'gemini-2.5-flash')).toEqual([
      { thinkingBudget: 2048, includeThoughts: true },
      [],
    ])
    expect(thinks({ kind: 'budget', budgetTokens: 8000 }, 'gemini-2.5-flash')).toEqual([
      { thinkingBudget: 8000, includeThoughts: true },
      [],
    ])
    expect(thinks({ kind: 'budget', budgetTokens: 50000 }, 'gemini-2.5-flash')).toEqual([
      { thinkingBudget: 24576, includeThoughts: true },
      ['thinking-budget'],
    ])
    expect(thinks({ kind: 'budget', budgetTokens: 8000 }, 'gemini-3-flash')).toEqual([
      { thinkingLevel: 'MEDIUM', includeThoughts: true },
      ['thinking-budget'],
    ])
    expect(thinks({ kind: 'off' }, 'gemini-2.5-flash')).toEqual([{ thinkingBudget: 0 }, []])
    expect(thinks({ kind: 'off' }, 'gemini-3-flash')).toEqual([{ thinkingLevel: 'MINIMAL' }, ['effort']])
    expect(
      thinks({ kind: 'adaptive', effort: 'low' }, 'gemini-2.0-flash', { thinkingRequest: 'none' }),
    ).toEqual([undefined, ['effort']])
  })

  test('[C14][C15][C16] limits and tastes the target refuses are clamped or dropped by name', () => {
    const sampling = {
      maxOutputTokens: 100_000,
      temperature: 1,
      topK: 3,
      stop: ['1', '2', '3', '4', '5', '6'],
    }
    const { body, lost } = encode({ ...quiet, sampling }, 'gemini-3-pro', {
      maxOutputTokens: 65536,
      refusesSampling: true,
    })
    expect(JSON.parse(body).generationConfig).toEqual({
      maxOutputTokens: 65536,
      stopSequences: ['1', '2', '3', '4', '5'],
    })
    expect(lost).toEqual(['stop-sequences', 'max-output-tokens', 'temperature', 'top-k'])
    expect(bodyOf({ ...quiet, sampling: { maxOutputTokens: 1 } }).generationConfig).toEqual({
      maxOutputTokens: 1,
    })
  })

  test('[C13] a schema for the output is sent, and named when functions forbid it', () => {
    const output = { kind: 'json-schema', name: 'title', schema: { type: 'object' } } as const
    const tools: Tool[] = [{ kind: 'function', name: 'f', description: '', schema: {} }]
    expect(bodyOf({ ...quiet, output }).generationConfig).toEqual({
      responseMimeType: 'application/json',
      responseJsonSchema: { type: 'object' },
    })
    expect(encode({ ...quiet, output, tools }, 'gemini-2.5-pro').lost).toEqual(['output-schema'])
    expect(encode({ ...quiet, output, tools }, 'gemini-3-pro').lost).toEqual([])
    expect(encode({ ...quiet, output }, 'm', { structuredOutput: 'json' }).lost).toEqual(['output-schema'])
  })

  test('[C114] web search is Google’s own, and named where it cannot be had', () => {
    const search: Tool = { kind: 'web-search', maxUses: 8 }
    const f: Tool = { kind: 'function', name: 'f', description: '', schema: {} }
    expect(bodyOf({ ...quiet, tools: [search] }).tools).toEqual([{ googleSearch: {} }])
    expect(encode({ ...quiet, tools: [search] }).lost).toEqual(['web-search-filters'])
    expect(encode({ ...quiet, tools: [search, f] }).lost).toEqual(['web-search-filters', 'web-search'])
    expect(encode({ ...quiet, tools: [{ kind: 'web-search' }] }, 'm', { webSearch: false }).lost).toEqual([
      'web-search',
    ])
  })

  test('[C52] choices among tools are said, and left out where there is no tool', () => {
    const f: Tool = { kind: 'function', name: 'f', description: '', schema: {} }
    const chosen = (toolChoice: Conversation['toolChoice'], quirks?: Quirks): unknown =>
      bodyOf({ ...quiet, tools: [f], ...(toolChoice && { toolChoice }) }, 'm', quirks).toolConfig
        ?.functionCallingConfig
    expect(chosen({ kind: 'required' })).toEqual({ mode: 'ANY' })
    expect(chosen({ kind: 'tool', name: 'f' })).toEqual({ mode: 'ANY', allowedFunctionNames: ['f'] })
    expect(chosen({ kind: 'tool', name: 'f' }, { noNamedToolChoice: true })).toEqual({ mode: 'ANY' })
    expect(bodyOf({ ...quiet, toolChoice: { kind: 'required' } }).toolConfig).toBeUndefined()
    expect(encode({ ...quiet, tools: [f], parallelToolCalls: false }).lost).toEqual(['parallel-tool-calls'])
  })

  test('[C70][C71] what the target cannot see is replaced by words', () => {
    const image = { type: 'media', mediaType: 'image/png', source: { kind: 'base64', data: 'AA==' } } as const
    const other = {
      type: 'media',
      mediaType: 'application/pdf',
      source: { kind: 'file', dialect: 'anthropic', id: 'file_1' },
    } as const
    const { body, lost } = encode(talk({ role: 'user', parts: [image, other] }), 'm', { images: false })
    expect(JSON.parse(body).contents[0].parts).toEqual([
      { text: '[image omitted: image/png]' },
      { text: '[file omitted: application/pdf]' },
    ])
    expect(lost).toEqual(['image', 'file-reference'])
  })

  test('[C73] cache marks, ids of users and other people’s parts are named', () => {
    const said: Conversation = {
      ...talk({
        role: 'user',
        parts: [
          { type: 'text', text: 'x', cache: '5m' },
          { type: 'foreign', dialect: 'anthropic', value: {}, loss: 'unknown-part' },
        ],
      }),
      userId: 'u',
      unsaid: ['service-tier'],
    }
    expect(encode(said).lost).toEqual(['service-tier', 'user-id', 'cache-control', 'unknown-part'])
  })
})
