/** What a verb may touch: words in, words out, and where it was called. */

export interface Io {
  out(text: string): void
  err(text: string): void
  /** `err` goes to a terminal, where a line can be written over. */
  readonly errIsTerminal?: boolean
  readonly outIsTerminal?: boolean
  readonly env: Readonly<Record<string, string | undefined>>
  /** The user's home directory. */
  readonly home: string
  readonly cwd: string
  /** The clone this program was started from; absent when it was installed. */
  readonly cloneDir?: string
  /** The command line that starts this program, without a verb; absent where only the launcher is installed. */
  readonly program?: readonly string[]
}

/** Exit codes as in sysexits.h, where that has one. */
export const exitCodes = {
  ok: 0,
  usage: 64,
  unavailable: 69,
  internal: 70,
  /** The disk refuses. */
  cannotCreate: 73,
  /** A port is taken: try again when it is free. */
  portInUse: 75,
  brokenConfig: 78,
} as const

/** Runs to its end; the number is the exit code. */
export type Verb = (args: readonly string[], io: Io) => number | Promise<number>
