/** pytest's short summary tells each failure a second time: its name goes into the failure's title, the rest is told there. */

const section = /^={3,} (\S.*?) ={3,}$/
const title = /^_{3,} (ERROR (?:at (?:setup|teardown) of|collecting) )?(\S.*) _{3,}$/
const listed = /^(FAILED|ERROR) (\S.*?)(?: - (.*))?$/
const entry = /^(?:FAILED|ERROR|SKIPPED|XFAIL|XPASS|PASSED) /

interface Told {
  readonly at: number
  readonly phase: string
  readonly name: string
}

interface Listed {
  readonly at: number
  /** The line after what it says. */
  readonly to: number
  readonly how: string
  readonly id: string
  readonly said: string
}

/** As a title names it: `TestBasket.test_adds[1]`. */
const isNamed = (name: string, id: string): boolean =>
  name === id || name.replaceAll('::', '.') === id.split('::').slice(1).join('.')

function sectionsOf(lines: readonly string[]): ReadonlyMap<string, readonly [from: number, to: number]> {
  const starts = lines.flatMap((line, at) => {
    const name = section.exec(line.slice(0, 400))?.[1]
    return name === undefined ? [] : [{ name, at }]
  })
  return new Map(
    starts.map(({ name, at }, index) => [name, [at + 1, starts[index + 1]?.at ?? lines.length] as const]),
  )
}

function titlesIn(lines: readonly string[], [from, to]: readonly [number, number]): Told[] {
  return lines.slice(from, to).flatMap((line, index): Told[] => {
    const [, phase = '', name] = title.exec(line.slice(0, 2000)) ?? []
    return name === undefined ? [] : [{ at: from + index, phase, name }]
  })
}

function listedIn(lines: readonly string[], [from, to]: readonly [number, number]): Listed[] {
  const starts = lines.slice(from, to).flatMap((line, index) => (entry.test(line) ? [from + index] : []))
  return starts.flatMap((at, index): Listed[] => {
    const [, how, id, said = ''] = listed.exec((lines[at] ?? '').slice(0, 4000)) ?? []
    if (how === undefined || id === undefined) return []
    return [{ at, to: starts[index + 1] ?? to, how, id, said: said.replace(/\.\.\.$/, '') }]
  })
}

/** Each title with the line that lists it, both in their order; nothing where one has no other. */
function pairs(titles: readonly Told[], entries: readonly Listed[]): readonly (readonly [Told, Listed])[] {
  if (titles.length !== entries.length) return []
  const found = titles.flatMap((told, at) => {
    const one = entries[at]
    return one !== undefined && isNamed(told.name, one.id) ? [[told, one] as const] : []
  })
  return found.length === titles.length ? found : []
}

export interface WithoutSummary {
  /** As many as there were: titles with the whole name of their test. */
  readonly lines: readonly string[]
  /** Lines of the summary that are told in a failure. */
  readonly told: ReadonlySet<number>
}

/** What a failure says itself, without its marks. */
function saidIn(lines: readonly string[], from: number): ReadonlySet<string> {
  const said = new Set([''])
  for (let at = from + 1; at < lines.length; at += 1) {
    const line = lines[at] ?? ''
    if (title.test(line.slice(0, 2000)) || section.test(line.slice(0, 400))) break
    if (line.startsWith('E')) said.add(line.slice(1).trim())
  }
  return said
}

/** The lines of the summary that a failure says too: none of them where it does not say the first. */
function toldOf(lines: readonly string[], { at, to, said }: Listed, own: ReadonlySet<string>): number[] {
  if (![...own].some((line) => line.startsWith(said))) return []
  const rest = lines.slice(at + 1, to).findIndex((line) => !own.has(line.trim()))
  const end = rest < 0 ? to : at + 1 + rest
  return Array.from({ length: end - at }, (_, index) => at + index)
}

/** Lines of the summary that are told, and titles with the whole name, of the failures of one section. */
function readSection(
  lines: readonly string[],
  range: readonly [number, number],
  entries: readonly Listed[],
): { readonly told: readonly number[]; readonly titles: ReadonlyMap<number, string> } {
  const titles = new Map<number, string>()
  const told: number[] = []
  for (const [{ at, phase }, one] of pairs(titlesIn(lines, range), entries)) {
    const those = toldOf(lines, one, saidIn(lines, at))
    if (those.length > 0) titles.set(at, `${phase === '' ? `${one.how} ` : phase}${one.id}`)
    told.push(...those)
  }
  return { told, titles }
}

const kinds = [
  { name: 'FAILURES', how: 'FAILED' },
  { name: 'ERRORS', how: 'ERROR' },
] as const

export function intoTitles(lines: readonly string[]): WithoutSummary {
  const sections = sectionsOf(lines)
  const list = sections.get('short test summary info')
  if (list === undefined) return { lines, told: new Set() }
  const entries = listedIn(lines, list)
  const read = kinds.flatMap(({ name, how }) => {
    const range = sections.get(name)
    const those = entries.filter((each) => each.how === how)
    return range === undefined ? [] : [readSection(lines, range, those)]
  })
  const told = new Set(read.flatMap((each) => each.told))
  const titles = new Map(read.flatMap((each) => [...each.titles]))
  const isWhole = !lines.slice(...list).some((line, at) => entry.test(line) && !told.has(list[0] + at))
  if (isWhole) told.add(list[0] - 1)
  return { lines: lines.map((line, at) => titles.get(at) ?? line), told }
}
