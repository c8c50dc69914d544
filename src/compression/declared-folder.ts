/**
 * In which project a client works. Agents tell their models the working directory, each in words of its own; only folders
 * that are known already are looked for, so nothing that a request says can name another one.
 */
import { Needle } from '../wire/needle.ts'
import { text } from '../wire/scan.ts'

/** What stands before a working directory: `Working directory: `, `<cwd>`, `working in the directory: ` … */
const announced =
  /(?:(?:work(?:ing)?|current)(?: in)?(?: the)? ?director(?:y|ies)|\bcwd|workdir|\bworkspace(?: \w+){0,2}|project root)(?:\W+(?:is|are))?[^\w/]{0,16}$/i
const aheadBytes = 80

/** The folder that is declared first, or is nearest above it; `ofTool`: what tools said declares nothing. */
export function declaredFolder(
  body: Uint8Array,
  folders: readonly string[],
  ofTool: (at: number) => boolean,
): string | undefined {
  const found = folders
    .map((folder) => ({ folder, at: declaredAt(body, folder, ofTool) }))
    .filter(({ at }) => at >= 0)
    .toSorted((a, b) => a.at - b.at || b.folder.length - a.folder.length)
  return found[0]?.folder
}

/** The same of a path that is said outright. */
export const nearestFolder = (path: string, folders: readonly string[]): string | undefined =>
  folders
    .filter((folder) => path === folder || path.startsWith(folder === '/' ? '/' : `${folder}/`))
    .toSorted((a, b) => b.length - a.length)[0]

function declaredAt(body: Uint8Array, folder: string, ofTool: (at: number) => boolean): number {
  for (const spelling of spellingsOf(folder)) {
    const needle = new Needle(spelling)
    for (let at = needle.indexIn(body); at >= 0; at = needle.indexIn(body, at + 1))
      if (isWhole(body, at + needle.length) && isAnnounced(body, at) && !ofTool(at)) return at
  }
  return -1
}

const isAnnounced = (body: Uint8Array, at: number): boolean =>
  announced.test(text(body, Math.max(0, at - aheadBytes), at).replaceAll(/\\[nrt]/g, ' '))

/** `/home/a` is not the beginning of `/home/ab`, nor of `/home/a.old`; it is above `/home/a/b`. */
const isWhole = (body: Uint8Array, end: number): boolean =>
  !/^(?:[\w-]|\.\w|[^\0-\x7f])/.test(text(body, end, Math.min(body.length, end + 4)))

/** As it stands inside a JSON text, a letter for each byte; some clients escape what is not ASCII. */
function spellingsOf(folder: string): readonly string[] {
  const literal = JSON.stringify(folder).slice(1, -1)
  const plain = String.fromCharCode(...new TextEncoder().encode(literal))
  return plain === literal ? [plain] : [plain, literal.replaceAll(/[^\0-\x7f]/g, escaped)]
}

const escaped = (letter: string): string => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`
