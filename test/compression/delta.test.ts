import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { deltaOf } from '../../src/compression/delta.ts'

const hidden = (count: number): string => `[${count} as before]`
const file = Array.from({ length: 60 }, (_, at) => `line ${at} says something`)
const text = (lines: readonly string[]) => lines.join('\n')

/** Puts the earlier lines back where they are left out. */
function restored(before: string, told: string): string {
  const old = before.split('\n')
  let at = 0
  return told
    .split('\n')
    .flatMap((line) => {
      const count = /^\[(\d+) as before\]$/.exec(line)?.[1]
      if (count === undefined) {
        const found = old.indexOf(line, at)
        if (found >= 0) at = found + 1
        return [line]
      }
      at += Number(count)
      return old.slice(at - Number(count), at)
    })
    .join('\n')
}

describe('A file that is read again', () => {
  it('is one line when nothing changed', () =>
    expect(deltaOf(text(file), text(file), hidden)).toBe('[60 as before]'))

  it('is told as what changed, with what stands beside it', () => {
    const now = file.with(30, 'changed')
    expect(deltaOf(text(file), text(now), hidden)?.split('\n')).toEqual([
      '[27 as before]',
      ...now.slice(27, 34),
      '[26 as before]',
    ])
  })

  it('may have moved, whatever its numbers', () => {
    const numbered = (lines: readonly string[]) => text(lines.map((line, at) => `${at + 1}\t${line}`))
    const now = [...file.slice(0, 20), 'new', ...file.slice(20)]
    const told = deltaOf(numbered(file), numbered(now), hidden)
    expect(told?.split('\n')).toHaveLength(1 + 3 + 1 + 3 + 1)
    expect(told).toContain('21\tnew')
  })

  it('shows where lines are gone', () =>
    expect(deltaOf(text(file), text(file.slice(1)), hidden)?.split('\n')).toEqual([
      ...file.slice(1, 4),
      '[56 as before]',
    ]))

  it('is told whole when it has little in common', () =>
    expect(deltaOf(text(file), text(file.map((line) => `${line}!`)), hidden)).toBeUndefined())

  it('loses nothing: with the earlier reading it can be told back', () => {
    const edits = fc.array(fc.tuple(fc.nat(60), fc.constantFrom('cut', 'put', 'change')), { maxLength: 6 })
    fc.assert(
      fc.property(edits, (changes) => {
        const now = [...file]
        for (const [index, [at, kind]] of changes.entries()) {
          if (kind === 'put') now.splice(at, 0, `put ${index}`)
          else now.splice(at, 1, ...(kind === 'cut' ? [] : [`changed ${index}`]))
        }
        const told = deltaOf(text(file), text(now), hidden)
        if (told !== undefined) expect(restored(text(file), told)).toBe(text(now))
      }),
      { numRuns: 500 },
    )
  })
})
