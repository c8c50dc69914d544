/** A file of the user's, written anew: readers see the text before or the text after, never half of one. */
import { realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { makeFolder } from './make-folder.ts'

/** A link goes on pointing where it pointed, and who may read the file stays; `mode` is for a new one. Throws what the disk throws. */
export function replaceFile(file: string, text: string, mode: number): void {
  makeFolder(dirname(file))
  const before = statSync(file, { throwIfNoEntry: false })
  const place = before ? realpathSync(file) : file
  const draft = `${place}.${process.pid}.new`
  try {
    writeFileSync(draft, text, { mode: before ? before.mode & 0o777 : mode })
    renameSync(draft, place)
  } catch (error) {
    rmSync(draft, { force: true })
    throw error
  }
}
