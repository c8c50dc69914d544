import { performance } from 'node:perf_hooks'
import { describe, expect, it } from 'vitest'
import { commandOf } from '../../src/compression/command-line.ts'
import { filters } from '../../src/filters/index.ts'
import { hidden } from './needles.ts'
import { recorded, recordings } from './recordings.ts'

const long = 1_000_000
/** Starts that the readers look for, and characters that would make a careless pattern go back and forth. */
const starts = [
  '',
  'src/a.ts:',
  'src/a.ts:1:2: error: ',
  ' FAIL  ',
  '    at ',
  'test ',
  '    ✓ ',
  'error[E1]: ',
  'E   ',
  '[warn] ',
  '  1:2  error  ',
  '--- FAIL: ',
  '=== RUN   ',
  '_____ ',
]
const fills = ['a', ' ', ':', '^~', '-', '/a', '. ', '[Error', '1:', '│ ', 'a b ', '::a']
const monsters = starts.flatMap((start) => fills.map((fill) => start + fill.repeat(long / fill.length)))

/** One of each program. */
const each = [...new Map(recordings.map((one) => [commandOf(one.commandLine)?.program, one])).values()]

describe.each(each)('$name with lines of a megabyte in it', ({ name, commandLine, failed }) => {
  it('is read in time that grows with its length', () => {
    const command = commandOf(commandLine)!
    const all = recorded(name).trimEnd().split('\n')
    const lines = all.length > 400 ? [...all.slice(0, 100), ...all.slice(-300)] : all
    const filter = filters.find((some) => some.suggests(command) && some.confirms(lines, command))!
    let slowestMs = 0
    for (const monster of monsters) {
      const some = [...lines.slice(0, 20), monster, ...lines.slice(20)]
      const startedAt = performance.now()
      filter.confirms(some, command)
      const shortened = filter.shorten({ command, lines: some, failed, tier: 1, hidden })
      slowestMs = Math.max(slowestMs, performance.now() - startedAt)
      expect(shortened?.lines.length ?? 0).toBeLessThanOrEqual(some.length)
    }
    expect(slowestMs).toBeLessThan(2000)
  })
})
