import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import fc from 'fast-check'
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base'
import { describe, expect, it } from 'vitest'
import { shorten } from '../../src/compression/shorten.ts'
import { gitDiff } from '../../src/filters/git-diff.ts'
import { filters } from '../../src/filters/index.ts'
import { differences, linesOf, originalId, readThrough } from './needles.ts'
import { changesOf, fromDiff } from './told-back.ts'

const line = fc
  .tuple(
    fc.constantFrom(' ', ' ', ' ', ' ', '+', '-'),
    fc.constantFrom(
      '',
      '}',
      'const port = 8080',
      '  return listen(port, host, options)',
      '--',
      '@@ -1 +1 @@',
    ),
  )
  .map(([sign, text]) => sign + text)

/** Each with as many lines between it and the one above. */
const hunks = fc.array(fc.tuple(fc.array(line, { minLength: 1, maxLength: 20 }), fc.nat(40)), {
  minLength: 1,
  maxLength: 4,
})

const range = (start: number, count: number): string =>
  count === 0 ? `${start - 1},0` : count === 1 ? `${start}` : `${start},${count}`

/** As git prints it: headers that count, blank lines without their blank. */
function diffOf(parts: readonly (readonly [readonly string[], number])[]): readonly string[] {
  let [old, now] = [1, 1]
  const body = parts.flatMap(([lines, gap]) => {
    const before = lines.filter((some) => !some.startsWith('+')).length
    const after = lines.filter((some) => !some.startsWith('-')).length
    const header = `@@ -${range(old + gap, before)} +${range(now + gap, after)} @@${gap % 2 === 0 ? ' within()' : ''}`
    old += gap + before
    now += gap + after
    return [header, ...lines.map((some) => some.trimEnd())]
  })
  const head = ['diff --git a/src/a.ts b/src/a.ts', 'index 1f6f2f0..0a8e1d3 100644']
  return [...head, '--- a/src/a.ts', '+++ b/src/a.ts', ...body]
}

const told = (diff: readonly string[], tier: 0 | 1): readonly string[] =>
  readThrough(gitDiff, { commandLine: 'git diff', output: `${diff.join('\n')}\n`, tier })?.lines ?? diff

describe('a diff', () => {
  it('is told back line by line, where nothing may be lost', () => {
    fc.assert(
      fc.property(hunks, (parts) => {
        const diff = diffOf(parts)
        expect(fromDiff(told(diff, 0))).toEqual(diff)
      }),
    )
  })

  it('with less around its changes changes the same lines at the same places', () => {
    fc.assert(
      fc.property(hunks, (parts) => {
        const diff = diffOf(parts)
        const short = told(diff, 1)
        expect(changesOf(fromDiff(short))).toEqual(changesOf(diff))
        expect(short.length).toBeLessThanOrEqual(diff.length + 1)
      }),
    )
  })

  it('of files that came, went, moved, changed their mode or are empty is told back', () => {
    const texts = fc.array(fc.constantFrom('', 'a', '+b', '@@ 1', 'diff x', '  return'), {
      minLength: 1,
      maxLength: 6,
    })
    const blobs = 'index 1f6f2f0..0a8e1d3'
    const span = (count: number) => (count === 1 ? '1' : `1,${count}`)
    const came = fc
      .tuple(texts, fc.constantFrom('100644', '100755'))
      .map(([lines, mode]) => [
        ...['diff --git a/b b/b', `new file mode ${mode}`, blobs, '--- /dev/null', '+++ b/b'],
        ...[`@@ -0,0 +${span(lines.length)} @@`, ...lines.map((text) => `+${text}`)],
      ])
    const went = texts.map((lines) => [
      ...['diff --git a/b b/b', 'deleted file mode 100644', blobs, '--- a/b', '+++ /dev/null'],
      ...[`@@ -${span(lines.length)} +0,0 @@`, ...lines.map((text) => `-${text}`)],
    ])
    const change = ['@@ -1 +1 @@', '-a', '+b']
    const moved = fc
      .constantFrom('100%', '91%')
      .map((alike) => [
        ...['diff --git a/x/a b/x/b', `similarity index ${alike}`, 'rename from x/a', 'rename to x/b'],
        ...(alike === '100%' ? [] : [`${blobs} 100755`, '--- a/x/a', '+++ b/x/b', ...change]),
      ])
    const mode = ['diff --git a/run b/run', 'old mode 100644', 'new mode 100755']
    const empty = ['diff --git a/none b/none', 'new file mode 100644', 'index 0000000..e69de29']
    const changed = ['diff --git a/c b/c', `${blobs} 100644`, '--- a/c', '+++ b/c', ...change]
    const files = fc.oneof(came, went, moved, fc.constantFrom(mode, empty, changed))
    fc.assert(
      fc.property(fc.array(files, { minLength: 1, maxLength: 6 }), (some) => {
        const diff = some.flat()
        expect(fromDiff(told(diff, 0))).toEqual(diff)
        expect(changesOf(fromDiff(told(diff, 1)))).toEqual(changesOf(diff))
      }),
    )
  })
})

