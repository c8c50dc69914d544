/**
 * Gives the memory of large pieces back at once. Dead ones count against V8's limit for memory outside its heap until a
 * collector has found them, and at the limit it collects everything (docs/decisions/young-garbage.md).
 */
import { MessageChannel } from 'node:worker_threads'

const smallestBytes = 16 * 1024

/** Nobody listens: what is transferred to it is gone. */
const nowhere = (() => {
  const { port1, port2 } = new MessageChannel()
  port1.close()
  port2.close()
  return port1
})()

/** Afterwards the pieces are empty: nobody else may hold them, or a part of their memory. Small ones are left alone. */
export function giveBack(pieces: readonly Uint8Array[]): void {
  const memories: ArrayBuffer[] = []
  for (const { buffer, byteLength } of pieces)
    if (byteLength >= smallestBytes && byteLength === buffer.byteLength && buffer instanceof ArrayBuffer)
      memories.push(buffer)
  if (memories.length > 0) nowhere.postMessage(undefined, memories)
}
