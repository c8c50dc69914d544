import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bytesOf, textOf } from '../../src/world/text.ts'

const texts = fc.tuple(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 2000 }))

describe('text and bytes', () => {
  it('are what Buffer makes of them, short or long, in any script', () => {
    fc.assert(
      fc.property(texts, ([unit, times]) => {
        const text = unit.repeat(times)
        expect(Buffer.compare(bytesOf(text), Buffer.from(text))).toBe(0)
        expect(textOf(Buffer.from(text)) === text).toBe(true)
      }),
    )
  })

  it('bytes that are no UTF-8 are read as Buffer reads them', () => {
    const bytes = Buffer.concat([Buffer.alloc(1000, 'é'), Buffer.from([0x61, 0xff, 0xc3])])
    expect(textOf(bytes)).toBe(bytes.toString('utf8'))
  })
})
