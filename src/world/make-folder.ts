/**
 * Makes a folder and those above it. By hand, step by step: Node's own `recursive` never comes back from a place like
 * /proc, where a folder is said to be missing however often it is made.
 */
import { mkdirSync, statSync } from 'node:fs'
import { dirname } from 'node:path'

/** `mode`: of those that are made. Throws what the disk throws. */
export function makeFolder(folder: string, mode?: number): void {
  if (isMade(folder, mode)) return
  makeFolder(dirname(folder), mode)
  if (isMade(folder, mode)) return
  mkdirSync(folder, mode) // says why not
}

/** false: the one above is missing. */
function isMade(folder: string, mode: number | undefined): boolean {
  try {
    mkdirSync(folder, mode)
    return true
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'ENOENT' && dirname(folder) !== folder) return false
    // of a folder that is there, a read-only disk and some others say anything but that it is
    if (statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return true
    throw error
  }
}
