/** What a command prints, on its way to whoever reads us; read when there is something. */
import type { ChildProcess } from 'node:child_process'
import { leastCharacters } from '../compression/gate.ts'
import { writeWhole } from '../world/write-whole.ts'
import type { FollowOrder } from './run-order.ts'
import { type OutputOrder, RunOutput } from './run-output.ts'

/** Nobody notices less, and most commands that print at their end are done by then. */
const holdMs = 70
const maxBytes = 10 * 1024 * 1024

export function outputOf({ child, asked, plan, io }: FollowOrder): RunOutput {
  return new RunOutput({
    ...writersFor(child),
    holdMs: plan.holdMs ?? holdMs,
    maxBytes,
    leastBytes: leastCharacters,
    loadShortening: async () => (await import('./run-shorten.ts')).shorteningFor(asked, plan, io),
  })
}

/**
 * A reader of ours that is slow slows the command, and one that left is one of the command's that left: what it wrote
 * could not be delivered. Our stream is opened only where there is more than one piece: opening it takes longer than
 * writing.
 */
function writersFor(child: ChildProcess): Pick<OutputOrder, 'write' | 'writeLast' | 'flush'> {
  const theirs = child.stdout
  let ours: NodeJS.WriteStream | undefined
  let last: Promise<void> = Promise.resolve()
  const write: OutputOrder['write'] = (bytes) => {
    if (bytes.length === 0) return
    ours ??= process.stdout.on('error', () => {
      child.kill('SIGPIPE')
      theirs?.destroy()
    })
    const stream = ours
    let isTaken = true
    last = new Promise((resolve) => {
      isTaken = stream.write(bytes, () => resolve())
    })
    if (isTaken || theirs?.isPaused()) return
    theirs?.pause()
    stream.once('drain', () => theirs?.resume())
  }
  return {
    write,
    writeLast: (bytes) => (ours ? write(bytes) : writeWhole(1, bytes)),
    flush: () => last,
  }
}
