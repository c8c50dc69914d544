/** Hands the command line to the verbs, and their exit code to the system. */
import { homedir } from 'node:os'
import { fileURLToPath } from 'node:url'
import { cloneDirOf } from './cli/clone-dir.ts'
import { exitCodes } from './cli/io.ts'
import { runVerb } from './cli/run.ts'

const clone = cloneDirOf(import.meta.url)
const bundle = fileURLToPath(import.meta.url)
/** The compiled program is its own entry. */
const entries = bundle.includes('$bunfs') ? [] : [bundle]

/** A terminal that went away must not take the gateway with it. */
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined)

/** The last of what was printed; an empty write behind it would not wait for it in the compiled program. */
let printed = Promise.resolve()
const print = (text: string): void => {
  printed = new Promise((resolve) => process.stdout.write(text, () => resolve()))
}

/** What was printed goes out first; what nobody reads of the log does not keep us. */
const exit = (code: number): void => void printed.then(() => process.exit(code))

try {
  const code = await runVerb(process.argv.slice(2), {
    out: print,
    err: (text) => void process.stderr.write(text),
    errIsTerminal: process.stderr.isTTY === true,
    outIsTerminal: process.stdout.isTTY === true,
    env: process.env,
    home: homedir(),
    cwd: process.cwd(),
    program: [process.execPath, ...entries],
    ...(clone !== undefined && { cloneDir: clone }),
  })
  exit(code)
} catch (error) {
  process.stderr.write(`clutch: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
  exit(exitCodes.internal)
}
