import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { endOfFrame, startOfFrame, WholeFrames } from '../../src/gateway/whole-frames.ts'
import { frameLimitBytes, SseReader } from '../../src/wire/sse.ts'

describe('the whole frames of a stream', () => {
  it('[C41] hold every event once and whole, with any line ends and for every chunking', () => {
    const event = fc.constantFrom('event: a|data: é漢|', 'data: {}|', ': comment|', 'data: 1|data: 2|')
    const ending = fc.constantFrom('\n', '\r\n', '\r')
    fc.assert(
      fc.property(fc.array(event), ending, fc.array(fc.nat()), (events, end, cuts) => {
        const bytes = Buffer.from(events.map((text) => `${text}|`.replaceAll('|', end)).join(''))
        const points = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b)
        const frames = new WholeFrames()
        const told = [...points, bytes.length].map((point, at) =>
          frames.push(bytes.subarray(at === 0 ? 0 : points[at - 1], point)),
        )
        const whole = Buffer.from(told.join(''), 'latin1')
        expect(bytes.subarray(0, whole.length).equals(whole)).toBe(true)
        expect(new SseReader().push(whole)).toEqual(new SseReader().push(bytes))
        for (const text of told) if (text !== '') expect(/(?:\n\n|\r\r|\r\n\r\n|^\n)$/.test(text)).toBe(true)
      }),
      { numRuns: 500 },
    )
  })

  it('say whether they are the very bytes that came', () => {
    const frames = new WholeFrames()
    expect([frames.push(Buffer.from('data: 1\n\n')), frames.intact]).toEqual(['data: 1\n\n', true])
    expect([frames.push(Buffer.from('data: 2\n\ndat')), frames.intact]).toEqual(['data: 2\n\n', false])
    expect([frames.push(Buffer.from('a: 3\n\n')), frames.intact]).toEqual(['data: 3\n\n', false])
    expect([frames.push(Buffer.from('data: 4\n\n')), frames.intact]).toEqual(['data: 4\n\n', true])
  })

  it('are found around any place, with any line ends', () => {
    for (const end of ['\n', '\r\n', '\r']) {
      const frame = `data: b${end}${end}`
      const text = `data: a${end}${end}${frame}data: c${end}${end}`
      const at = text.indexOf('b')
      expect(text.slice(startOfFrame(text, at), endOfFrame(text, at))).toBe(frame)
    }
  })

  it('[C41] are bounded in size, and a large one costs no more than its bytes', () => {
    const frames = new WholeFrames()
    const piece = Buffer.alloc(64 * 1024, 'x')
    const begunMs = performance.now()
    expect(() => {
      for (let sent = 0; sent <= frameLimitBytes; sent += piece.length) frames.push(piece)
    }).toThrow(RangeError)
    expect(performance.now() - begunMs).toBeLessThan(3_000)
  })
})
