/** What a running daemon is told, one after the other: by a wish of its owner's, or by a signal alone. */
import { Mailbox } from './mailbox.ts'
import { takeWish, type Wish, wishSignal } from './wish.ts'

/** From now on no signal ends the process by itself. `endGraceMs`: what a signal that asks it to end allows. */
export function wishesFor(stateFolder: string, endGraceMs: number): () => Promise<Wish> {
  const wishes = new Mailbox<Wish>()
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => wishes.put({ ask: 'end', graceMs: endGraceMs }))
  process.on(wishSignal, () => {
    const wish = takeWish(stateFolder, process.pid)
    if (wish) wishes.put(wish)
  })
  return () => wishes.next()
}
