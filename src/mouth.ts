/** Where `clutch run`, `clutch show` and the hook begin: they are called for every command and must start at once. */
import { homedir } from 'node:os'
import { mouthVerb } from './cli/mouths.ts'

/** Whoever reads us may stop early (`clutch show … | head`). A stream is opened by its first use. */
function writer(name: 'stdout' | 'stderr'): (text: string) => void {
  let stream: NodeJS.WriteStream | undefined
  return (text) => {
    stream ??= process[name].on('error', () => undefined)
    stream.write(text)
  }
}

const [, entry = '', word = '', ...args] = process.argv
/** The compiled program is its own entry. */
const program = entry.includes('$bunfs') ? [process.execPath] : [process.execPath, entry]
async function speak(): Promise<void> {
  const verb = await mouthVerb(word)
  process.exitCode = await verb?.(args, {
    out: writer('stdout'),
    err: writer('stderr'),
    env: process.env,
    home: homedir(),
    cwd: process.cwd(),
    program,
  })
}

speak().catch((error: unknown) => {
  writer('stderr')(`clutch: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
  process.exitCode = 70
})
