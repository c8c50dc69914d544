/**
 * Whatever the fixture, at `lossless` nothing is lost: no line is counted away, every word is still there, and what the
 * engine alone made of it is told back line by line. That a filter's own form can be told back: told-back.ts.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { clean } from '../../src/compression/clean.ts'
import { shorten } from '../../src/compression/shorten.ts'
import { unstamp } from '../../src/compression/stamps.ts'
import { filters } from '../../src/filters/index.ts'
import { failures } from '../compression/logdx.ts'
import { undoReferences, undoRepeats } from '../compression/undo.ts'
import { originalId } from './needles.ts'
import { recorded, recordings } from './recordings.ts'

interface Fixture {
  readonly name: string
  readonly commandLine: string
  readonly text: string
  readonly failed?: boolean
}

const shellFolder = new URL('shell-recordings/', import.meta.url)

/** What printed those whose name is not the command's. */
const commandLines: Readonly<Record<string, string>> = {
  'git-status-short': 'git status -s',
  'git-log-stat': 'git log --stat',
  'grep-n': 'rg -n x src',
  'grep-context': 'grep -rn -C3 x src',
  'grep-files': 'grep -rl x src',
  'ls-la': 'ls -la',
  'ls-la-deep': 'ls -laR src',
  'npm-ls': 'npm ls --all',
}

const shellRecordings = (): readonly Fixture[] =>
  readdirSync(shellFolder)
    .filter((file) => file.endsWith('.txt'))
    .map((file) => {
      const name = file.slice(0, -'.txt'.length)
      const commandLine = commandLines[name] ?? name.split('-').slice(0, 2).join(' ')
      return { name, commandLine, text: readFileSync(new URL(file, shellFolder), 'utf8') }
    })

/** Small ones, often enough that a form of its own pays. */
const times = 8

const fixtures: readonly Fixture[] = [
  ...recordings.map((each) => ({ ...each, text: recorded(each.name) })),
  ...shellRecordings(),
  ...filters.flatMap(({ id, examples }) =>
    examples.map(({ name, output, ...each }) => ({
      ...each,
      name: `${id}, ${name}`,
      text: Array(times).fill(output).join('\n'),
    })),
  ),
  ...failures().map(({ name, log }) => ({
    name,
    commandLine: 'gh run view --log',
    text: log.slice(-80_000),
  })),
]

/** What a reader knows anyway, by filter: it is put back by the tests that tell the form back. */
const known: Readonly<Record<string, readonly RegExp[]>> = {
  // `line 1, col 2` is 1:2
  eslint: [/(?<=: line \d+, )col /],
  // the path's own name, with points
  pylint: [/^\*+ Module \S+$/],
  // what each state may be changed with: told-back.ts says it again
  'git-status': [/^ {2}\(use "git .*\)$/],
  // labels; the commits themselves stand in one order
  'git-log': [/^[|*/\\ ]*(?:commit|Author|Date|AuthorDate|Commit|CommitDate|Merge):? +/],
  // the usual mode, nobody's file, and the lines that a hunk's changes come to: changesOf finds each at its place
  'git-diff': [
    /^diff --git a\/.*|^(?:old mode|new mode|new file mode|similarity index)(?: 100644$)? ?|^(?:---|\+\+\+) (?:\/dev\/null$|[ab]\/)/,
    /^index /,
    / 100644$/,
    /^@@ -\d+(?:,\d+)? \+\d+(?:,\d+)? @@ ?/,
    /^(?:deleted file mode|(?:rename|copy) (?=from |to ))/,
  ],
}

/** Paths, places and times fall apart where a heading may have taken a part of them. */
const wordsOf = (text: string): ReadonlySet<string> =>
  new Set(text.split(/[^\p{L}\p{N}_]+|T(?=\d\d:)/u).filter((word) => word !== ''))

describe('at lossless', () => {
  it.each(fixtures)('$name: every word is there', ({ name, commandLine, text, failed = false }) => {
    const outcome = shorten(
      { tool: 'Bash', commandLine, failed, text },
      { level: 'lossless', originalId, filters },
    )
    if (outcome.kind === 'raw') return
    expect(outcome.tier).toBe(0)
    expect(outcome.hiddenLines).toBe(0)
    expect(outcome.text).not.toContain(originalId)
    const told = undoReferences(undoRepeats(outcome.text.split('\n'))).join('\n')
    const lines = unstamp(clean(text).lines).lines
    const read = outcome.filter.split('+')
    if (outcome.filter === 'repeats')
      expect(told.split('\n').filter((line) => line !== '')).toEqual(lines.filter((line) => line !== ''))
    const patterns = [...read, ...(read.includes('git-log') ? ['git-diff'] : [])].flatMap(
      (id) => known[id] ?? [],
    )
    const left = lines.map((line) => patterns.reduce((text, pattern) => text.replace(pattern, ''), line))
    const there = wordsOf(told)
    const lost = [...wordsOf(left.join('\n'))].filter((word) => !there.has(word))
    expect(lost, `${name}, read by ${outcome.filter}`).toEqual([])
  })
})
