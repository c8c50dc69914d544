/** What names end with: `.ts`, `.txt.gz`; a version's number is no ending. */

export const endingOf = (name: string): string =>
  /[^.]\.[A-Za-z]\w{0,7}$/.exec(name.slice(-10))?.[0].slice(1) ?? ''

/** `.test.ts` of `a.test.ts` */
const wholeEnding = (name: string): string =>
  /[^.](\.[A-Za-z]\w{0,7}\.[A-Za-z]\w{0,7})$/.exec(name.slice(-20))?.[1] ?? ''

/** What every name of them ends with, or nothing. */
export function sharedEnding(names: readonly string[]): string {
  const [first = ''] = names
  const shared = [wholeEnding(first), endingOf(first)].find(
    (ending) => ending !== '' && names.every((name) => name.endsWith(ending) && name.length > ending.length),
  )
  return shared ?? ''
}

export const withoutEnding = (name: string, ending: string): string =>
  ending === '' ? name : name.slice(0, -ending.length)