const lockfile = `diff --git a/yarn.lock b/yarn.lock
index 1f6f2f0..0a8e1d3 100644
--- a/yarn.lock
+++ b/yarn.lock
@@ -1,15 +1,15 @@
${Array.from({ length: 15 }, (_, at) => `-left@${at}\n+left@${at + 1}`).join('\n')}`

const source = `diff --git a/a.ts b/a.ts
index 1f6f2f0..0a8e1d3 100644
--- a/a.ts
+++ b/a.ts
@@ -1 +1 @@
-old
+new`

describe('git diff', () => {
  const read = (commandLine: string, output: string) => readThrough(gitDiff, { commandLine, output })?.lines

  it('leaves a hunk alone whose changes are marked inside of lines', () => {
    const context = Array.from({ length: 9 }, (_, at) => ` const before${at} = ${at}`)
    const hunk = ['@@ -1,10 +1,10 @@', ...context, ' const port = [-80-]{+8080+}']
    const output = [
      'diff --git a/a.ts b/a.ts',
      'index 1f6f2f0..0a8e1d3 100644',
      '--- a/a.ts',
      '+++ b/a.ts',
      ...hunk,
    ]
    expect(read('git diff --word-diff', output.join('\n'))).toEqual(expect.arrayContaining(hunk))
  })

  it('folds a lockfile, with how much changed', () => {
    expect(read('git diff', `${lockfile}\n${source}`)).toContain(
      '[+31 lines hidden: yarn.lock +15 -15 — clutch show r7f3a2]',
    )
  })

  it('shows a lockfile that is all there is, or that is asked for', () => {
    expect(read('git diff', lockfile)).toContain('+left@15')
    expect(read('git diff -- yarn.lock a.ts', `${lockfile}\n${source}`)).toContain('+left@15')
  })
})

/** Commits of this project, every seventh; those of less than 1,500 characters are left alone anyway. A lockfile is only counted. */
const history: Readonly<Record<string, string>> = JSON.parse(
  gunzipSync(readFileSync(new URL('./shell-recordings/diffs.json.gz', import.meta.url))).toString('utf8'),
)

interface Measured {
  readonly hash: string
  readonly saved: number
  /** Share of its changed lines that are in files that came or went as a whole. */
  readonly newShare: number
}

function changedIn(diff: string): number {
  return (diff.match(/^[+-](?!\+\+ |-- )/gm) ?? []).length
}

function measured([hash, diff]: readonly [string, string]): Measured {
  const result = { tool: 'Bash', commandLine: `git show --format= ${hash}`, failed: false, text: diff }
  const outcome = shorten(result, { level: 'balanced', originalId, filters })
  const text = outcome.kind === 'shortened' ? outcome.text : diff
  const clean = (some: string) => linesOf(some).map((each) => each.trimEnd())
  const readable = changesOf(clean(diff)).filter(({ path }) => path !== 'package-lock.json')
  expect(differences(readable, changesOf(fromDiff(clean(text))))).toEqual([])
  const whole = diff
    .split(/^(?=diff --git )/m)
    .filter((file) => /^(?:new|deleted) file/m.test(file.slice(0, 400)))
  const newShare = whole.reduce((sum, file) => sum + changedIn(file), 0) / changedIn(diff)
  return { hash, saved: 100 * (1 - countTokens(text) / countTokens(diff)), newShare }
}

describe('the diffs of commits, every changed line told back at its place', () => {
  const all = Object.entries(history).map(measured)
  const mean = (some: readonly Measured[]) => some.reduce((sum, { saved }) => sum + saved, 0) / some.length
  const least = (some: readonly Measured[]) => Math.min(...some.map(({ saved }) => saved))

  it('are shorter by more than a quarter on average, half of them by more than a fifth', () => {
    expect(all.length).toBeGreaterThanOrEqual(30)
    expect(mean(all)).toBeGreaterThanOrEqual(25)
    expect(all.filter(({ saved }) => saved >= 19).length).toBeGreaterThanOrEqual(all.length / 2)
  })

  it('of files that were there before by 18 % at least and 40 % on average', () => {
    const changed = all.filter(({ newShare }) => newShare < 0.5)
    expect(changed.length).toBeGreaterThanOrEqual(12)
    expect(least(changed)).toBeGreaterThanOrEqual(18)
    expect(mean(changed)).toBeGreaterThanOrEqual(40)
  })

  it('of new files only by what stands beside their lines: a sign before each, a head above them', () => {
    const added = all.filter(({ newShare }) => newShare === 1)
    expect(added.length).toBeGreaterThanOrEqual(8)
    expect(least(added)).toBeGreaterThanOrEqual(9)
  })
})
