/** Where one thing was found, told on few lines: ` src/a.ts 3:4,9:2 src/b.ts,src/c.ts 1:1`. Nothing is lost. */

/**
 * By path: one or more words, each of them places, perhaps with what was said there: `3:4=name`. What is said in several
 * words (`3:4= use of it`) goes to the end of its line.
 */
export type PlacesByPath = ReadonlyMap<string, readonly string[]>

const startsLikePlace = /^\d[\d:,]*(?:=|$)/

/** It can be told from what stands around it. */
export const isTellable = (path: string): boolean => !/[\s,{}]|\/$/.test(path) && !startsLikePlace.test(path)

const widthChars = 120

const endsLine = (word: string): boolean => word.includes('= ')

/** Words on lines of about that width; a line that starts with a place is about the path before. */
function inLines(words: readonly (readonly string[])[]): string[] {
  const lines: string[] = []
  let line = ''
  const flush = () => {
    if (line !== '') lines.push(line)
    line = ''
  }
  for (const ofPath of words) {
    const chars = ofPath.reduce((sum, word) => sum + word.length + 1, 0)
    if (line.length + chars > widthChars) flush()
    for (const word of ofPath) {
      line += ` ${word}`
      if (endsLine(word)) flush()
    }
  }
  flush()
  return lines
}

/** Files in which it was found at the same places share them. */
export function placeLines(places: PlacesByPath): string[] {
  const byWords = new Map<string, { readonly paths: string[]; readonly words: readonly string[] }>()
  for (const [path, words] of places) {
    const key = words.join('\n')
    const alike = byWords.get(key)
    if (alike === undefined) byWords.set(key, { paths: [path], words })
    else alike.paths.push(path)
  }
  return inLines([...byWords.values()].map(({ paths, words }) => [paths.join(','), ...words]))
}
