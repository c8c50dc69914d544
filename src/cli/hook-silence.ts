/** A gateway that takes a connection and says nothing is not asked again by every hook: for some seconds it is known. */
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { replacePrivately } from '../world/private-files.ts'

const silentMs = 10_000

const fileIn = (stateFolder: string): string => join(stateFolder, 'hook-unanswered')

export function isSilent(stateFolder: string): boolean {
  try {
    const sinceMs = statSync(fileIn(stateFolder), { throwIfNoEntry: false })?.mtimeMs
    return sinceMs !== undefined && Math.abs(Date.now() - sinceMs) < silentMs
  } catch {
    return false
  }
}

/** Best effort: where it cannot be written, the next hook waits as well. */
export function rememberSilence(stateFolder: string): void {
  try {
    replacePrivately(fileIn(stateFolder), '')
  } catch {
    // the disk refuses
  }
}
