/** The owner's token: whoever can read the state folder may use the admin API of the gateway that runs there. */
import { join } from 'node:path'
import { newClientKey } from '../world/client-key.ts'
import { readText } from '../world/files.ts'
import { replacePrivately } from '../world/private-files.ts'

const fileIn = (stateFolder: string): string => join(stateFolder, 'admin-token')

/** undefined: there is none, or it cannot be read. */
export function readOwnerToken(stateFolder: string): string | undefined {
  const read = readText(fileIn(stateFolder))
  return read.kind === 'text' && read.text.trim() !== '' ? read.text.trim() : undefined
}

/** Made when there is none; undefined when the disk refuses, and then only the door's own keys count. */
export function ownerToken(stateFolder: string | undefined): string | undefined {
  if (stateFolder === undefined) return undefined
  const known = readOwnerToken(stateFolder)
  if (known !== undefined) return known
  const token = newClientKey()
  try {
    replacePrivately(fileIn(stateFolder), `${token}\n`)
    return token
  } catch {
    return undefined
  }
}
