/** Files that an agent reads while it runs: in a folder of the launcher's own, never among the user's. */
import { mkdtempSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { makeFolder } from '../world/make-folder.ts'
import type { Plan } from './plan.ts'

/** Throws what the disk throws. A file that is there already is left alone. */
export function writeOverlay(files: Plan['files']): void {
  for (const { path, text } of files) {
    if (contentOf(path) === text) continue
    makeFolder(dirname(path), 0o700)
    const partial = `${path}.${process.pid}`
    writeFileSync(partial, text, { mode: 0o600 })
    renameSync(partial, path)
  }
}

/** Where the home directory cannot be written. */
export const temporaryFolder = (): string => mkdtempSync(join(tmpdir(), 'clutch-launch-'))

function contentOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}
