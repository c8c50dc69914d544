import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Conversation, ToolResultPart, Turn } from '../../src/conversation/conversation.ts'
import { repairCalls } from '../../src/conversation/repair.ts'

const talk = (turns: readonly Turn[]): Conversation => ({
  system: [],
  turns,
  tools: [],
  sampling: {},
  thinking: { kind: 'default' },
  output: { kind: 'text' },
  unsaid: [],
})
const ask = (...ids: string[]): Turn => ({
  role: 'assistant',
  parts: ids.map((id) => ({ type: 'tool-call', id, name: 'look', arguments: '{}' })),
})
const result = (callId: string, text = `found by ${callId}`): ToolResultPart => ({
  type: 'tool-result',
  callId,
  content: [{ type: 'text', text }],
  isError: false,
})
const reply = (...ids: string[]): Turn => ({ role: 'user', parts: ids.map((id) => result(id)) })
const say = (text: string): Turn => ({ role: 'user', parts: [{ type: 'text', text }] })
const guide = (text: string): Turn => ({ role: 'system', parts: [{ type: 'text', text }] })
const repaired = (...turns: Turn[]): readonly Turn[] => repairCalls(talk(turns)).turns

/** What an upstream would refuse. */
function complaints(turns: readonly Turn[]): string[] {
  const found: string[] = []
  const ids = turns.flatMap((turn) =>
    turn.role === 'assistant'
      ? turn.parts.flatMap((part) => (part.type === 'tool-call' ? [part.id] : []))
      : [],
  )
  if (new Set(ids).size !== ids.length) found.push('an id twice')
  turns.forEach((turn, at) => {
    if (turn.role === 'user') {
      const before = turns[at - 1]
      const asked = before?.role === 'assistant' ? before.parts : []
      const waiting = new Set(asked.flatMap((part) => (part.type === 'tool-call' ? [part.id] : [])))
      turn.parts.forEach((part, place) => {
        if (part.type !== 'tool-result') return
        if (!waiting.delete(part.callId)) found.push(`orphan ${part.callId}`)
        if (turn.parts.slice(0, place).some(({ type }) => type !== 'tool-result'))
          found.push('text before a result')
      })
      for (const id of waiting) found.push(`unanswered ${id}`)
    } else if (turn.role === 'assistant' && turn.parts.some(({ type }) => type === 'tool-call')) {
      if (turns[at + 1]?.role !== 'user') found.push('calls without a user turn')
    }
  })
  return found
}

describe('repairing calls', () => {
  it('[C55] leaves a sound conversation as it is, the very same value', () => {
    const sound = talk([say('go'), ask('a', 'b'), reply('b', 'a'), ask('c'), reply('c'), say('on')])
    expect(repairCalls(sound)).toBe(sound)
    const plain = talk([say('hello')])
    expect(repairCalls(plain)).toBe(plain)
  })

  it('[C55] answers a call that was interrupted', () => {
    const turns = repaired(say('go'), ask('a'), say('stop'))
    expect(turns).toHaveLength(3)
    expect(turns[2]?.parts).toEqual([
      expect.objectContaining({ type: 'tool-result', callId: 'a', isError: true }),
      { type: 'text', text: 'stop' },
    ])
  })

  it('[C55] answers calls at the very end', () => {
    expect(complaints(repaired(say('go'), ask('a', 'b')))).toEqual([])
  })

  it('[C55] tells an orphan result as text, in its place, with all it holds', () => {
    const [turn] = repaired({
      role: 'user',
      parts: [{ type: 'text', text: 'before' }, result('ghost', 'boo')],
    })
    expect(turn?.parts.map((part) => (part.type === 'text' ? part.text : part.type))).toEqual([
      'before',
      expect.stringContaining('not in this conversation'),
      'boo',
    ])
  })

  it('[C54] brings results before what was said beside or before them, also across guidance', () => {
    expect(
      repaired(ask('a'), guide('note'), { role: 'user', parts: [{ type: 'text', text: 'x' }, result('a')] }),
    ).toEqual([ask('a'), reply('a'), guide('note'), say('x')])
    expect(repaired(ask('a', 'b'), reply('a'), reply('b'))).toEqual([ask('a', 'b'), reply('a', 'b')])
  })

  it('joins calls of one step that came in several turns', () => {
    expect(repaired(ask('a'), ask('b'), reply('a', 'b'))).toEqual([ask('a', 'b'), reply('a', 'b')])
  })

  it('[C49] gives a second call of the same id one of its own, and its result with it', () => {
    const turns = repaired(ask('a'), reply('a'), ask('a', 'a'), reply('a', 'a'))
    expect(complaints(turns)).toEqual([])
    expect(turns[3]?.parts.map((part) => part.type === 'tool-result' && part.callId)).toEqual(['a_2', 'a_3'])
  })

  const id = fc.constantFrom('a', 'b', 'c', '')
  const anyTurn = fc.oneof(
    fc.array(id, { maxLength: 3 }).map((ids) => ask(...ids)),
    fc.array(id, { maxLength: 3 }).map((ids) => reply(...ids)),
    fc.constant(say('text')),
    fc.constant(guide('note')),
  )

  it('[C55] leaves nothing an upstream would refuse, and repairs nothing twice', () => {
    fc.assert(
      fc.property(fc.array(anyTurn, { maxLength: 12 }), (turns) => {
        const once = repairCalls(talk(turns))
        expect(complaints(once.turns)).toEqual([])
        expect(repairCalls(once)).toBe(once)
      }),
    )
  })

  it('[C75] says earlier steps the same when a later one follows', () => {
    fc.assert(
      fc.property(
        fc.array(anyTurn, { maxLength: 10 }),
        fc.array(anyTurn, { maxLength: 5 }),
        (turns, more) => {
          const now = repairCalls(talk([...turns, say('end of step')])).turns
          const next = repairCalls(
            talk([...turns, say('end of step'), { role: 'assistant', parts: [] }, ...more]),
          ).turns
          expect(next.slice(0, now.length)).toEqual(now)
        },
      ),
    )
  })
})
