import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { gitDiff } from '../../src/filters/git-diff.ts'
import { narrowed } from '../../src/filters/text/hunks.ts'
import { readThrough } from './needles.ts'
import { changesOf } from './told-back.ts'

/** Every header announces as many lines as follow it. */
function announcesItself(diff: readonly string[]): boolean {
  const starts = diff.flatMap((line, at) => (line.startsWith('@@') ? [at] : []))
  return starts.every((start, index) => {
    const body = diff
      .slice(start + 1, starts[index + 1] ?? diff.length)
      .filter((line) => !line.startsWith('\\'))
    const [, old = '1', now = '1'] = /^@@ -\d+(?:,(\d+))? \+\d+(?:,(\d+))? @@/.exec(diff[start] ?? '') ?? []
    return (
      body.filter((line) => !line.startsWith('+')).length === Number(old) &&
      body.filter((line) => !line.startsWith('-')).length === Number(now)
    )
  })
}

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

describe('a hunk with less around its changes', () => {
  it('changes the same lines at the same places, and its headers count what is left', () => {
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 40 }), fc.nat(500), (lines, start) => {
        const old = lines.filter((some) => !some.startsWith('+')).length
        const now = lines.filter((some) => !some.startsWith('-')).length
        fc.pre(old > 0 && now > 0)
        const header = `@@ -${start + 1},${old} +${start + 3},${now} @@ within()`
        const told = narrowed({ header, lines })
        expect(changesOf(told)).toEqual(changesOf([header, ...lines]))
        expect(announcesItself(told)).toBe(true)
        expect(told.length).toBeLessThanOrEqual(lines.length + 1)
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
    expect(read('git diff --word-diff', output.join('\n'))?.slice(2, -1)).toEqual(hunk)
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
