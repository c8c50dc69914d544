/** The five commands for a compiled program, which is a single file: small scripts that call it by its verbs. */
import { writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { quoteWord } from '../launch/quote.ts'
import { makeFolder } from '../world/make-folder.ts'

const verbs: Readonly<Record<string, string>> = {
  clutch: '',
  xx: ' xx',
  proxies: ' proxies',
  cg_run: ' xx guard',
  'model-scan': ' model-scan',
}

export const shimFolder = (home: string, env: Readonly<Record<string, string | undefined>>): string =>
  join(env['XX_HOME'] ? resolve(home, env['XX_HOME']) : join(home, '.xx'), 'bin')

export function writeShims(folder: string, executable: string): void {
  makeFolder(folder, 0o700)
  for (const [name, words] of Object.entries(verbs))
    writeFileSync(join(folder, name), `#!/bin/sh\nexec ${quoteWord(executable)}${words} "$@"\n`, {
      mode: 0o755,
    })
}
