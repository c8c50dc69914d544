import { describe, expect, it } from 'vitest'
import { LiveShortener, liveLine } from '../../src/compression/live.ts'
import { liveNoiseOf } from '../../src/compression/live-noise.ts'

const open = (program: string) =>
  new LiveShortener({
    noiseOf: liveNoiseOf({ program, args: [] }),
    hidden: (count, what) => `[${count}: ${what}]`,
  })

const passes = (count: number): string[] =>
  Array.from({ length: count }, (_, n) => `test parser::reads_a_number_${n} ... ok`)

describe('an output that is shortened while it grows', () => {
  it('tells every line that is no noise at once', () => {
    const live = open('cargo')
    expect(live.push('running 3 tests')).toEqual(['running 3 tests'])
    expect(live.push('test parser::fails ... FAILED')).toEqual(['test parser::fails ... FAILED'])
    expect(live.isWaiting).toBe(false)
  })

  it('leaves a run of noise out, and tells how many when the run ends', () => {
    const live = open('cargo')
    expect(passes(5).flatMap((line) => live.push(line))).toEqual([])
    expect(live.settle()).toEqual([])
    expect(passes(7).flatMap((line) => live.push(line))).toEqual([])
    expect(live.push('test a ... FAILED')).toEqual(['[12: passing tests]', 'test a ... FAILED'])
    expect(live.hiddenLines).toBe(12)
  })

  it('tells noise after all when its time is up and it is too little to leave out', () => {
    const live = open('cargo')
    expect(live.push('test a ... ok')).toEqual([])
    expect(live.isWaiting).toBe(true)
    expect(live.settle()).toEqual(['test a ... ok'])
    expect(live.isWaiting).toBe(false)
    expect(live.end()).toEqual([])
    expect(live.hiddenLines).toBe(0)
  })

  it('counts repeats of a line instead of repeating it', () => {
    const live = open('unheard-of')
    const line = 'waiting for the database on port 5432'
    const told = [live.push(line), ...Array.from({ length: 9 }, () => live.push(line))].flat()
    expect(told).toEqual([line])
    expect(live.push('ready')).toEqual(['[9: repeats of the line above]', 'ready'])
  })

  it('tells the count of the last run at the end', () => {
    const live = open('go')
    for (let n = 0; n < 20; n++) live.push(`--- PASS: TestReads${n} (0.00s)`)
    expect(live.end()).toEqual(['[20: passing tests]'])
  })

  it('leaves nothing out of what nobody knows', () => {
    const live = open('unheard-of')
    expect(passes(5).flatMap((line) => live.push(line))).toEqual(passes(5))
  })

  it('gives lines back whole: what is told and what is left out add up', () => {
    const live = open('cargo')
    const lines = [...passes(4), 'x', ...passes(1), 'y', 'y', 'y', ...passes(30)]
    const told = lines.flatMap((line, at) => [...live.push(line), ...(at % 3 === 0 ? live.settle() : [])])
    const all = [...told, ...live.end()]
    const marks = all.filter((line) => line.startsWith('['))
    const hidden = marks.reduce((sum, mark) => sum + Number(/\d+/.exec(mark)?.[0]), 0)
    expect(all.length - marks.length + hidden).toBe(lines.length)
    expect(live.hiddenLines).toBe(hidden)
  })

  it('reads a line as a terminal would leave it', () => {
    expect(liveLine('\u001b[32mok\u001b[0m\r')).toBe('ok')
    expect(liveLine('10%\r50%\r100% done')).toBe('100% done')
    expect(liveLine('plain')).toBe('plain')
  })
})
