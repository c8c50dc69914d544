/** The arguments of a tool call while they are told, and whether they are whole (CONTRACT 46, 47). */
import { isObject, tryParseJson } from '../wire/json.ts'
import type { Failure } from './failure.ts'
import type { StopReason } from './reply.ts'

/** More than any file that a model writes. */
const mostLetters = 32 * 1024 * 1024
/** JSON never holds this letter as it is: what holds it is not whole, whatever follows. */
export const spoilt = '\u0000'

/** Bounded: arguments that are too long are never whole. */
export const grown = (text: string, piece: string): string =>
  text.length + piece.length > mostLetters ? spoilt : text + piece

/** No arguments at all mean none are needed. */
export const areWhole = (text: string): boolean => text.trim() === '' || isObject(tryParseJson(text, false))

/** A reply that stopped for such a reason may have stopped within a call, and says so (CONTRACT 38, 39). */
export const mayStopWithinCall = (reason: StopReason | undefined): boolean =>
  reason === 'length' || reason === 'context-full' || reason === 'refusal'

export const cutCall: Failure = {
  kind: 'cut',
  message: 'the reply ended before the arguments of a tool call were complete',
}
