import { describe, expect, it } from 'vitest'
import type { Example, Filter } from '../../src/filters/filter.ts'
import { filters } from '../../src/filters/index.ts'
import {
  changedLines,
  errorLines,
  type Fact,
  keptShare,
  linesOf,
  locations,
  lostFacts,
  readThrough,
  tableValues,
} from './needles.ts'
import { fromDiff, fromHits } from './told-back.ts'

const told = (filter: Filter, { commandLine, output }: Example, failed: boolean, tier: 0 | 1): string =>
  (readThrough(filter, { commandLine, output, failed, tier })?.lines ?? linesOf(output)).join('\n')

/** With the signs that the lines of a new file are told without. */
const diffAgain = (text: string): string => fromDiff(linesOf(text)).join('\n')

/** Grouping moves the parts of a line; its words stay. */
const words = (facts: readonly Fact[]): readonly Fact[] =>
  facts
    .flatMap(([line]) => line.match(/(?<![\p{N}_])\p{L}{3,}(?![\p{N}_])/gu) ?? [])
    .map((word): Fact => [word])

/** A frame of a runtime is named after what it does: `/usr/local/go/src/runtime/panic.go:860`, `runtime.panic(0x1)`. */
const isFrame = ([line]: Fact): boolean => /^\/\S+:\d+|^[\w./]+\(.*\)$/.test(line)

const shelf = filters.flatMap((filter) => filter.examples.map((example) => ({ filter, example })))

describe('whatever a filter leaves out', () => {
  /** The facts of a diff are its changed lines, below. */
  for (const { filter, example } of shelf.filter((each) => each.filter.id !== 'git-diff'))
    it(`${filter.id}, ${example.name}: no word of a line that tells of an error is lost when it failed`, () => {
      for (const tier of [0, 1] as const)
        expect(
          lostFacts(
            words(errorLines(example.output).filter((fact) => !isFrame(fact))),
            told(filter, example, true, tier),
          ),
        ).toEqual([])
    })

  const of = (...ids: readonly string[]) => shelf.filter(({ filter }) => ids.includes(filter.id))

  it('every changed line of a diff stays', () => {
    const diffs = of('git-diff')
    expect(diffs.length).toBeGreaterThan(0)
    for (const { filter, example } of diffs)
      expect(lostFacts(changedLines(example.output), diffAgain(told(filter, example, false, 0)))).toEqual([])
  })

  it('every hit of a search stays, with its file and its line', () => {
    const hits = of('grep')
    expect(hits.flatMap(({ example }) => locations(example.output)).length).toBeGreaterThan(5)
    for (const { filter, example } of hits)
      expect(
        keptShare(locations(example.output), fromHits(linesOf(told(filter, example, false, 1))).join('\n')),
      ).toBe(1)
  })

  it('at tier 0 every cell of a table stays', () => {
    const tables = of('tables', 'du', 'ls')
    expect(tables.length).toBeGreaterThan(2)
    for (const { filter, example } of tables)
      expect(lostFacts(words(tableValues(example.output)), told(filter, example, false, 0))).toEqual([])
  })
})
