import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { TurnListener } from '../../src/gateway/turn-memory.ts'

const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.integer({ min: 100, max: 3_000 }).map((length) => 'wörtlich '.repeat(length / 9)),
)
const piece = fc.oneof(
  text,
  text.map((said) => new Uint8Array(Buffer.from(said))),
)

describe('what a client has heard of a turn', () => {
  it('is kept letter by letter, in whatever pieces it came', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
        const listener = new TurnListener(
          () => true,
          () => undefined,
        )
        for (const said of pieces) listener.hear(said)
        expect(listener.heard).toBe(pieces.map((said) => Buffer.from(said).toString('utf8')).join(''))
      }),
    )
  })
})
