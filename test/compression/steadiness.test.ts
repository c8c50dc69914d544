import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type Outcome, shorten } from '../../src/compression/shorten.ts'
import { filters } from '../../src/filters/index.ts'
import { failures } from './logdx.ts'

interface Sample {
  readonly commandLine: string
  readonly text: string
  readonly failed: boolean
}

/** Every example of the shelf, often enough to be worth something, and the tails of real logs. */
const samples: readonly Sample[] = [
  ...filters.flatMap(({ examples }) =>
    examples.map(({ commandLine, output, failed = false }) => ({
      commandLine,
      failed,
      text: Array(12).fill(output).join('\n'),
    })),
  ),
  ...failures().map(({ log }) => ({
    commandLine: 'gh run view --log',
    failed: true,
    text: log.slice(-60_000),
  })),
]

const run = ({ commandLine, text, failed }: Sample): Outcome =>
  shorten({ tool: 'Bash', commandLine, failed, text }, { level: 'balanced', originalId: 'r7f3a2', filters })
const digest = (outcomes: readonly Outcome[]): string =>
  createHash('sha256').update(JSON.stringify(outcomes)).digest('hex')

describe('the same result is the same bytes', () => {
  const first = samples.map(run)

  it('in any order, a thousand times', () => {
    let seed = 7
    const next = (most: number): number => {
      seed = (seed * 1103515245 + 12345) % 2147483648
      return seed % most
    }
    for (let times = 0; times < 1000; times += 1) {
      const at = next(samples.length)
      expect(run(samples[at]!)).toEqual(first[at])
    }
    expect(first.filter(({ kind }) => kind === 'shortened').length).toBeGreaterThan(15)
  })

  it('when its own words are read again', () => {
    const again = first.flatMap((outcome, at) =>
      outcome.kind === 'raw' ? [] : [run({ ...samples[at]!, text: outcome.text })],
    )
    expect(again.filter(({ kind }) => kind !== 'raw')).toEqual([])
  })

  it('in another process', async () => {
    const { build } = await import('esbuild')
    const bundle = await build({
      stdin: {
        contents: `import { shorten } from './src/compression/shorten.ts'
import { filters } from './src/filters/index.ts'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
const samples = JSON.parse(readFileSync(0, 'utf8'))
const outcomes = samples.map(({ commandLine, text, failed }) =>
  shorten({ tool: 'Bash', commandLine, failed, text }, { level: 'balanced', originalId: 'r7f3a2', filters }))
console.log(createHash('sha256').update(JSON.stringify(outcomes)).digest('hex'))`,
        resolveDir: process.cwd(),
      },
      bundle: true,
      write: false,
      platform: 'node',
      format: 'esm',
    })
    const folder = mkdtempSync(join(tmpdir(), 'clutch-steady-'))
    writeFileSync(join(folder, 'run.mjs'), bundle.outputFiles[0]!.contents)
    const other = execFileSync(process.execPath, [join(folder, 'run.mjs')], {
      input: JSON.stringify(samples),
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], LANG: 'tr_TR.UTF-8', TZ: 'Asia/Kathmandu' },
    })
    rmSync(folder, { recursive: true })
    expect(other.trim()).toBe(digest(first))
  })
})

/** Shapes in which patterns that go back and forth get lost. */
const megabyte = 1_000_000
const nasty: Readonly<Record<string, string>> = {
  'one line of one letter': 'a'.repeat(megabyte),
  'one line of blanks': `x${' '.repeat(megabyte)}x`,
  'one line of digits and points': '1.2.3:4/5'.repeat(megabyte / 9),
  'one line of errors': 'error: '.repeat(megabyte / 7),
  'one line of quotes': `"'\``.repeat(megabyte / 3),
  'one line of brackets': '[{'.repeat(megabyte / 2),
  'one line of escapes': `${String.fromCharCode(27)}[`.repeat(megabyte / 2),
  'titles that never end': `${String.fromCharCode(27)}]0;x`.repeat(megabyte / 5),
  'carriage returns': 'a 1%\r'.repeat(megabyte / 5),
  'dashes and equals': `${'='.repeat(500)} a\n`.repeat(megabyte / 503),
  'dots before a word': `${'.'.repeat(3000)} x\n`.repeat(megabyte / 3003),
  'short lines': 'a\nb\n'.repeat(megabyte / 4),
  'nearly repeats': Array.from({ length: 60_000 }, (_, at) =>
    at % 13 === 12 ? `line ${at}` : 'same line',
  ).join('\n'),
  'deep JSON': `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`,
  'JSON of backslashes': JSON.stringify({ output: '\\\n'.repeat(200_000) }),
  paths: `${'a/'.repeat(5000)}\n`.repeat(100),
}

describe('a megabyte of anything', () => {
  for (const [name, text] of Object.entries(nasty))
    for (const commandLine of [undefined, 'npm test', 'git diff', 'rg x', 'gh run view --log'])
      it(`${name}, as ${commandLine ?? 'of nobody known'}, is read in a second`, () => {
        const started = process.cpuUsage()
        shorten(
          { tool: 'Bash', ...(commandLine !== undefined && { commandLine }), failed: false, text },
          { level: 'balanced', originalId: 'r7f3a2', filters },
        )
        const { user, system } = process.cpuUsage(started)
        expect((user + system) / 1e6).toBeLessThan(1)
      })
})
