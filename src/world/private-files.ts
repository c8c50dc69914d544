/** Files that only their owner may read: folders 0700, files 0600, replaced whole or not at all. */
import {
  accessSync,
  chmodSync,
  closeSync,
  constants,
  existsSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { makeFolder } from './make-folder.ts'

/** Throws what the disk throws. */
export function makePrivateFolder(folder: string): void {
  try {
    makeFolder(folder, 0o700)
  } catch (error) {
    accessSync(nearestFolder(folder), constants.W_OK) // of a read-only disk, mkdir says that there is no such file
    throw error
  }
  chmodSync(folder, 0o700)
}

const nearestFolder = (folder: string): string =>
  existsSync(folder) || dirname(folder) === folder ? folder : nearestFolder(dirname(folder))

/** Makes the file when there is none; one that others may read is closed to them. Throws what the disk throws. */
export function makePrivateFile(file: string): void {
  makePrivateFolder(dirname(file))
  closeSync(openSync(file, 'a', 0o600))
  chmodSync(file, 0o600)
}

/** Readers see the text before or the text after, never half of one. Throws what the disk throws. */
export function replacePrivately(file: string, text: string): void {
  makePrivateFolder(dirname(file))
  const draft = `${file}.${process.pid}.new`
  try {
    writeFileSync(draft, text, { mode: 0o600 })
    renameSync(draft, file)
  } catch (error) {
    rmSync(draft, { force: true })
    throw error
  }
}
