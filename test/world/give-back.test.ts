import { describe, expect, it } from 'vitest'
import { giveBack } from '../../src/world/give-back.ts'

const large = 64 * 1024

describe('memory that nobody needs any more', () => {
  it('is gone at once, without a collector', () => {
    const before = process.memoryUsage().arrayBuffers
    const pieces = Array.from({ length: 100 }, () => Buffer.from(new ArrayBuffer(large)))
    expect(process.memoryUsage().arrayBuffers - before).toBeGreaterThan(90 * large)
    giveBack(pieces)
    expect(pieces.every(({ length }) => length === 0)).toBe(true)
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(10 * large)
  })

  it('is left alone where others have a part of it, or where it is little', () => {
    const shared = Buffer.from(new ArrayBuffer(2 * large)).subarray(large)
    const small = Buffer.from('a few letters')
    giveBack([shared, small])
    expect(shared).toHaveLength(large)
    expect(small.toString()).toBe('a few letters')
  })
})
