/** A line that tells that something is still going on: rewritten on a terminal, said once elsewhere. */
import type { Io } from './io.ts'

export interface Progress {
  readonly tick: (waitedMs: number) => void
  /** The line is gone. */
  readonly end: () => void
}

/** Quicker than this is not worth a word. */
const silentMs = 150

export function progressOn(io: Pick<Io, 'err' | 'errIsTerminal'>, text: string): Progress {
  let said = ''
  return {
    tick: (waitedMs) => {
      if (waitedMs < silentMs) return
      const line = io.errIsTerminal ? `\r${text} … ${(waitedMs / 1000).toFixed(1)} s ` : `${text} …\n`
      if (line !== said) io.err(line)
      said = line
    },
    end: () => {
      if (said !== '' && io.errIsTerminal) io.err('\r\x1b[K')
    },
  }
}
