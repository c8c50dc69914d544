/**
 * What several packages print at once, each line with its package before it (`packages/web test: …`), taken apart: the
 * package once, and below it its own lines in their order, as if it had printed alone.
 */

export interface PackageLines {
  /** `packages/web test:`; absent for what the runner says before all of them. */
  readonly heading: readonly string[]
  readonly lines: readonly string[]
}

const reach = 200

/** How a runner begins to tell of a package: pnpm and bun with its command, turbo with its cache, yarn with its process. */
const announcements: readonly (readonly [has: string, pattern: RegExp])[] = [
  ['$ ', /^(\S+ [\w:.-]+) ?\$ \S/],
  [': cache ', /^(@?[\w./-]+[:#][\w:.-]+): cache (?:miss|hit|bypass)\b/],
  [']: Process started', /^(\[@?[\w./-]+\]): Process started/],
]

/** Whose lines are told from each other; none where nothing is announced. */
function packagesIn(lines: readonly string[]): ReadonlySet<string> {
  const found = new Set<string>()
  for (const [has, pattern] of announcements)
    for (const line of lines) {
      const name = line.includes(has) ? pattern.exec(line.slice(0, reach))?.[1] : undefined
      if (name !== undefined) found.add(name)
    }
  return found
}

interface Said {
  readonly name: string
  readonly text: string
}

/** `packages/web test: text`, and `packages/web test$ vitest run`, which is `$ vitest run` of that package. */
function saidBy(line: string, packages: ReadonlySet<string>): Said | undefined {
  for (let end = line.search(/[:$]/); end >= 0 && end < reach; end = nextMark(line, end)) {
    const name = line.slice(0, end).trimEnd()
    if (!packages.has(name)) continue
    const rest = line.slice(end)
    if (rest.startsWith('$ ')) return { name, text: rest }
    if (rest === ':') return { name, text: '' }
    if (rest.startsWith(': ')) return { name, text: rest.slice(2) }
  }
  return undefined
}

function nextMark(line: string, after: number): number {
  const found = line.slice(after + 1, reach).search(/[:$]/)
  return found < 0 ? -1 : after + 1 + found
}

/** Of lines that are of no package, after the first that is. */
const ofNobody = '(no package):'
/** So many lines of a hundred have their package before them, or they are not what they seem. */
const leastShare = 60

/** undefined: not an output of this kind. */
export function byPackage(lines: readonly string[]): readonly PackageLines[] | undefined {
  const packages = packagesIn(lines)
  if (packages.size === 0 || lines.includes(ofNobody)) return undefined
  const { head, told, count } = gathered(lines, packages)
  if (count * 100 < lines.length * leastShare) return undefined
  const isAmbiguous = [...told.values()].some((own) => own.some((line) => told.has(line)))
  if (isAmbiguous) return undefined
  const parts = [...told].map(([heading, own]) => ({ heading: [heading], lines: own }))
  return head.length === 0 ? parts : [{ heading: [], lines: head }, ...parts]
}

interface Gathered {
  readonly head: readonly string[]
  /** By heading. */
  readonly told: ReadonlyMap<string, readonly string[]>
  /** Lines that are of a package. */
  readonly count: number
}

function gathered(lines: readonly string[], packages: ReadonlySet<string>): Gathered {
  const first = lines.findIndex((line) => saidBy(line, packages) !== undefined)
  const told = new Map<string, string[]>()
  let count = 0
  for (const line of first < 0 ? [] : lines.slice(first)) {
    const said = saidBy(line, packages)
    const heading = said === undefined ? ofNobody : `${said.name}:`
    const own = told.get(heading) ?? []
    own.push(said?.text ?? line)
    told.set(heading, own)
    if (said) count++
  }
  return { head: lines.slice(0, Math.max(0, first)), told, count }
}
