/** `xx call`: see below. */
import { exitCodes, type Io } from './io.ts'

export function callVerb(_args: readonly string[], io: Io): number {
  io.err('xx call: not yet\n')
  return exitCodes.unavailable
}
