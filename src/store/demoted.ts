/** Filters that were asked too often for what they left out: from then on they leave nothing out. */
import { statSync } from 'node:fs'
import { join } from 'node:path'
import type { Filter } from '../filters/filter.ts'
import { asList, asText, tryParseJson } from '../wire/json.ts'
import type { Clock } from '../world/clock.ts'
import { readText } from '../world/files.ts'
import { replacePrivately } from '../world/private-files.ts'
import { eachSaving, journalFile, readSavings } from './savings.ts'
import { RegretTally, regretted } from './savings-tally.ts'

export const demotedFile = (stateFolder: string): string => join(stateFolder, 'demoted-filters.json')

/** By their ids. Never throws. */
export function demotedIn(stateFolder: string): readonly string[] {
  const read = readText(demotedFile(stateFolder))
  const said = read.kind === 'text' ? tryParseJson(read.text) : undefined
  return asList(said).flatMap((id) => asText(id) ?? [])
}

/** Looks the journal through again; what is demoted stays so until the file is removed. Never throws. */
export const judgeFilters = (stateFolder: string): readonly string[] =>
  demote(stateFolder, regretted(readSavings(stateFolder)))

/** The same in a process that has other things to do. Never rejects. */
export async function judgeFiltersAside(stateFolder: string): Promise<readonly string[]> {
  const tally = new RegretTally()
  await eachSaving(stateFolder, (line) => tally.note(line))
  return demote(stateFolder, tally.filters)
}

/** Looked through so often at most: recalls are judged by whoever recalls, reruns are not. */
const judgeEveryMs = 2 * 60 * 1000

/** At once, and now and then when the journal has grown. The returned function ends it. */
export function judgeNowAndThen(stateFolder: string, clock: Clock): () => void {
  const sizeNow = (): number => statSync(journalFile(stateFolder), { throwIfNoEntry: false })?.size ?? 0
  let size = 0
  let cancel = (): void => undefined
  const look = (): void => {
    const before = size
    size = sizeNow()
    if (size !== before) void judgeFiltersAside(stateFolder)
    cancel = clock.after(judgeEveryMs, look)
  }
  look()
  return () => cancel()
}

function demote(stateFolder: string, filters: readonly string[]): readonly string[] {
  const before = demotedIn(stateFolder)
  const now = [...new Set([...before, ...filters])].toSorted()
  if (now.length === before.length) return before
  try {
    replacePrivately(demotedFile(stateFolder), `${JSON.stringify(now)}\n`)
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
