/**
 * Filters that people wrote: a project's in `.clutch/filters`, the user's own in `~/.xx/filters`. A project's count only
 * after its user has trusted them as they are: whoever clones a project has not read its filters yet.
 */
import { createHash } from 'node:crypto'
import { readdirSync, realpathSync } from 'node:fs'
import { basename, dirname, extname, join } from 'node:path'
import { type OwnFilterSpec, ownFilter } from '../compression/own-filter.ts'
import { readOwnFilter } from '../compression/own-filter-spec.ts'
import type { Filter } from '../filters/filter.ts'
import { asObject, asText, type Json, tryParseJson } from '../wire/json.ts'
import { readText } from '../world/files.ts'
import { replacePrivately } from '../world/private-files.ts'

export interface OwnFilterFile {
  readonly path: string
  readonly whose: 'project' | 'user'
  /** What is in it, or what is wrong with it. */
  readonly spec: OwnFilterSpec | string
  /** The user's own files need no trust. */
  readonly trust: 'trusted' | 'changed' | 'unknown'
  readonly digest: string
}

export interface OwnFilterPlaces {
  /** Somewhere in the project. */
  readonly cwd: string
  /** `~/.xx` */
  readonly folder: string
  readonly stateFolder: string
}

const longestFile = 200_000
const mostFiles = 200

/** The project's first, then the user's, each by name; what cannot be read is there with the reason. */
export async function findOwnFilters(places: OwnFilterPlaces): Promise<readonly OwnFilterFile[]> {
  const project = projectFolder(places.cwd)
  const files = [
    ...(project === undefined ? [] : filesIn(project).map((path) => ({ path, whose: 'project' as const }))),
    ...filesIn(join(places.folder, 'filters')).map((path) => ({ path, whose: 'user' as const })),
  ]
  if (files.length === 0) return []
  const trusted = trustedIn(places.stateFolder)
  return Promise.all(files.map(({ path, whose }) => readFilter(path, whose, trusted)))
}

/** Those that count, in their order; they come before the built-in ones. */
export async function ownFilters(places: OwnFilterPlaces): Promise<readonly Filter[]> {
  const found = await findOwnFilters(places)
  return found.flatMap(({ spec, trust }) =>
    typeof spec === 'string' || trust !== 'trusted' ? [] : [ownFilter(spec)],
  )
}

/** What a process that serves many projects has to know: the user's own, and what is trusted of each project. */
export interface CountingFilters {
  readonly user: readonly OwnFilterFile[]
  readonly projects: readonly { readonly folder: string; readonly files: readonly OwnFilterFile[] }[]
  /** A change of any of them may change what counts. */
  readonly watched: readonly string[]
}

/** Only projects of which something was trusted are looked at. */
export async function countingFilters({
  folder,
  stateFolder,
}: Omit<OwnFilterPlaces, 'cwd'>): Promise<CountingFilters> {
  const trusted = trustedIn(stateFolder)
  const read = async (place: string, whose: OwnFilterFile['whose']): Promise<readonly OwnFilterFile[]> => {
    const files = await Promise.all(filesIn(place).map((path) => readFilter(path, whose, trusted)))
    return files.filter(({ trust, spec }) => trust === 'trusted' && typeof spec !== 'string')
  }
  const own = join(folder, 'filters')
  const folders = [...new Set(Object.keys(trusted).flatMap((path) => projectOf(path) ?? []))]
  const projects = await Promise.all(
    folders.map(async (each) => ({ folder: each, files: await read(filtersIn(each), 'project') })),
  )
  return {
    user: await read(own, 'user'),
    projects: projects.filter(({ files }) => files.length > 0),
    watched: [
      trustFile(stateFolder),
      ...[own, ...folders.map(filtersIn)].flatMap((place) => [place, ...filesIn(place)]),
    ],
  }
}

const filtersIn = (project: string): string => join(project, '.clutch', 'filters')

/** The folder of the project whose filter this is. */
const projectOf = (path: string): string | undefined =>
  filtersIn(dirname(dirname(dirname(path)))) === dirname(path) ? dirname(dirname(dirname(path))) : undefined

/** Throws what the disk throws. */
export function trustFilters(stateFolder: string, files: readonly OwnFilterFile[]): void {
  const trusted = { ...trustedIn(stateFolder) }
  for (const { path, digest } of files) trusted[path] = digest
  replacePrivately(trustFile(stateFolder), `${JSON.stringify(trusted, null, 2)}\n`)
}

const trustFile = (stateFolder: string): string => join(stateFolder, 'trusted-filters.json')

function trustedIn(stateFolder: string): Readonly<Record<string, string>> {
  const read = readText(trustFile(stateFolder))
  const said = asObject(read.kind === 'text' ? tryParseJson(read.text) : undefined)
  return Object.fromEntries(
    Object.entries(said).flatMap(([path, digest]) =>
      asText(digest) === undefined ? [] : [[path, String(digest)]],
    ),
  )
}

/** The nearest `.clutch/filters` above. */
function projectFolder(cwd: string): string | undefined {
  for (let at = cwd; ; at = dirname(at)) {
    const folder = filtersIn(at)
    if (filesIn(folder).length > 0) return folder
    if (dirname(at) === at) return undefined
  }
}

function filesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
      .filter((name) => /\.(?:toml|json)$/.test(name) && !name.startsWith('.'))
      .toSorted()
      .slice(0, mostFiles)
      .map((name) => realpathSync(join(folder, name)))
  } catch {
    return []
  }
}

async function readFilter(
  path: string,
  whose: OwnFilterFile['whose'],
  trusted: Readonly<Record<string, string>>,
): Promise<OwnFilterFile> {
  const read = readText(path)
  const text = read.kind === 'text' ? read.text : ''
  const digest = createHash('sha256').update(text).digest('hex')
  const known = Object.hasOwn(trusted, path) ? trusted[path] : undefined
  const trust =
    whose === 'user' || known === digest ? 'trusted' : known === undefined ? 'unknown' : ('changed' as const)
  const value = read.kind === 'text' ? await parsed(path, text) : `it cannot be read (${read.kind})`
  const spec = typeof value === 'string' ? value : readOwnFilter(value.json, basename(path, extname(path)))
  return { path, whose, spec, trust, digest }
}

/** A text says what is wrong. */
async function parsed(path: string, text: string): Promise<{ readonly json: Json | undefined } | string> {
  if (text.length > longestFile) return `it is longer than ${longestFile} characters`
  try {
    if (extname(path) === '.json') return { json: JSON.parse(text) }
    const { parse } = await import('smol-toml')
    return { json: JSON.parse(JSON.stringify(parse(text))) }
  } catch (error) {
    return error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)
  }
}
