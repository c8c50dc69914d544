/**
 * What is to be written to sockets in one turn of the event loop is written together at the end of the turn: a reader
 * that sleeps is woken once for all of it, and to wake it costs more than to write.
 */

interface Waiting {
  /** Called once for each time it was put here. */
  flush(): void
}

let waiting: Waiting[] = []

export function atTurnsEnd(one: Waiting): void {
  if (waiting.push(one) === 1) setImmediate(flushAll)
}

function flushAll(): void {
  const all = waiting
  waiting = []
  for (const one of all) one.flush()
}
