import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Conversation, dialectIds } from '../../src/conversation/conversation.ts'
import type { Quirks } from '../../src/conversation/quirks.ts'
import { repairCalls } from '../../src/conversation/repair.ts'
import type { EncodeOrder } from '../../src/dialects/dialect.ts'
import { dialects } from '../../src/dialects/index.ts'
import { asList, isObject, type Json, type JsonObject } from '../../src/wire/json.ts'
import { sent } from './sent-items.ts'

const targets: readonly Quirks[] = [
  {},
  { noUserAfterTool: true, systemOnlyFirst: true, callIdLength: 9, cacheControl: true, webSearch: true },
  { reasoningReplay: 'accepted', cacheControl: false, images: false, documents: false, maxNameLength: 20 },
  { reasoningField: 'reasoning_details', schemaRefuses: ['$schema'], systemRole: 'developer' },
]

/** A request keeps so many items of the one before, and adds some. */
interface Step {
  readonly kept: number
  readonly added: readonly JsonObject[]
  readonly quirks: Quirks
  readonly model: string
}

const stepsOf = (item: fc.Arbitrary<JsonObject>): fc.Arbitrary<readonly Step[]> =>
  fc.array(
    fc.record({
      kept: fc.oneof({ weight: 3, arbitrary: fc.constant(99) }, { weight: 1, arbitrary: fc.nat(9) }),
      added: fc.array(item, { minLength: 1, maxLength: 6 }),
      quirks: fc.constantFrom(...targets),
      model: fc.constantFrom('gemini-2.5-pro', 'gemini-3-pro'),
    }),
    { minLength: 1, maxLength: 5 },
  )

/** The session's requests: what one has in common with the one before is the very same. */
function bodiesOf(list: string, head: JsonObject, steps: readonly Step[]): readonly JsonObject[] {
  let items: readonly Json[] = []
  return steps.map(({ kept, added }) => {
    items = [...items.slice(0, kept), ...added.map((item) => structuredClone(item))]
    return { ...head, [list]: items }
  })
}

/** Beside the list of tools, which is remembered. */
const addsTools = (body: JsonObject): boolean =>
  body['web_search_options'] !== undefined ||
  asList(body['input']).some((item) => isObject(item) && Array.isArray(item['tools']))

const isConversation = (decoded: object): decoded is Conversation => 'turns' in decoded

describe.each(dialectIds)('a session in %s', (client) => {
  const { list, item, head } = sent[client]
  const decode = (body: JsonObject): Conversation => {
    const decoded = dialects[client].request.decode(body)
    if (!isConversation(decoded)) throw new Error(JSON.stringify(decoded))
    return decoded
  }

  test.each(dialectIds)('is told to %s as if each request were the first', (target) => {
    const told = (
      body: JsonObject,
      order: EncodeOrder,
      repair: (conversation: Conversation) => Conversation,
    ) => {
      const conversation = decode(body)
      const encoded = dialects[target].request.encode(repair(conversation), order)
      return { conversation, ...encoded, names: [...encoded.names] }
    }
    fc.assert(
      fc.property(head, stepsOf(item), fc.boolean(), (fields, steps, sound) => {
        const repair = sound ? repairCalls : (conversation: Conversation) => conversation
        for (const [at, body] of bodiesOf(list, fields, steps).entries()) {
          const { quirks = {}, model = '' } = steps[at] ?? {}
          const again = told(body, { model, stream: true, quirks }, repair)
          const first = told(structuredClone(body), { model, stream: true, quirks: { ...quirks } }, repair)
          expect(again.body).toBe(first.body)
          expect(again).toEqual(first)
        }
      }),
      { numRuns: 150 },
    )
  })

  test('keeps the turns of what was sent before, and what it offers', () => {
    fc.assert(
      fc.property(head, stepsOf(item), (fields, steps) => {
        const growing = steps.map((step) => ({ ...step, kept: 99 }))
        const bodies = bodiesOf(list, fields, growing)
        const decoded = bodies.map(decode)
        for (const [at, later] of decoded.slice(1).entries()) {
          const { system, turns, tools } = decoded[at] ?? later
          // The last turn may grow.
          const grown = turns.slice(0, -1).findIndex((turn, index) => turn !== later.turns[index])
          expect(grown).toBe(-1)
          if (turns.length > 0 && Array.isArray(fields['system'])) expect(later.system).toBe(system)
          if (!addsTools(bodies[at + 1] ?? {})) expect(later.tools).toBe(tools)
        }
      }),
      { numRuns: 150 },
    )
  })
})

test.each(dialectIds)('%s is told in the words of before, not worded again', (target) => {
  let reads = 0
  const part = {
    type: 'text' as const,
    get text() {
      reads++
      return 'a long story'
    },
  }
  const story: Conversation = {
    system: [part],
    turns: [
      { role: 'user', parts: [part] },
      { role: 'assistant', parts: [part] },
    ],
    tools: [],
    sampling: {},
    thinking: { kind: 'default' },
    output: { kind: 'text' },
    unsaid: [],
  }
  const order = { model: 'm', stream: true, quirks: {} }
  const { body } = dialects[target].request.encode(story, order)
  const readsOnce = reads
  const longer = { ...story, turns: [...story.turns, { role: 'user' as const, parts: [] }] }
  expect(dialects[target].request.encode(story, order).body).toBe(body)
  dialects[target].request.encode(longer, order)
  expect(reads).toBe(readsOnce)
})
