/** Proves that facts survive a filter: which are kept, which are lost, and that tier 0 can be told back. */
import { commandOf } from '../../src/compression/command-line.ts'
import { omission } from '../../src/compression/omission.ts'
import type { Filter, Reading, Shortened } from '../../src/filters/filter.ts'

/**
 * Pieces of text that belong together. The first is the anchor (a line number, a message); the others must stand in the
 * anchor's line or above it, as a heading does: `['12:5', 'src/a.ts', 'TS2322']`.
 */
export type Fact = readonly [string, ...string[]]

export const originalId = 'r7f3a2'

export const linesOf = (text: string): readonly string[] => {
  const lines = text.split('\n')
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines
}

export const hidden = (count: number, what: string): string => omission(count, what, originalId)

/** A filter's output at a tier, as the engine would ask for it; undefined where it declines. */
export function readThrough(
  filter: Filter,
  {
    commandLine,
    output,
    tier = 1,
    failed = false,
  }: Readonly<{
    commandLine: string
    output: string
    tier?: 0 | 1
    failed?: boolean
  }>,
): Shortened | undefined {
  const command = commandOf(commandLine)
  const lines = linesOf(output)
  if (!command || !filter.suggests(command) || !filter.confirms(lines, command)) return undefined
  const reading: Reading = { command, lines: Object.freeze([...lines]), failed, tier, hidden }
  return filter.shorten(reading)
}

/** What is no longer in the text. A needle test says `expect(lostFacts(facts, text)).toEqual([])`. */
export function lostFacts(facts: readonly Fact[], text: string): readonly Fact[] {
  const lines = text.split('\n')
  const firstLineWith = new Map<string, number>()
  const first = (piece: string): number => {
    const known = firstLineWith.get(piece)
    if (known !== undefined) return known
    const at = lines.findIndex((line) => line.includes(piece))
    firstLineWith.set(piece, at)
    return at
  }
  return facts.filter(([anchor, ...others]) => {
    const lowest = Math.max(...others.map(first), 0)
    if (others.some((piece) => first(piece) === -1)) return true
    return !lines.some((line, at) => at >= lowest && line.includes(anchor))
  })
}

/** 1: all kept. */
export const keptShare = (facts: readonly Fact[], text: string): number =>
  facts.length === 0 ? 1 : 1 - lostFacts(facts, text).length / facts.length

/** Lines with one of these words, as they are: the facts of an output nobody has a reader for. */
export const errorLines = (output: string): readonly Fact[] =>
  linesOf(output)
    .filter((line) => /\b(?:error|fail(?:ed|ure)?|panic(?:ked)?|exception|fatal|assert\w*)\b/i.test(line))
    .map((line): Fact => [line.trim()])

/** `src/a.ts:12:5: message`, `src/a.ts(12,5): message`, `src/a.ts:12:text`: place, file and message. */
export function locations(output: string): readonly Fact[] {
  const facts: Fact[] = []
  for (const line of linesOf(output)) {
    const found = /^\s*([^\s:()][^:()]*?)[:(](\d+)(?:[:,](\d+))?\)?:?\s*(.*)$/.exec(line)
    if (found) facts.push([String(found[2]), String(found[1]), ...(found[4] ? [found[4].trim()] : [])])
  }
  return facts
}

/** The changed lines of a diff, sign included. */
export const changedLines = (diff: string): readonly Fact[] =>
  linesOf(diff)
    .filter((line) => /^[+-](?![+-]{2} )/.test(line) && line.trim().length > 1)
    .map((line): Fact => [line])

/** Every cell of a table of words: the values a reader may ask for. */
export const tableValues = (output: string): readonly Fact[] =>
  linesOf(output).flatMap((line) =>
    line
      .split(/\s{2,}|\t/)
      .filter((cell) => cell !== '')
      .map((cell): Fact => [cell]),
  )

/**
 * Tier 0 is invertible: the facts read from the original are the facts read back from what the filter made of it, all of
 * them, as often as they were there. Gives what differs: `expect(differences(…)).toEqual([])`.
 */
export function differences<T>(before: Iterable<T>, after: Iterable<T>): readonly string[] {
  const counts = new Map<string, number>()
  for (const fact of before) add(counts, JSON.stringify(fact), 1)
  for (const fact of after) add(counts, JSON.stringify(fact), -1)
  return [...counts]
    .filter(([, count]) => count !== 0)
    .map(([fact, count]) => `${count > 0 ? 'lost' : 'new'}: ${fact}`)
}

const add = (counts: Map<string, number>, key: string, count: number): void =>
  void counts.set(key, (counts.get(key) ?? 0) + count)
