/** npm ls, pnpm ls: who needs what, by indentation; a package that stands elsewhere too by its name where that has one version only. */
import type { Filter, Reading, Shortened } from './filter.ts'
import { append } from './text/append.ts'
import { type Drawn, drawn, indented } from './text/drawing.ts'
import { inLines } from './text/folders.ts'
import { isVerb } from './text/verb.ts'

const looked = 60
const leastRows = 8

/** For another platform than this, or wanted by nobody who is here: nothing is amiss. */
const optional = /^UNMET OPTIONAL DEPENDENCY /
const again = /^(@?[^@\s]+)@(\S+) deduped$/
const version = /^(@?[^@\s]+)@(\S+)/

interface Package {
  readonly said: string
  readonly children: Package[]
}

interface Read {
  /** Lines that are not drawn stand for themselves, with what is drawn under them. */
  readonly roots: readonly Package[]
  readonly hidden: number
}

/** How many characters one level takes: two as npm draws, three as yarn does. */
function stepOf(rows: Rows): number {
  let step = 4
  for (const row of rows) if (row !== undefined && row.offset > 0 && row.offset < step) step = row.offset
  return step
}

type Rows = readonly (Drawn | undefined)[]

function read(lines: readonly string[], rows: Rows): Read | undefined {
  const step = stepOf(rows)
  const roots: Package[] = []
  const above: Package[] = []
  let hidden = 0
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? ''
    const row = rows[at]
    const depth = row === undefined ? 0 : row.offset / step + 1
    if (!Number.isInteger(depth) || depth > above.length || (row === undefined && /^\s/.test(line)))
      return undefined
    if (row !== undefined && optional.test(row.said)) {
      hidden += 1
      continue
    }
    const node = { said: row?.said ?? line, children: [] }
    ;(above[depth - 1]?.children ?? roots).push(node)
    above.length = depth
    above.push(node)
  }
  return { roots, hidden }
}

/** Names that have one version in all that is told. */
function onlyVersions(rows: Rows): ReadonlySet<string> {
  const versions = new Map<string, string>()
  const several = new Set<string>()
  for (const row of rows) {
    const found = row === undefined ? null : version.exec(row.said.slice(0, 400))
    const name = found?.[1] ?? ''
    const one = found?.[2] ?? ''
    const known = versions.get(name)
    if (known === undefined) versions.set(name, one)
    else if (known !== one) several.add(name)
  }
  for (const name of several) versions.delete(name)
  return new Set(versions.keys())
}

/** A line has so many characters at most where a package and all it needs share it. */
const widest = 110

/** Those that need nothing; those that stand elsewhere with what they need, last. */
function leavesOf(children: readonly Package[], only: ReadonlySet<string>): readonly string[] {
  const elsewhere: string[] = []
  const own: string[] = []
  for (const leaf of children) {
    if (leaf.children.length > 0) continue
    const found = leaf.said.endsWith(' deduped') ? again.exec(leaf.said) : null
    const name = found?.[1] ?? ''
    if (name === '') own.push(leaf.said)
    else elsewhere.push(only.has(name) ? name : `${name}@${found?.[2] ?? ''}`)
  }
  return [...own, ...elsewhere.map((each, at) => (at === 0 ? `deduped: ${each}` : each))]
}

function told({ said, children }: Package, indent: string, only: ReadonlySet<string>): string[] {
  const words = leavesOf(children, only)
  if (words.length > 0 && words.length === children.length) {
    const whole = `${indent}${said} > ${words.join(', ')}`
    if (whole.length <= widest) return [whole]
  }
  const lines = [indent + said]
  if (words.length > 0) append(lines, inLines(words, `${indent} `, ', '))
  for (const child of children) if (child.children.length > 0) append(lines, told(child, `${indent} `, only))
  return lines
}

function shorten({ lines, tier, hidden }: Reading): Shortened | undefined {
  const rows = tier === 0 ? [] : lines.map(drawn)
  const found = tier === 0 ? undefined : read(lines, rows)
  if (found === undefined) {
    const drawing = indented(lines)
    return drawing && { lines: drawing, tier: 0 }
  }
  const only = onlyVersions(rows)
  const out = found.roots.flatMap((root) => told(root, '', only))
  const mark = found.hidden > 0 ? [hidden(found.hidden, 'optional packages that are not here')] : []
  return { lines: [...out, ...mark], tier: 1 }
}

export const npmLs: Filter = {
  id: 'npm-ls',
  suggests: (command) =>
    ['npm', 'pnpm', 'yarn', 'bun'].some((program) =>
      isVerb(command, program, ['ls', 'list', 'll', 'la', 'pm ls']),
    ),
  confirms: (lines) => {
    const some = lines.slice(0, looked).filter((line) => line !== '')
    const isPackage = (line: string) => version.test((drawn(line)?.said ?? '').replace(optional, ''))
    return some.length >= leastRows && some.filter(isPackage).length >= some.length * 0.6
  },
  shorten,
  examples: [
    {
      name: 'all that is installed',
      commandLine: 'npm ls --all',
      output: `shop@1.4.0 /home/ana/shop
├─┬ baker@2.1.0
│ ├── flour@1.0.3
│ ├─┬ oven@4.0.0
│ │ ├── debug@4.4.3
│ │ └── flour@1.0.3 deduped
│ └── UNMET OPTIONAL DEPENDENCY oven-darwin@4.0.0
├─┬ cashier@3.0.1
│ ├── debug@4.4.3 deduped
│ ├── UNMET OPTIONAL DEPENDENCY till@^2.0.0
│ └─┬ scale@0.9.0
│   └── baker@2.1.0 deduped
└── UNMET DEPENDENCY courier@^1.0.0`,
      becomes: `shop@1.4.0 /home/ana/shop
 UNMET DEPENDENCY courier@^1.0.0
 baker@2.1.0
  flour@1.0.3
  oven@4.0.0 > debug@4.4.3, deduped: flour
 cashier@3.0.1
  deduped: debug
  scale@0.9.0 > deduped: baker
[+2 lines hidden: optional packages that are not here — clutch show r7f3a2]`,
      losslessly: `shop@1.4.0 /home/ana/shop
 baker@2.1.0
  flour@1.0.3
  oven@4.0.0
   debug@4.4.3, flour@1.0.3 deduped
  UNMET OPTIONAL DEPENDENCY oven-darwin@4.0.0
 cashier@3.0.1
  debug@4.4.3 deduped, UNMET OPTIONAL DEPENDENCY till@^2.0.0
  scale@0.9.0
   baker@2.1.0 deduped
 UNMET DEPENDENCY courier@^1.0.0`,
    },
  ],
}
