/** Writes something to a descriptor before it returns: Node's streams take longer to load than most commands take to run. */
import { writeSync } from 'node:fs'

/** A reader that went away is no error of ours; anything else is thrown. */
export function writeWhole(descriptor: number, what: string | Uint8Array): void {
  const bytes = typeof what === 'string' ? new TextEncoder().encode(what) : what
  for (let at = 0; at < bytes.length; ) {
    const written = writeSome(descriptor, bytes, at)
    if (written === undefined) return
    at += written
  }
}

/** How much was taken; undefined: nobody reads any more. */
function writeSome(descriptor: number, bytes: Uint8Array, at: number): number | undefined {
  try {
    return writeSync(descriptor, bytes, at)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'EPIPE') return undefined
    if (code !== 'EAGAIN') throw error
    // A full pipe that does not wait by itself.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1)
    return 0
  }
}
