/** Files of one folder with their sizes: folders beside each other, then files by what they end with. Nothing is lost but their order. */
import { endingOf, sharedEnding, withoutEnding } from './endings.ts'
import { inLines } from './folders.ts'

export interface ListedName {
  /** As it is told on a line of its own. */
  readonly said: string
  /** It is a folder, and nothing else is to be said of it. */
  readonly isFolder: boolean
  /** Its size and name are all there is to say. */
  readonly file: { readonly size: string; readonly name: string } | undefined
}

/** Fewer files are told with their ending. */
const fewFiles = 3

type SizedName = NonNullable<ListedName['file']>

interface Group {
  /** The last of them: `.gz` of `.txt.gz`. */
  readonly last: string
  readonly ending: string
  readonly said: readonly string[]
}

function groupsOf(names: readonly ListedName[]): readonly Group[] {
  const groups = new Map<string, SizedName[]>()
  for (const { file } of names) {
    const last = file === undefined ? '' : endingOf(file.name)
    if (file === undefined || last === '') continue
    const known = groups.get(last)
    if (known === undefined) groups.set(last, [file])
    else known.push(file)
  }
  return [...groups].flatMap(([last, files]) => {
    const ending = sharedEnding(files.map(({ name }) => name))
    const said = files.map(({ size, name }) => `${size} ${withoutEnding(name, ending)}`)
    return files.length < fewFiles ? [] : [{ last, ending, said }]
  })
}

/** `src/wire:`, with the folders in it beside it. */
function headLines(heading: string | undefined, folders: readonly string[]): string[] {
  const [first, ...others] = inLines(folders, '')
  if (heading === undefined) return first === undefined ? [] : [first, ...others]
  return [first === undefined ? heading : `${heading} ${first}`, ...others.map((line) => ` ${line}`)]
}

/** `heading`: the folder's own line, with its colon. */
export function inListing(names: readonly ListedName[], heading: string | undefined): readonly string[] {
  const folders = names.flatMap(({ said, isFolder }) => (isFolder ? [said] : []))
  const groups = groupsOf(names)
  const endings = new Set(groups.map(({ last }) => last))
  const isGrouped = ({ file }: ListedName) =>
    file !== undefined && endings.size > 0 && endings.has(endingOf(file.name))
  const rest = names.filter((name) => !name.isFolder && !isGrouped(name)).map(({ said }) => said)
  const [only, second] = groups
  if (heading !== undefined && only && !second && folders.length + rest.length === 0)
    return [`${heading.slice(0, -1)}/*${only.ending}:`, ...only.said]
  return [
    ...headLines(heading, folders),
    ...rest,
    ...groups.flatMap(({ ending, said }) => [`*${ending}:`, ...said]),
  ]
}
