import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { areWhole, grown, spoilt } from '../../src/conversation/call-arguments.ts'
import { CallPieces, endOfInside, standsAt } from '../../src/conversation/call-pieces.ts'

const text = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.array(fc.constantFrom('\\', '"', 'a', '\n', '{')).map((letters) => letters.join('')),
)

describe('pieces of arguments', () => {
  it('mean the same put together as one by one, whichever call each is of', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer({ min: 0, max: 2 }), text)), (pieces) => {
        const heard = ['', '', '']
        const collected = new CallPieces((place, said) => {
          heard[place] += said
        })
        for (const [place, said] of pieces) collected.add(place, JSON.stringify(said).slice(1, -1))
        collected.flush()
        const expected = [0, 1, 2].map((at) =>
          pieces.map(([place, said]) => (place === at ? said : '')).join(''),
        )
        expect(heard).toEqual(expected)
      }),
    )
  })

  it('end at the quote that is not escaped', () => {
    fc.assert(
      fc.property(text, text, (said, rest) => {
        const frame = `{"x":${JSON.stringify(said)}}${rest}`
        const end = endOfInside(frame, 6)
        expect(JSON.parse(frame.slice(5, end + 1))).toBe(said)
        expect(standsAt(frame, end, '"}')).toBe(true)
      }),
    )
    expect(endOfInside('{"x":"a', 6)).toBe(-1)
    expect(endOfInside('{"x":"a\\"', 6)).toBe(-1)
  })

  it('[C46] that are no JSON make no arguments whole, and nothing after them does', () => {
    let said = '{"a":"'
    const pieces = new CallPieces((_, piece) => {
      said = grown(said, piece)
    })
    pieces.add(0, '\\x')
    pieces.flush()
    pieces.add(0, '\\"}')
    pieces.flush()
    expect(areWhole(said)).toBe(false)
    expect(areWhole(spoilt)).toBe(false)
  })

  it('[C46] are bounded: what is too long is not whole', () => {
    const half = ' '.repeat(20_000_000)
    expect(areWhole(`{}${grown(half, half)}`)).toBe(false)
  })
})
