/** Runs of a whole workspace: each package is read as if it had printed alone, and every fact keeps its package. */
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base'
import { describe, expect, it } from 'vitest'
import { shorten } from '../../src/compression/shorten.ts'
import { byPackage } from '../../src/compression/workspaces.ts'
import { filters } from '../../src/filters/index.ts'
import { type Fact, lostFacts, originalId } from '../filters/needles.ts'

const packages = ['packages/web', 'packages/api', '@shop/cart']

/** What vitest prints of a package, with one failure. */
const vitestOf = (name: string): readonly string[] => [
  ' RUN  v4.1.12 /work/shop',
  '',
  ...Array.from(
    { length: 40 },
    (_, at) => ` ✓ src/${name.slice(-3)}/part-${at}.test.ts (${at + 2} tests) ${at}ms`,
  ),
  ` ❯ src/${name.slice(-3)}/total.test.ts (2 tests | 1 failed) 9ms`,
  '     ✓ is nothing for an empty basket 1ms',
  `     × of ${name} adds one 3ms`,
  '',
  '⎯⎯⎯⎯⎯⎯⎯ Failed Tests 1 ⎯⎯⎯⎯⎯⎯⎯',
  '',
  ` FAIL  src/${name.slice(-3)}/total.test.ts > of ${name} adds one`,
  `AssertionError: expected ${name.length} to be 4 // Object.is equality`,
  '',
  ` ❯ src/${name.slice(-3)}/total.test.ts:12:31`,
  '',
  ' Test Files  1 failed | 40 passed (41)',
]

/** In turns, a few lines of each. */
function woven(outputs: readonly (readonly string[])[]): readonly string[] {
  const left = outputs.map((lines) => [...lines])
  const out: string[] = []
  for (let turn = 0; left.some((lines) => lines.length > 0); turn++)
    out.push(...(left[turn % left.length]?.splice(0, 1 + (turn % 3)) ?? []))
  return out
}

const pnpm = [
  'Scope: 3 of 4 workspace projects',
  ...woven(
    packages.map((name) => [
      `${name} test$ vitest run`,
      ...vitestOf(name).map((line) => `${name} test: ${line}`.trimEnd()),
      `${name} test: Failed`,
    ]),
  ),
  ' ELIFECYCLE  Test failed. See above for more details.',
]

const turbo = [
  '• Packages in scope: web, api, cart',
  '• Running test in 3 packages',
  ...woven(
    packages.map((name) =>
      ['cache miss, executing 0a1b2c3d', '', '> shop@1.0.0 test', '> vitest run', '', ...vitestOf(name)].map(
        (line) => `${name.split('/')[1]}:test: ${line}`.trimEnd(),
      ),
    ),
  ),
  ' Tasks:    0 successful, 3 total',
]

const facts = (heading: (name: string) => string): readonly Fact[] =>
  packages.flatMap((name): Fact[] => [
    [`of ${name} adds one`, heading(name)],
    [`expected ${name.length} to be 4`, heading(name)],
    [`src/${name.slice(-3)}/total.test.ts:12:31`, heading(name)],
  ])

describe('A run of a workspace', () => {
  it.each([
    ['pnpm -r test', pnpm, facts((name) => `${name} test:`), 'ELIFECYCLE'],
    ['npx turbo run test', turbo, facts((name) => `${name.split('/')[1]}:test:`), '0 successful, 3 total'],
  ])('%s is read by the tests’ own filter, package by package', (commandLine, lines, wanted, last) => {
    const text = lines.join('\n')
    const outcome = shorten(
      { tool: 'Bash', commandLine, failed: true, text },
      { level: 'balanced', originalId, filters },
    )
    expect(outcome).toMatchObject({ kind: 'shortened' })
    if (outcome.kind === 'raw') return
    expect(outcome.filter).toContain('vitest')
    expect(lostFacts(wanted, outcome.text)).toEqual([])
    expect(outcome.text).toContain(last)
    expect(countTokens(outcome.text) / countTokens(text)).toBeLessThan(0.4)
  })

  it('each line is its package’s, in its order, and nothing is lost', () => {
    const told = (byPackage(pnpm) ?? []).flatMap(({ heading: [heading], lines }) =>
      lines.map((line) => {
        if (heading === undefined || heading === '(no package):') return line
        return line.startsWith('$ ') ? `${heading.slice(0, -1)}${line}` : `${heading} ${line}`.trimEnd()
      }),
    )
    expect([...told].sort()).toEqual([...pnpm].sort())
    for (const name of packages)
      expect(told.filter((line) => line.startsWith(name))).toEqual(
        pnpm.filter((line) => line.startsWith(name)),
      )
  })

  it('is not seen where no package is announced, or few lines have one', () => {
    expect(byPackage(pnpm.filter((line) => !line.includes('$ ')))).toBeUndefined()
    expect(byPackage(['src/a b$ vitest', ...Array(20).fill('a line: of something else')])).toBeUndefined()
  })
})
