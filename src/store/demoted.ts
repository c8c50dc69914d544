/** Filters that were asked too often for what they left out: from then on they leave nothing out. */
import { join } from 'node:path'
import type { Filter } from '../filters/filter.ts'
import { asList, asText, tryParseJson } from '../wire/json.ts'
import { readText } from '../world/files.ts'
import { replacePrivately } from '../world/private-files.ts'
import { readSavings } from './savings.ts'
import { regretted } from './savings-tally.ts'

const fileIn = (stateFolder: string): string => join(stateFolder, 'demoted-filters.json')

/** By their ids. Never throws. */
export function demotedIn(stateFolder: string): readonly string[] {
  const read = readText(fileIn(stateFolder))
  const said = read.kind === 'text' ? tryParseJson(read.text) : undefined
  return asList(said).flatMap((id) => asText(id) ?? [])
}

/** Looks the journal through again; what is demoted stays so until the file is removed. Never throws. */
export function judgeFilters(stateFolder: string): readonly string[] {
  const before = demotedIn(stateFolder)
  const now = [...new Set([...before, ...regretted(readSavings(stateFolder))])].toSorted()
  if (now.length === before.length) return before
  try {
    replacePrivately(fileIn(stateFolder), `${JSON.stringify(now)}\n`)
  } catch {
    return before
  }
  return now
}

/** The same filters; the demoted ones do what loses nothing and no more. */
export function trustedFilters(filters: readonly Filter[], demoted: readonly string[]): readonly Filter[] {
  if (demoted.length === 0) return filters
  return filters.map((filter) =>
    demoted.includes(filter.id)
      ? { ...filter, shorten: (reading) => filter.shorten({ ...reading, tier: 0 }) }
      : filter,
  )
}
