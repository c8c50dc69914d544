/** The heads of commits as `git log` prints them, on one line each: hash, date, author, refs. */

export interface CommitHead {
  readonly hash: string
  /** `(HEAD -> main, tag: v1)`, or nothing. */
  readonly refs: string
  readonly author: string
  readonly date: string
  /** `Merge: a b`, and what else stands there. */
  readonly others: readonly string[]
  /** How many lines it takes, with the blank one behind it. */
  readonly taken: number
}

const first = /^commit ([0-9a-f]{7,64})(?: (\(.*\)))?$/

const isHeader = (line: string | undefined): line is string =>
  line !== undefined && /^[A-Za-z-]+: /.test(line.slice(0, 60))

export function commitHead(lines: readonly string[], at: number): CommitHead | undefined {
  const line = lines[at] ?? ''
  const found = line.startsWith('commit ') ? first.exec(line) : null
  if (!found) return undefined
  const headers: string[] = []
  let next = at + 1
  for (; isHeader(lines[next]); next += 1) headers.push(lines[next] ?? '')
  const said = (name: string) =>
    headers
      .find((line) => line.startsWith(name))
      ?.slice(name.length)
      .trim()
  const author = said('Author:')
  const date = said('Date:')
  if (author === undefined || date === undefined) return undefined
  return {
    hash: found[1] ?? '',
    refs: found[2] ?? '',
    author,
    date,
    others: headers.filter((line) => !/^(?:Author|Date):/.test(line)),
    taken: next - at + (lines[next] === '' ? 1 : 0),
  }
}

/** An abbreviated hash that git still knows the commit by. */
export const abbreviated = (hash: string): string => hash.slice(0, 10)

/** Says an author whole the first time, by name after that, unless the name has two addresses. */
export function authorsOf(heads: readonly CommitHead[]): (author: string) => string {
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
