import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { frame, frameLimitBytes, namedFrame, type SseFrame, SseReader } from '../../src/wire/sse.ts'
import { collect } from '../../src/wire/stage.ts'

const read = (...chunks: (string | Uint8Array)[]): SseFrame[] =>
  collect(
    new SseReader(),
    chunks.map((chunk) => Buffer.from(chunk)),
  )

describe('server-sent events', () => {
  it('[C41] are the same for every chunking of the bytes, with any line ends, comments and split characters', () => {
    const line = fc.constantFrom(
      'data: {"a":"é漢😀"}',
      'data:x',
      'event: ping',
      ': comment',
      'id: 7',
      '',
      'data',
      'retry: 5',
    )
    const ending = fc.constantFrom('\n', '\r\n', '\r')
    fc.assert(
      fc.property(fc.array(line), ending, fc.array(fc.nat()), (lines, end, cuts) => {
        const bytes = Buffer.from(lines.map((text) => text + end).join(''))
        const points = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b)
        const chunks = [...points, bytes.length].map((point, at) =>
          bytes.subarray(at === 0 ? 0 : points[at - 1], point),
        )
        expect(read(...chunks)).toEqual(read(bytes))
      }),
      { numRuns: 500 },
    )
  })

  it('join several data lines, drop comments, and discard a frame cut off by the end', () => {
    expect(read('\ufeff: hi\nevent: a\ndata: 1\ndata: 2\n\ndata: 3\n')).toEqual([
      { event: 'a', data: '1\n2' },
    ])
  })

  it('are read back from what we write', () => {
    expect(read(namedFrame('ping', '{}') + frame('[DONE]'))).toEqual([
      { event: 'ping', data: '{}' },
      { data: '[DONE]' },
    ])
  })

  it('[C41] are bounded in size', () => {
    const reader = new SseReader()
    const piece = Buffer.alloc(8 * 1024 * 1024, 'x')
    expect(() => {
      for (let sent = 0; sent <= frameLimitBytes + piece.length; sent += piece.length) reader.push(piece)
    }).toThrow(RangeError)
  })

  it('[C41] are bounded in size, however many lines they have', () => {
    const reader = new SseReader()
    const lines = Buffer.from(
      'data: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\n'.repeat(1000),
    )
    expect(() => {
      for (let sent = 0; sent <= 2 * frameLimitBytes; sent += lines.length) reader.push(lines)
    }).toThrow(RangeError)
  })

  it('cost no more than their bytes when one is large', () => {
    const reader = new SseReader()
    const piece = Buffer.alloc(64 * 1024, 'x')
    const begunMs = performance.now()
    reader.push(Buffer.from('data: '))
    for (let sent = 0; sent < frameLimitBytes - 2 * piece.length; sent += piece.length) reader.push(piece)
    const [frame] = reader.push(Buffer.from('end\n\n'))
    expect(frame?.data.endsWith('xend')).toBe(true)
    expect(performance.now() - begunMs).toBeLessThan(3_000)
  })
})
