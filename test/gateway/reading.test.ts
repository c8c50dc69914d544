import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { tongues } from '../../src/compression/pairing/tongues.ts'
import { dialects } from '../../src/dialects/index.ts'
import { CacheTraces } from '../../src/gateway/cache-traces.ts'
import { CallReader } from '../../src/gateway/call-reader.ts'
import { type Lineage, Lineages, Thread } from '../../src/gateway/lineages.ts'
import { Vault } from '../../src/gateway/vault.ts'
import { asList, asObject, type Json, writeJson } from '../../src/wire/json.ts'
import { applySplices } from '../../src/wire/span.ts'

/** Requests as their texts: what stands before the messages, they, and what stands behind. */
interface Request {
  readonly head: string
  readonly messages: readonly string[]
  readonly tail: string
}

const written = ({ head, messages, tail }: Request): Uint8Array =>
  Buffer.from(`{"model":"m",${head}"messages":[${messages.join(',')}]${tail}}`)

const readerOf = (body: Uint8Array): CallReader => {
  const client = {
    gone: false,
    head: () => undefined,
    write: () => true,
    end: () => undefined,
    onDrain: () => undefined,
    onGone: () => undefined,
  }
  const call = {
    id: 'c',
    dialect: dialects.anthropic,
    client,
    profile: { name: 'default', roles: {} },
    headers: {},
    query: '',
    startedMs: 0,
    body,
    model: 'm',
    stream: false,
  }
  return new CallReader(call, new Vault())
}

/** A session as the gateway follows it. */
class Session {
  readonly #lineages = new Lineages(() => new CacheTraces(undefined))
  readonly #thread = new Thread({ id: 's', session: 's', agent: 'claude', isHeldOut: false }, undefined)

  /** `tell` may put something in place of texts. */
  ask(body: Uint8Array, tell?: (lineage: Lineage) => void): CallReader {
    const { lineage } = this.#lineages.next(this.#thread, tongues.anthropic, body)
    tell?.(lineage)
    const reader = readerOf(body)
    reader.edit(lineage.transcript.splices())
    reader.follow(lineage)
    return reader
  }
}

const result = (id: number, text: string, more = ''): string =>
  `{"role":"user","content":[{"type":"tool_result","tool_use_id":"t${id}","content":${JSON.stringify(text)}${more}}]}`
const use = (id: number, input: string): string =>
  `{"role":"assistant","content":[{"type":"tool_use","id":"t${id}","name":"Read","input":${input}}]}`
const long = (word: string): string => `${word} \\"quoted\\" grün `.repeat(40)

/** Inputs that a parse would change are among them. */
const message = fc.oneof(
  fc.tuple(fc.nat(9), fc.constantFrom('a', 'b', 'ü')).map(([id, word]) => result(id, long(word))),
  fc.nat(9).map((id) => result(id, 'short', ',"is_error":true')),
  fc
    .tuple(
      fc.nat(9),
      fc.constantFrom('{}', '{"n":1.0}', '{"12":12345678901234567890}', '{"a":[1,{"b":"1.0"}]}'),
    )
    .map(([id, input]) => use(id, input)),
  fc.constantFrom('{"role":"user","content":"x"}', '{"role":"assistant","content":"1e5 -0.50"}'),
)
const head = fc.constantFrom('', '"system":"s",', '"system":[{"type":"text","text":"t"}],"top_p":1.0,')
const tail = fc.constantFrom('', ',"stream":true', ',"max_tokens":7,"temperature":0.10')

const step = fc.oneof(
  { weight: 5, arbitrary: fc.record({ add: fc.array(message, { minLength: 1, maxLength: 3 }) }) },
  { weight: 1, arbitrary: fc.record({ change: fc.nat(20), by: message }) },
  { weight: 1, arbitrary: fc.record({ keep: fc.nat(20) }) },
  { weight: 1, arbitrary: fc.record({ head }) },
  { weight: 1, arbitrary: fc.record({ tail }) },
)
type Step = typeof step extends fc.Arbitrary<infer Each> ? Each : never

function next(request: Request, step: Step): Request {
  const { messages } = request
  if ('add' in step) return { ...request, messages: [...messages, ...step.add] }
  if ('by' in step)
    return { ...request, messages: messages.map((one, at) => (at === step.change ? step.by : one)) }
  if ('keep' in step) return { ...request, messages: messages.slice(0, step.keep + 1) }
  return { ...request, ...step }
}

const told = fc.array(fc.tuple(fc.nat(12), fc.constantFrom('"less"', '"fewer"', undefined)), { maxLength: 4 })
const first: Request = { head: '', messages: [result(1, long('first'))], tail: '' }

describe('a conversation of which only what is new is read', () => {
  it('is what reading all of it gives, whatever grew, shrank, changed or is told otherwise', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(step, told), { maxLength: 10 }), (steps) => {
        const session = new Session()
        let request = first
        for (const [change, tellings] of steps) {
          request = next(request, change)
          const body = written(request)
          const reader = session.ask(body, ({ transcript }) => {
            for (const [at, literal] of tellings) {
              const text = transcript.texts[at]
              if (text) text.told = { literal: literal && Buffer.from(literal), birth: undefined }
            }
          })
          const edited = Buffer.concat(applySplices(body, reader.splices)).toString('utf8')
          expect(writeJson(reader.json)).toBe(edited)
        }
      }),
      { numRuns: 2_000 },
    )
  })

  it('gives the same values for what was there before, so that what was made of them is found again', () => {
    const session = new Session()
    const request = {
      ...first,
      head: '"tools":[{"name":"Read"}],',
      messages: [use(1, '{}'), result(1, long('x'))],
    }
    const before = asObject(session.ask(written(request)).json)
    const grown = { ...request, messages: [...request.messages, use(2, '{}'), result(2, long('y'))] }
    const after = asObject(session.ask(written(grown)).json)
    const items = (body: typeof before): readonly Json[] => asList(body['messages'])
    expect(items(after)).toHaveLength(4)
    expect(items(after)[0]).toBe(items(before)[0])
    expect(items(after)[1]).toBe(items(before)[1])
    expect(after['tools']).toBe(before['tools'])
  })

  it('is read whole for an older request of a conversation that went on', () => {
    const session = new Session()
    const older = session.ask(written(first))
    const later = written({ ...first, messages: [...first.messages, use(2, '{}'), result(2, long('late'))] })
    session.ask(later)
    expect(asList(asObject(older.json)['messages'])).toHaveLength(1)
  })

  it('is read whole when its field is there twice', () => {
    const session = new Session()
    const twice = { ...first, tail: ',"mess\\u0061ges":[{"role":"user","content":"last"}]' }
    session.ask(written(twice))
    const grown = { ...twice, messages: [...twice.messages, use(2, '{}'), result(2, long('z'))] }
    const reader = session.ask(written(grown))
    expect(reader.json).toEqual(JSON.parse(Buffer.from(written(grown)).toString('utf8')))
  })

  it('is refused in the same words as when all of it is read', () => {
    const session = new Session()
    session.ask(written(first)).conversation({})
    const broken = written({ ...first, tail: ',"stream":tru' })
    expect(session.ask(broken).conversation({})).toEqual(readerOf(broken).conversation({}))
  })
})
