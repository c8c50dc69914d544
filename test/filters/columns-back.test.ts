/** Tier 0 of what prints refs, tables of changed files, trees, descriptions and plans: the very lines can be told back. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { filters } from '../../src/filters/index.ts'
import {
  fromAddresses,
  fromBranches,
  fromCounts,
  fromDescription,
  fromLineEnds,
  fromPlan,
  fromStat,
  fromVerboseBranches,
  redrawn,
} from './columns-back.ts'
import { differences, readThrough } from './needles.ts'

/** Told without loss; a filter that declines leaves the lines as they are. */
function told(id: string, commandLine: string, lines: readonly string[]) {
  const filter = filters.find((each) => each.id === id) ?? expect.fail(id)
  return readThrough(filter, { commandLine, output: lines.join('\n'), tier: 0 })
}

/** Decoded, it is what it was: all of it, in its order; and it was told in other words at least sometimes. */
function expectBack(
  { id, commandLine }: { readonly id: string; readonly commandLine: string },
  outputs: fc.Arbitrary<readonly string[]>,
  back: (lines: readonly string[]) => readonly string[],
): void {
  let changed = 0
  fc.assert(
    fc.property(outputs, (lines) => {
      const shorter = told(id, commandLine, lines)
      if (!shorter) return
      expect(shorter.tier).toBe(0)
      if (shorter.lines.join('\n') !== lines.join('\n')) changed += 1
      else return
      expect(back(shorter.lines)).toEqual(lines)
    }),
    { numRuns: 200, seed: 11 },
  )
  expect(changed).toBeGreaterThan(20)
}

const word = fc.stringMatching(/^[a-z][a-z0-9.-]{0,8}[a-z0-9]$/)
const folder = fc.constantFrom('', 'src/', 'src/wire/', 'docs/')
const path = fc.tuple(folder, word, fc.constantFrom('', '.ts', '.md')).map((parts) => parts.join(''))
const byBytes = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
const paths = fc.uniqueArray(path, { minLength: 1, maxLength: 14 }).map((all) => all.toSorted(byBytes))
const ref = fc.tuple(fc.constantFrom('', 'fix/', 'origin/', 'a/b/'), word).map((parts) => parts.join(''))

