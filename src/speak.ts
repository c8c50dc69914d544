/** Runs one verb that must start at once, with as little as possible read before it and done after it. */
import type { Verb } from './cli/io.ts'
import { writeWhole } from './world/write-whole.ts'

const exits = { internal: 70 } as const

/** The first word is the verb's own name. */
export async function speak(verbOf: (word: string) => Verb | Promise<Verb> | undefined): Promise<void> {
  let code: number = exits.internal
  try {
    const verb = verbOf(process.argv[2] ?? '')
    // Nothing is waited for that is there: a command has been started before Node has finished its own start.
    code = await spoken(typeof verb === 'function' ? verb : await verb)
  } catch (error) {
    writeWhole(2, `clutch: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
  }
  // Sooner than by having nothing left to do.
  process.exit(code)
}

async function spoken(verb: Verb | undefined): Promise<number> {
  const { argv, env, execPath } = process
  const [, entry = ''] = argv
  if (!verb) throw new Error(`no verb ${argv[2]}`)
  return verb(argv.slice(3), {
    out: (text) => writeWhole(1, text),
    err: (text) => writeWhole(2, text),
    env,
    home: env['HOME'] || (await import('node:os')).homedir(),
    get cwd() {
      return folderHere()
    },
    // The compiled program is its own entry.
    program: entry.includes('$bunfs') ? [execPath] : [execPath, entry],
  })
}

/** A folder that is gone is no reason to run nothing. */
function folderHere(): string {
  try {
    return process.cwd()
  } catch {
    return '/'
  }
}
