import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dialects } from '../../src/dialects/index.ts'
import { CallReader } from '../../src/gateway/call-reader.ts'
import { Vault } from '../../src/gateway/vault.ts'
import { writeJson } from '../../src/wire/json.ts'
import { commonLength } from '../../src/world/common-length.ts'

/** Texts of JSON values; what parse → write would change among them. */
const value = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.constantFrom('12', '"a 1.0 in words"', 'true', '-7', '"grün — ü"', '{"k":[3]}'),
  },
  { weight: 1, arbitrary: fc.constantFrom('1.0', '12345678901234567890', '1e5', '{"12":1}', '-0.50') },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 30 }).map((times) => `"${'long '.repeat(times * 20)}"`) },
)
const bodies = fc.array(fc.array(value, { maxLength: 12 }), { minLength: 1, maxLength: 6 })
const bytesOf = (values: readonly string[]): Uint8Array =>
  Buffer.from(`{"model":"m","turns":[${values.join(',')}]}`)

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

describe('a conversation of which only what is new is looked through', () => {
  it('keeps every number as it was written, whatever grew, shrank or changed since the request before', () => {
    fc.assert(
      fc.property(bodies, (talk) => {
        const course = { turns: 0, soundBytes: 0 }
        let before: Uint8Array = new Uint8Array()
        for (const values of talk) {
          const body = bytesOf(values)
          course.turns++
          course.soundBytes = Math.min(course.soundBytes, commonLength(before, 0, body, 0))
          const reader = readerOf(body)
          reader.follow(course)
          expect(writeJson(reader.json)).toBe(Buffer.from(body).toString('utf8'))
          before = body
        }
      }),
      { numRuns: 2_000 },
    )
  })

  it('does not take what an older request of it said for what the latest says', () => {
    const course = { turns: 1, soundBytes: 0 }
    const older = readerOf(bytesOf(Array.from({ length: 400 }, () => '"plain words"')))
    older.follow(course)
    course.turns = 2
    expect(older.json).toBeDefined()
    expect(course.soundBytes).toBe(0)
  })
})