describe('What is told without loss is told back line by line', () => {
  it.each([
    ['git branch -a', '  '],
    ['git tag --sort=-creatordate', ''],
  ])('%s: in whatever order', (commandLine, indent) => {
    const refs = fc
      .tuple(fc.uniqueArray(ref, { minLength: 4, maxLength: 20 }), fc.nat(9))
      .map(([names, current]) =>
        names.map((name, at) => {
          if (indent === '') return name
          if (at === 1) return `  remotes/origin/HEAD -> origin/${name}`
          return at === current ? `* ${name}` : indent + name
        }),
      )
    expectBack({ id: 'git-branch', commandLine }, refs, (lines) => fromBranches(lines, indent))
  })

  it('git branch -vv: its columns', () => {
    const rows = fc
      .uniqueArray(fc.oneof(ref, fc.constant('(HEAD detached at v1.2)')), { minLength: 4, maxLength: 9 })
      .map((names) => {
        const width = Math.max(...names.map(({ length }) => length))
        return names.map(
          (name, at) =>
            `${at === 2 ? '*' : ' '} ${name.padEnd(width)} 4f1c2d3e [origin/x: ahead 1] Say it  twice`,
        )
      })
    expectBack({ id: 'git-branch', commandLine: 'git branch -vv' }, rows, fromVerboseBranches)
  })

  const stat = fc.tuple(paths, fc.infiniteStream(fc.nat(1200))).map(([all, counts]) => {
    const width = Math.max(...all.map(({ length }) => length))
    const numbers = all.map((_, at) => (at % 5 === 4 ? 'Bin' : String(counts.next().value)))
    const digits = Math.max(...numbers.map(({ length }) => length))
    const rows = all.map((each, at) => {
      const bar = numbers[at] === 'Bin' ? ' 0 -> 120 bytes' : numbers[at] === '0' ? '' : ' ++--'
      return ` ${each.padEnd(width)} | ${(numbers[at] ?? '').padStart(digits)}${bar}`
    })
    return [
      ...rows,
      ` ${all.length} files changed, 4 insertions(+)`,
      ...all.map((each) => ` create mode 100644 ${each}`),
    ]
  })
  /** Paths in braces come folder by folder; git has them in the order of their names. */
  const statBack = (lines: readonly string[]): readonly string[] => {
    const whole = fromStat(lines)
    const isMode = (line: string) => / mode \d{6} /.test(line)
    return [...whole.filter((line) => !isMode(line)), ...whole.filter(isMode).toSorted(byBytes)]
  }
  it.each([
    ['git-exchange', 'git pull', ['Updating 0a1b2c3..4f1c2d3', 'Fast-forward']],
    ['git-commit', 'git commit -m x', ['[main 4f1c2d3] Pages']],
  ] as const)('%s: the table of changed files and their modes', (id, commandLine, head) => {
    expectBack(
      { id, commandLine },
      stat.map((lines) => [...head, ...lines]),
      statBack,
    )
  })

  it('git add: each path whose line ends will change', () => {
    const odd = fc.constantFrom('a b.ts', 'x/{y}', "it's.md")
    const what = fc.constantFrom('LF will be replaced by CRLF', 'CRLF will be replaced by LF')
    const warning = fc
      .tuple(fc.oneof(path, path, path, path, odd), what)
      .map(([each, how]) => `warning: in the working copy of '${each}', ${how} the next time Git touches it`)
    const lines = fc.uniqueArray(fc.oneof(warning, warning, fc.constant('error: x')), {
      minLength: 2,
      maxLength: 20,
    })
    let joined = 0
    fc.assert(
      fc.property(lines, (output) => {
        const shorter = told('git-commit', 'git add -A', output)
        if (!shorter) return
        joined += 1
        expect(differences(output, fromLineEnds(shorter.lines))).toEqual([])
      }),
    )
    expect(joined).toBeGreaterThan(20)
  })

  it('a tree of pnpm or yarn: every branch where it was', () => {
    const tree = fc.array(fc.tuple(fc.nat(3), word), { minLength: 2, maxLength: 20 }).map((wanted) => {
      let above = 0
      const rows = wanted.map(([depth, name]) => {
        above = Math.min(depth, above) + 1
        return ' '.repeat(above) + name
      })
      return ['dependencies:', ...redrawn(rows), 'Done in 1.2s']
    })
    expectBack({ id: 'npm-install', commandLine: 'pnpm add x' }, tree, redrawn)
  })

  it('kubectl describe: its columns', () => {
    const label = fc.stringMatching(/^[A-Z][a-z]{2,12}( [A-Z][a-z]{2,6})?$/)
    const block = (indent: string) =>
      fc.array(fc.tuple(label, word), { minLength: 1, maxLength: 6 }).map((fields) => {
        const width = Math.max(...fields.map(([name]) => name.length + 1))
        return fields.map(([name, value]) => `${indent}${`${name}:`.padEnd(width)}  ${value}`)
      })
    const event = fc.tuple(
      fc.constantFrom('Normal', 'Warning'),
      label.map((name) => name.replace(' ', '')),
      fc.constantFrom('2m', '2m (x4 over 3m)'),
      fc.constantFrom('kubelet', 'default-scheduler'),
      fc.constantFrom('Failed to pull image "shop/api:14": not  found', 'Created container api'),
    )
    const described = fc
      .tuple(
        fc.array(fc.tuple(label, label, label), { minLength: 3, maxLength: 3 }),
        block('    '),
        fc.array(event, { minLength: 1, maxLength: 6 }),
      )
      .map(([top, inner, happened]) => {
        const names = top.flat()
        const width = Math.max(...names.map(({ length }) => length + 1))
        const table = [
          ['Type', 'Reason', 'Age', 'From', 'Message'],
          ['----', '------', '----', '----', '-------'],
          ...happened,
        ]
        const widths = [0, 1, 2, 3].map((column) => Math.max(...table.map((row) => row[column]?.length ?? 0)))
        return [
          ...names.map((name) => `${`${name}:`.padEnd(width)}  some value`),
          'Containers:',
          '  api:',
          ...inner,
          'Conditions:',
          '  Type              Status',
          '  PodScheduled      True',
          'Events:',
          ...table.map((row) => `  ${row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join('  ')}`),
        ]
      })
    expectBack(
      { id: 'kubectl-describe', commandLine: 'kubectl describe pod api-0' },
      described,
      fromDescription,
    )
  })

  it('a plan: each value that nobody knows, and its columns', () => {
    const name = fc.stringMatching(/^[a-z]{2,5}(_[a-z]{1,9})?$/)
    const value = fc.constantFrom(
      '"t3.small"',
      '(known after apply)',
      '(known after apply)',
      '"a" -> "b"',
      'false',
    )
    const rows = (indent: string, sign: string) =>
      fc
        .uniqueArray(fc.tuple(name, value), { minLength: 1, maxLength: 8, selector: ([each]) => each })
        .map((all) => {
          const width = Math.max(...all.map(([each]) => each.length))
          return all.map(([each, said]) => `${indent}${sign} ${each.padEnd(width)} = ${said}`)
        })
    const resource = fc
      .tuple(rows('      ', '+'), rows('          ', '+'), fc.boolean())
      .map(([outer, inner, quotes]) => [
        '  # aws_instance.web will be created',
        '  + resource "aws_instance" "web" {',
        ...outer,
        ...(quotes
          ? [
              '',
              '      + network {',
              '          + user_data = <<-EOT',
              '            + a    = (known after apply)',
              '            + b    = (known after apply)',
              '        EOT',
              '        }',
            ]
          : []),
        '',
        '      + ebs_block_device {',
        ...inner,
        '        }',
        '    }',
        '',
      ])
    const plan = fc
      .array(resource, { minLength: 1, maxLength: 4 })
      .map((all) => [...all.flat(), 'Plan: 1 to add, 0 to change, 0 to destroy.'])
    expectBack({ id: 'terraform', commandLine: 'terraform plan' }, plan, fromPlan)
  })

  it('rows of gh: their addresses', () => {
    const row = fc
      .tuple(word, fc.constantFrom('pass', 'fail'), fc.nat(99), fc.constantFrom('', ' …', '$&'))
      .map(
        ([job, state, id, odd]) =>
          `${job}${odd}\t${state}\thttps://github.example.org/ana/shop/actions/runs/9001/job/${id}`,
      )
    const output = fc.array(
      fc.oneof({ weight: 9, arbitrary: row }, { weight: 1, arbitrary: fc.constant('no address') }),
      {
        minLength: 4,
        maxLength: 20,
      },
    )
    expectBack({ id: 'gh-lists', commandLine: 'gh pr checks 14' }, output, fromAddresses)
  })

  it('rows of gh: what all of them say', () => {
    const row = fc
      .tuple(fc.constantFrom('success', 'failure', ''), word, word, fc.nat(59))
      .map(([state, title, branch, minute]) =>
        ['completed', state, title, 'CI', branch, 'push', `2026-03-03T10:${minute}:00Z`].join('\t'),
      )
    const output = fc.array(row, { minLength: 3, maxLength: 12 })
    expectBack({ id: 'gh-lists', commandLine: 'gh run list' }, output, fromAddresses)
  })

  it('wc: every file with its count, those of a folder next to each other', () => {
    const rows = fc.uniqueArray(fc.tuple(fc.nat(9999), path), {
      minLength: 5,
      maxLength: 20,
      selector: ([, each]) => each,
    })
    let changed = 0
    fc.assert(
      fc.property(rows, (all) => {
        const total = String(all.reduce((sum, [count]) => sum + count, 0))
        const output = [
          ...all.map(([count, each]) => `${String(count).padStart(total.length)} ${each}`),
          `${total} total`,
        ]
        const shorter = told('wc', 'wc -l x', output)
        if (!shorter) return
        changed += 1
        expect(differences(output, fromCounts(shorter.lines))).toEqual([])
      }),
    )
    expect(changed).toBeGreaterThan(20)
  })
})
