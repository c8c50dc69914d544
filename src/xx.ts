/** Where `xx` begins: the launcher alone, because it is typed all day and the gateway takes longer to load. */
import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { cloneDirOf } from './cli/clone-dir.ts'
import { exitCodes } from './cli/io.ts'
import { xxVerb } from './cli/xx.ts'
import { writeWhole } from './world/write-whole.ts'

/** The bundle, as it was started; Node has made it a whole path. */
const [, bundle = ''] = process.argv
const cloneDir = cloneDirOf(pathToFileURL(bundle).href)
const gateway = join(dirname(bundle), 'clutch.mjs')

const run = async () => {
  process.exitCode = await xxVerb(process.argv.slice(2), {
    out: (text) => writeWhole(1, text),
    err: (text) => writeWhole(2, text),
    env: process.env,
    home: homedir(),
    cwd: process.cwd(),
    ...(cloneDir !== undefined && { cloneDir }),
    ...(existsSync(gateway) && { program: [process.execPath, gateway] }),
  })
}

run().catch((error: unknown) => {
  writeWhole(2, `xx: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
  process.exitCode = exitCodes.internal
})
