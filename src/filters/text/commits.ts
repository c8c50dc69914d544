/** The heads of commits as `git log` prints them, on one line each: hash, date, author, refs. */

export interface CommitHead {
  readonly hash: string
  /** `(HEAD -> main, tag: v1)`, or nothing. */
  readonly refs: string
  readonly author: string
  /** Nothing where it was not asked for. */
  readonly date: string
  /** `Merge: a b`, and what else stands there. */
  readonly others: readonly string[]
  /** Who committed and when, where the author did it as soon as it was written. */
  readonly committed: readonly string[]
  /** How many lines it takes, with the blank one behind it. */
  readonly taken: number
}

const first = /^commit ([0-9a-f]{7,64})(?: (\(.*\)))?$/

const isHeader = (line: string | undefined): line is string =>
  line !== undefined && /^[A-Za-z-]+: /.test(line.slice(0, 60))

/** What the lines say of the commit; what stands there is told by `--format=full` and `--format=fuller` too. */
const saidOf = (headers: readonly string[], name: string): string | undefined =>
  headers
    .find((line) => line.startsWith(name))
    ?.slice(name.length)
    .trim()

export function commitHead(lines: readonly string[], at: number): CommitHead | undefined {
  const line = lines[at] ?? ''
  const found = line.startsWith('commit ') ? first.exec(line) : null
  if (!found) return undefined
  const headers: string[] = []
  let next = at + 1
  for (; isHeader(lines[next]); next += 1) headers.push(lines[next] ?? '')
  const author = saidOf(headers, 'Author:')
  if (author === undefined) return undefined
  const date = saidOf(headers, 'Date:') ?? saidOf(headers, 'AuthorDate:') ?? ''
  const isSame = saidOf(headers, 'Commit:') === author && (saidOf(headers, 'CommitDate:') ?? date) === date
  const committed = isSame ? headers.filter((each) => /^Commit(?:Date)?:/.test(each)) : []
  return {
    hash: found[1] ?? '',
    refs: found[2] ?? '',
    author,
    date,
    committed,
    others: headers.filter((each) => !/^(?:Author|Date|AuthorDate):/.test(each) && !committed.includes(each)),
    taken: next - at + (lines[next] === '' ? 1 : 0),
  }
}

/** An abbreviated hash that git still knows the commit by. */
export const abbreviated = (hash: string): string => hash.slice(0, 10)

/** What is told once for all, above the first commit. */
const asAbove = 'author, day, year and zone: of the commit above, where not said'
const byAuthor = 'Commit, CommitDate: of the author, where not said'

export interface ToldHeads {
  /** What a reader has to know beforehand. */
  readonly legend: readonly string[]
  readonly lines: readonly (readonly string[])[]
}

/** Each head on its line: what it has like the one above it is not said again. */
export function toldHeads(heads: readonly CommitHead[], isWhole: boolean): ToldHeads {
  const nameOf = authorsOf(heads)
  const dates = datesSaid(heads)
  const lines = heads.map((head, at) => {
    const above = heads[at - 1]
    const author = above?.author === head.author ? '' : nameOf(head.author)
    const date = dates[at] ?? ''
    const hash = isWhole ? head.hash : abbreviated(head.hash)
    const gap = head.date === '' || endsClearly.test(head.date) ? ' ' : '  '
    const parts = [hash, date, author, head.refs].filter((part) => part !== '')
    return [parts.join(gap), ...head.others]
  })
  const isShared = heads.some(({ author, date }, at) => {
    const above = heads[at - 1]
    return above !== undefined && (above.author === author || dates[at] !== date)
  })
  const notes = [
    isShared ? asAbove : '',
    heads.some(({ committed }) => committed.length > 0) ? byAuthor : '',
  ].filter((note) => note !== '')
  return { legend: notes.length === 0 ? [] : [`[${notes.join('; ')}]`], lines }
}

/** A date that ends with its year or its zone is over there; behind another one (`3 days ago`) a wider gap says so. */
const endsClearly = /\d$/

interface Moment {
  readonly day: string
  readonly time: string
  readonly zone: string
}

/** `Tue Mar 3 10:12:00 2026 +0100`, `2026-03-03 10:12:00 +0100` */
function momentOf(date: string): Moment | undefined {
  const found =
    /^(\w{3} \w{3} \d{1,2}) (\d\d:\d\d:\d\d) (\d{4} [+-]\d{4})$/.exec(date) ??
    /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d) ([+-]\d{4})$/.exec(date)
  return found ? { day: found[1] ?? '', time: found[2] ?? '', zone: found[3] ?? '' } : undefined
}

/** Of each what is not said above it. */
function datesSaid(heads: readonly CommitHead[]): readonly string[] {
  const moments = heads.map(({ date }) => momentOf(date))
  return heads.map(({ date }, at) => dateAfter(moments[at - 1], moments[at], date))
}

/** The time alone on the same day; without year and zone where they are the same. */
function dateAfter(before: Moment | undefined, now: Moment | undefined, date: string): string {
  if (!before || !now || before.zone !== now.zone || before.day.includes('-') !== now.day.includes('-'))
    return date
  return before.day === now.day ? now.time : `${now.day} ${now.time}`
}

/** Says an author whole the first time, by name after that, unless the name has two addresses. */
function authorsOf(heads: readonly CommitHead[]): (author: string) => string {
  const addresses = new Map<string, Set<string>>()
  for (const { author } of heads) {
    const [name, address] = named(author)
    addresses.set(name, (addresses.get(name) ?? new Set()).add(address))
  }
  const told = new Set<string>()
  return (author) => {
    const [name] = named(author)
    if (told.has(author) && addresses.get(name)?.size === 1) return name
    told.add(author)
    return author
  }
}

function named(author: string): readonly [name: string, address: string] {
  const at = author.lastIndexOf(' <')
  return at <= 0 ? [author, ''] : [author.slice(0, at), author.slice(at + 1)]
}
