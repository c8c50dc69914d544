/** Titles of tests, as paths of names: `file > suite > test`. */

function pieces(title: string, separator: string, cut: (title: string, at: number) => string): string[] {
  const found = [title]
  for (let at = title.indexOf(separator); at >= 0; at = title.indexOf(separator, at + 1))
    found.push(cut(title, at))
  return found
}

/** Each title, and what it ends with: `file > suite > test`, `suite > test`, `test`. */
export const endsOfTitles = (titles: readonly string[], separator: string): ReadonlySet<string> =>
  new Set(
    titles.flatMap((each) => pieces(each, separator, (title, at) => title.slice(at + separator.length))),
  )

/** Each title, and what it begins with: `file`, `file > suite`, `file > suite > test`. */
export const startsOfTitles = (titles: readonly string[], separator: string): ReadonlySet<string> =>
  new Set(titles.flatMap((each) => pieces(each, separator, (title, at) => title.slice(0, at))))
