/** What is kept of a request over a restart says of the next one what its bytes would have said. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { changeBetween } from '../../src/compression/cache-parts.ts'
import { tongues } from '../../src/compression/pairing/tongues.ts'
import { changeSince, courseFrom, printOf } from '../../src/compression/print.ts'
import { type DialectId, dialectIds } from '../../src/conversation/conversation.ts'
import { talk } from './talk.ts'

const bytes = (body: unknown): Uint8Array => Buffer.from(JSON.stringify(body))
const rounds = (count: number, from = 0) =>
  Array.from(
    { length: count },
    (_, at) => [`ls ${from + at}`, `what was there, number ${from + at}`] as const,
  )
const guided = (line: string, dialect: DialectId): object => {
  if (dialect === 'openai-chat') return {}
  const [system = ''] = tongues[dialect].system
  return { [system]: [{ type: 'text', text: line }] }
}
const asking = (dialect: DialectId, count: number, line: string, tool: string, thinks: string, from = 0) => ({
  ...talk(dialect, rounds(count, from)),
  ...guided(line, dialect),
  tools: [{ name: tool }],
  [tongues[dialect].thinking[0] ?? 'x']: { a: thinks },
})

describe('A print', () => {
  it('says the same as the bytes, in every dialect', () => {
    const word = fc.constantFrom('one thing', 'another thing')
    const side = fc.record({ count: fc.integer({ min: 1, max: 5 }), line: word, tool: word, thinks: word })
    fc.assert(
      fc.property(fc.constantFrom(...dialectIds), side, side, (dialect, was, is) => {
        const before = bytes(asking(dialect, was.count, was.line, was.tool, was.thinks))
        const now = bytes(asking(dialect, is.count, is.line, is.tool, is.thinks))
        const print = printOf(before, tongues[dialect])
        const exact = changeBetween(before, now, tongues[dialect])
        if (!print || !exact) throw new Error('unreadable')
        expect(changeSince(print, now, tongues[dialect])).toEqual({ ...exact, details: {} })
      }),
      { numRuns: 300 },
    )
  })

  it('knows the conversation that goes on, one that was cut back, and another one', () => {
    for (const dialect of dialectIds) {
      const tongue = tongues[dialect]
      const print = printOf(bytes(talk(dialect, rounds(4))), tongue)
      if (!print) throw new Error('unreadable')
      expect(courseFrom(print, bytes(talk(dialect, rounds(6))), tongue)?.kind).toBe('on')
      expect(courseFrom(print, bytes(talk(dialect, rounds(4))), tongue)?.kind).toBe('on')
      expect(courseFrom(print, bytes(talk(dialect, rounds(2))), tongue)?.kind).toBe('cut')
      const other = JSON.stringify(talk(dialect, rounds(6, 50))).replace('please look', 'please look away')
      expect(courseFrom(print, Buffer.from(other), tongue)).toBeUndefined()
      expect(courseFrom(print, Buffer.from('{"messages":['), tongue)).toBeUndefined()
    }
  })

  it('names a system prompt that stands in the conversation', () => {
    const chat = (line: string) => ({
      messages: [
        { role: 'system', content: line },
        { role: 'user', content: 'hello there, who are you' },
      ],
    })
    const tongue = tongues['openai-chat']
    const print = printOf(bytes(chat('one of these days')), tongue)
    expect(print && changeSince(print, bytes(chat('two of these days')), tongue)).toMatchObject({
      system: true,
      rewound: false,
    })
  })

  it('does not see cache markers that move', () => {
    const mark = { cache_control: { type: 'ephemeral' } }
    const said = (one: object, two: object) => ({
      messages: [
        { role: 'user', content: [{ type: 'text', text: 'one', ...one }] },
        { role: 'user', content: [{ type: 'text', text: 'two', ...two }] },
      ],
    })
    const print = printOf(bytes(said(mark, {})), tongues.anthropic)
    expect(print && courseFrom(print, bytes(said({}, mark)), tongues.anthropic)?.kind).toBe('on')
  })

  it('holds no word of what was said', () => {
    const print = printOf(bytes(talk('anthropic', rounds(9), { system: 'a secret' })), tongues.anthropic)
    expect(JSON.stringify(print)).not.toMatch(/secret|look|there/)
    expect(JSON.stringify(print).length).toBeLessThan(400)
  })
})
