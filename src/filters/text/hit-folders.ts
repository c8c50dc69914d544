/** Files with their search hits, by folder: `src/wire/*.ts`, then ` bytes:12 text` of each. Nothing is lost but the order of files. */

import { append } from './append.ts'
import { sharedEnding, withoutEnding } from './endings.ts'
import { splitPath } from './folders.ts'
import { endsOfHits, type HitEnds, innerOf, placedText, saidEnds } from './hit-ends.ts'
import { type Hit, looksSaid, type Row } from './hit-rows.ts'

interface FileHits {
  readonly name: string
  readonly said: string[]
}

/** How hits are told. */
interface Manner {
  readonly hasColumns: boolean
  readonly ends: HitEnds | undefined
}

interface Folder {
  readonly folder: string
  readonly files: Map<string, FileHits>
}

/**
 * `12:text` as `12 text`, which costs a token less; `12:5:text` as `12:5 text`; `:text` behind a tab. With ends told above,
 * `12::text` where the text has others.
 */
function spaced(said: string, { hasColumns, ends }: Manner): string {
  const { place, text } = placedText(said, hasColumns)
  const inner = ends === undefined ? text : innerOf(text, ends)
  if (inner === undefined) return `${place}::${text}`
  return place === '' ? (said === ':' && ends === undefined ? said : `\t${inner}`) : `${place} ${inner}`
}

/** `12:5 text` and `12:20 text` of one line as `12:5,20 text`. */
function addSaid(said: string[], next: string): void {
  const last = said.at(-1) ?? ''
  const [place, at] = [
    /^(\d+:)(\d+)(?= )/.exec(next.slice(0, 40)),
    /^(\d+:)[\d,]+(?= )/.exec(last.slice(0, 400)),
  ]
  const isSame = place && at && place[1] === at[1] && next.slice(place[0].length) === last.slice(at[0].length)
  if (isSame) said[said.length - 1] = `${at[0]},${place[2]}${last.slice(at[0].length)}`
  else said.push(next)
}

function fileIn(folders: Map<string, Folder>, path: string): FileHits {
  const { folder, name } = splitPath(path)
  const key = folder === '' ? `\t${path}` : folder
  const known = folders.get(key)
  const there = known?.files.get(name)
  if (there !== undefined) return there
  const file: FileHits = { name, said: [] }
  if (known === undefined) folders.set(key, { folder, files: new Map([[name, file]]) })
  else known.files.set(name, file)
  return file
}

/** Folders in the order of their first hit, up to a line that is no hit: nothing is moved across it. */
function foldersOf(hits: readonly Hit[], manner: Manner): readonly Folder[] {
  const folders = new Map<string, Folder>()
  let path: string | undefined
  let file: FileHits = { name: '', said: [] }
  for (const hit of hits) {
    if (hit.path !== path) file = fileIn(folders, hit.path)
    path = hit.path
    const said = spaced(hit.said, manner)
    if (manner.hasColumns) addSaid(file.said, said)
    else file.said.push(said)
  }
  return [...folders.values()]
}

/** A file with one hit is told on one line. */
function saidFile(name: string, said: readonly string[]): readonly string[] {
  if (said.length !== 1) return [name, ...said]
  const [only = ''] = said
  const line = name + (/^[:\t]/.test(only) ? '' : ':') + only
  return looksSaid(line) ? [name, only] : [line]
}

function saidFolder({ folder, files }: Folder): readonly string[] {
  const all = [...files.values()]
  const [first] = all
  if (first === undefined) return []
  if (all.length === 1) return saidFile(folder + first.name, first.said)
  const ending = sharedEnding(all.map(({ name }) => name))
  const bare = (name: string) => ` ${withoutEnding(name, ending)}`
  const heading = ending === '' ? folder : `${folder}*${ending}`
  const lines = [heading]
  for (const { name, said } of all) append(lines, saidFile(bare(name), said))
  return lines
}

export function inFolders(rows: readonly Row[], hasColumns: boolean): string[] | undefined {
  const all = rows.filter((row) => typeof row === 'object')
  const ends = endsOfHits(all, hasColumns)
  const out: string[] = ends === undefined ? [] : [saidEnds(ends)]
  let hits: Hit[] = []
  const flush = () => {
    for (const folder of foldersOf(hits, { hasColumns, ends })) append(out, saidFolder(folder))
    hits = []
  }
  for (const row of rows) {
    if (typeof row === 'object') {
      // `*` stands for a name in our headings, and a tab stands before a hit.
      if (row.path.includes('*') || row.path.includes('\t')) return undefined
      hits.push(row)
      continue
    }
    flush()
    out.push(row)
  }
  flush()
  return out
}
