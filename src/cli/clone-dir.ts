/** Whether this program was started from a clone, whose `.env` counts. */
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder above the one that holds `moduleUrl`. */
export function cloneDirOf(moduleUrl: string): string | undefined {
  const root = dirname(dirname(fileURLToPath(moduleUrl)))
  return existsSync(join(root, '.git')) ? root : undefined
}
