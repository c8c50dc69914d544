/** Where the program begins: hands the command line to the verbs, and their exit code to the system. */
import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { exitCodes } from './cli/io.ts'
import { runVerb } from './cli/run.ts'

/** The folder above this file's, when it is a clone: its `.env` counts. */
function cloneDir(): string | undefined {
  const root = dirname(dirname(fileURLToPath(import.meta.url)))
  return existsSync(join(root, '.git')) ? root : undefined
}

const clone = cloneDir()

/** A terminal that went away must not take the gateway with it. */
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined)

/** What was printed goes out first; what nobody reads of the log does not keep us. */
const exit = (code: number): void => void process.stdout.write('', () => process.exit(code))

try {
  const code = await runVerb(process.argv.slice(2), {
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    env: process.env,
    home: homedir(),
    cwd: process.cwd(),
    ...(clone !== undefined && { cloneDir: clone }),
  })
  exit(code)
} catch (error) {
  process.stderr.write(`clutch: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
  exit(exitCodes.internal)
}
