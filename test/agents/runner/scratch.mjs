// Temporary folders, so that none is left behind however the run ends.
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'

const folders = new Set()

export function makeScratch(parent, prefix) {
  const dir = mkdtempSync(join(parent, prefix))
  folders.add(dir)
  return dir
}

/** A kept folder is only forgotten. */
export function dropScratch(dir, keep = false) {
  folders.delete(dir)
  if (!keep) rmSync(dir, { recursive: true, force: true, maxRetries: 3 })
}

/** For an exit handler. */
export function dropAllScratch() {
  for (const dir of folders) dropScratch(dir)
}
