import { describe, expect, it } from 'vitest'
import { CallRepair } from '../../src/conversation/call-repair.ts'
import type { Tool } from '../../src/conversation/conversation.ts'
import type { ReplyEvent } from '../../src/conversation/reply.ts'
import { collect } from '../../src/wire/stage.ts'

const read: Tool = {
  kind: 'function',
  name: 'Read',
  description: '',
  schema: {
    type: 'object',
    properties: {
      file_path: { type: 'string' },
      pages: { type: 'string' },
      limit: { type: 'number' },
    },
    required: ['file_path'],
  },
}

const call = (name: string, ...pieces: string[]): ReplyEvent[] => [
  { type: 'part-start', index: 0, part: { type: 'tool-call', id: 'call_1', name } },
  ...pieces.map((text): ReplyEvent => ({ type: 'part-delta', index: 0, text })),
  { type: 'part-end', index: 0 },
]
const deltas = (events: readonly ReplyEvent[]): string[] =>
  events.flatMap((event) => (event.type === 'part-delta' ? [event.text] : []))

describe('[C59] a call of a model that fills optional texts', () => {
  it('is held until it is whole, and loses what was filled in', () => {
    const repair = new CallRepair([read])
    const [start, ...rest] = call('Read', '{"file_path":"a","li', 'mit":1.0,"pages":""', '}')
    expect(repair.push(start!)).toEqual([start])
    expect(repair.push(rest[0]!)).toEqual([])
    const told = [...repair.push(rest[1]!), ...repair.push(rest[2]!), ...repair.push(rest[3]!)]
    expect(deltas(told)).toEqual(['{"file_path":"a","limit":1.0}'])
    expect(told.at(-1)).toEqual({ type: 'part-end', index: 0 })
  })

  it('keeps what is needed, what says something, and every letter of a call that is sound', () => {
    const mended = (text: string) => deltas(collect(new CallRepair([read]), call('Read', text))).join('')
    expect(mended('{"file_path":""}')).toBe('{"file_path":""}')
    expect(mended('{"file_path":"a", "pages": "1-3"}')).toBe('{"file_path":"a", "pages": "1-3"}')
    expect(mended('{"file_path":"a","other":""}')).toBe('{"file_path":"a","other":""}')
  })

  it('passes unheld when the tool has no such parameter, or the model is not known for it', () => {
    const events = call('Read', '{"pages"', ':""}')
    expect(collect(new CallRepair([]), events)).toEqual(events)
    const other = call('Write', '{"pages"', ':""}')
    expect(collect(new CallRepair([read]), other)).toEqual(other)
  })
})

describe('[C59] a model that writes blanks', () => {
  it('without end is stopped', () => {
    const blanks = Array.from({ length: 50 }, () => ' \n'.repeat(50))
    const told = collect(new CallRepair([]), call('Write', '{"text":', ...blanks))
    expect(told.some(({ type }) => type === 'failed')).toBe(true)
  })

  it('between words is not', () => {
    const pieces = Array.from({ length: 50 }, (_, n) => `${' '.repeat(100)}${n}`)
    const events = call('Write', '{"text":"', ...pieces, '"}')
    expect(collect(new CallRepair([]), events)).toEqual(events)
  })
})
