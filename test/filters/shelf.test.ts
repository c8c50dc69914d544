import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { commandOf } from '../../src/compression/command-line.ts'
import { wasShortened } from '../../src/compression/omission.ts'
import type { Command, Filter, Shortened } from '../../src/filters/filter.ts'
import { filters } from '../../src/filters/index.ts'
import { hidden, linesOf, readThrough } from './needles.ts'

const text = (shortened: Shortened | undefined): string | undefined => shortened?.lines.join('\n')

/** The same filter again, over its own words; what tells of an omission is left alone by every mouth. */
function again(filter: Filter, command: Command, lines: readonly string[], tier: 0 | 1): readonly string[] {
  if (wasShortened(lines.join('\n')) || !filter.confirms(lines, command)) return lines
  return filter.shorten({ command, lines, failed: false, tier, hidden })?.lines ?? lines
}

describe('the shelf of filters', () => {
  it('has a name of its own for every filter, and examples', () => {
    expect(new Set(filters.map(({ id }) => id)).size).toBe(filters.length)
    expect(filters.filter(({ examples }) => examples.length === 0).map(({ id }) => id)).toEqual([])
  })
})

for (const filter of filters) {
  describe(`the filter ${filter.id}`, () => {
    for (const { name, commandLine, failed = false, output, becomes, losslessly } of filter.examples) {
      const command = commandOf(commandLine) ?? { program: '', args: [] }
      const at = (tier: 0 | 1) => readThrough(filter, { commandLine, output, tier, failed })

      it(`${name}: fits its command and its content`, () => {
        expect(filter.suggests(command), `suggests ${JSON.stringify(command)}`).toBe(true)
        expect(filter.confirms(linesOf(output), command), 'confirms').toBe(true)
      })

      it(`${name}: becomes what it says`, () => {
        expect(text(at(1))).toBe(linesOf(becomes).join('\n'))
        expect(text(at(0)) ?? linesOf(output).join('\n')).toBe(linesOf(losslessly ?? output).join('\n'))
      })

      it(`${name}: is not longer, says its tier, and hides nothing at tier 0`, () => {
        for (const tier of [0, 1] as const) {
          const result = at(tier)
          expect(result?.tier ?? 0).toBeLessThanOrEqual(tier)
          expect((text(result) ?? '').length).toBeLessThanOrEqual(output.length)
        }
        expect(text(at(0)) ?? '').not.toContain(' — clutch show ')
      })

      it(`${name}: says the same every time, and says it of its own words`, () => {
        for (const tier of [0, 1] as const) {
          const once = at(tier)?.lines ?? linesOf(output)
          expect(text(at(tier)) ?? linesOf(output).join('\n')).toBe(once.join('\n'))
          expect(again(filter, command, once, tier).join('\n')).toBe(once.join('\n'))
        }
      })

      it(`${name}: reads a cut, shuffled or foreign output without falling over`, () => {
        const lines = linesOf(output)
        const tail = (from: number, to: number) => lines.slice(from, to)
        fc.assert(
          fc.property(
            fc.nat(lines.length),
            fc.nat(lines.length),
            fc.shuffledSubarray([...lines]),
            fc.array(fc.string({ unit: 'binary', maxLength: 40 }), { maxLength: 6 }),
            (a, b, shuffled, foreign) => {
              for (const some of [
                tail(Math.min(a, b), Math.max(a, b)),
                shuffled,
                [...foreign, ...shuffled],
                [],
              ])
                for (const tier of [0, 1] as const) {
                  const reading = { command, lines: Object.freeze(some), failed, tier, hidden }
                  if (filter.confirms(some, command))
                    expect(filter.shorten(reading)?.tier ?? 0).toBeLessThanOrEqual(tier)
                }
            },
          ),
          { numRuns: 60, seed: 7 },
        )
      })
    }
  })
}
