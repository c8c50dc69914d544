/** Call ids for targets that count their letters. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { exactId } from '../../src/conversation/tool-names.ts'

describe('[C49] an id of exact length', () => {
  it('stays as it is when it fits', () => expect(exactId('aB3dE6gH9', 9)).toBe('aB3dE6gH9'))

  it('is always letters and digits, exactly so many, and the same for the same id', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 1, max: 40 }), (id, length) => {
        expect(exactId(id, length)).toMatch(new RegExp(`^[a-zA-Z0-9]{${length}}$`))
        expect(exactId(id, length)).toBe(exactId(id, length))
      }),
    )
  })

  it('differs where ids differ', () => {
    const ids = Array.from({ length: 5000 }, (_, index) => `toolu_01${index}`)
    expect(new Set(ids.map((id) => exactId(id, 9))).size).toBe(ids.length)
  })
})
