/** Lists of paths told by folder: each folder once, its names under it, without the ending that all of them have. Nothing is lost. */
import { startsBlank } from './blanks.ts'
import { sharedEnding, withoutEnding } from './endings.ts'

/** Wide enough to be short, narrow enough to be read. */
const widthChars = 110

interface Group {
  readonly folder: string
  readonly names: string[]
}

/** A folder ends with its slash; a path that is a folder itself (`src/wire/`) is a name in the folder above it. */
export function splitPath(path: string): { readonly folder: string; readonly name: string } {
  const end = path.endsWith('/') ? path.length - 2 : path.length
  const start = path.lastIndexOf('/', end) + 1
  return { folder: path.slice(0, start), name: path.slice(start) }
}

function inGroups(paths: readonly string[], isPath: (line: string) => boolean): readonly Group[] {
  const known = new Map<string, Group>()
  const groups: Group[] = []
  for (const path of paths) {
    const { folder, name } = isPath(path) ? splitPath(path) : { folder: '', name: path }
    const group = folder === '' ? undefined : known.get(folder)
    if (group !== undefined) {
      group.names.push(name)
      continue
    }
    const made: Group = { folder, names: [name] }
    groups.push(made)
    known.set(folder, made)
  }
  return groups
}

/** A name that would read as two is quoted. */
function word(name: string): string {
  return name === '' || /[\s"]/.test(name) ? JSON.stringify(name) : name
}

/** Words on lines of at most `widthChars`, each line behind `indent`. */
export function inLines(words: readonly string[], indent: string, gap = ' '): string[] {
  const lines: string[] = []
  let line = ''
  for (const next of words) {
    if (line !== '' && line.length + gap.length + next.length > widthChars) {
      lines.push(indent + line)
      line = next
    } else line = line === '' ? next : line + gap + next
  }
  if (line !== '') lines.push(indent + line)
  return lines
}

/**
 * Lines that are not paths stand for themselves. Undefined where a line starts with a blank: its place in the list could
 * not be told from ours.
 */
export function byFolder(
  lines: readonly string[],
  isPath: (line: string) => boolean = () => true,
): string[] | undefined {
  if (lines.some(startsBlank)) return undefined
  return inGroups(lines, isPath).flatMap(({ folder, names }) => {
    const [only] = names
    if (names.length === 1 || folder === '') return [folder + (only ?? '')]
    // `*` stands for the names below.
    const ending = folder.includes('*') ? '' : sharedEnding(names)
    const heading = ending === '' ? folder : `${folder}*${ending}`
    return [
      heading,
      ...inLines(
        names.map((name) => word(withoutEnding(name, ending))),
        '  ',
      ),
    ]
  })
}
