/** Where `xx` begins: the launcher alone, because it is typed all day and the gateway takes longer to load. */
import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { fileURLToPath } from 'node:url'
import { cloneDirOf } from './cli/clone-dir.ts'
import { exitCodes } from './cli/io.ts'
import { xxVerb } from './cli/xx.ts'

const cloneDir = cloneDirOf(import.meta.url)
const gateway = fileURLToPath(new URL('clutch.mjs', import.meta.url))

/** Whoever reads us may stop early (`xx … | head`). */
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined)

try {
  process.exitCode = await xxVerb(process.argv.slice(2), {
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    env: process.env,
    home: homedir(),
    cwd: process.cwd(),
    ...(cloneDir !== undefined && { cloneDir }),
    ...(existsSync(gateway) && { program: [process.execPath, gateway] }),
  })
} catch (error) {
  process.stderr.write(`xx: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
  process.exitCode = exitCodes.internal
}
