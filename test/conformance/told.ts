/** What an upstream says in a scenario, before it is written in the words of one dialect. */
import type { DialectId } from '../../src/conversation/conversation.ts'

export interface Told {
  readonly parts: readonly ToldPart[]
  readonly stop: ToldStop
  readonly stopSequence?: string
  readonly usage?: ToldUsage
  /** Calls are told in turns, a piece each, where the dialect can. */
  readonly interleaved?: boolean
  /** The arguments of the last call break off. */
  readonly unfinished?: boolean
}

export type ToldStop = 'done' | 'tool-calls' | 'length' | 'stop-sequence' | 'refusal'

export type ToldPart =
  | { readonly thinking: string; readonly proof?: string }
  | { readonly text: string }
  | ToldCall
  | { readonly search: { readonly query: string; readonly url: string; readonly title: string } }

export interface ToldCall {
  readonly call: string
  readonly id: string
  /** The JSON text of the arguments, or the raw input of a freeform call. */
  readonly args: string
  readonly namespace?: string
  readonly freeform?: boolean
  readonly proof?: string
}

/** Disjoint, as in the project: prompt = input + cacheRead + cacheWrite; `thinking` is part of `output`. */
export interface ToldUsage {
  readonly input: number
  readonly cacheRead: number
  readonly cacheWrite: number
  readonly output: number
  readonly thinking: number
}

export const usual: ToldUsage = { input: 25, cacheRead: 0, cacheWrite: 0, output: 12, thinking: 0 }

/** The model every scripted upstream says it is. */
export const upstreamModel = 'm1'

export const isCall = (part: ToldPart): part is ToldCall => 'call' in part

/** Three pieces, cut where it hurts: inside words and characters' neighbours. */
export function inPieces(text: string): string[] {
  if (text.length < 3) return [text]
  const [a, b] = [Math.ceil(text.length / 3), Math.ceil((2 * text.length) / 3)]
  return [text.slice(0, a), text.slice(a, b), text.slice(b)]
}

/** One upstream's way to tell it. */
export interface Teller {
  readonly stream: (told: Told) => string
  readonly whole: (told: Told) => string
}

/** What a dialect has no word for is told in the nearest one. */
export function sayable(told: Told, dialect: DialectId): Told {
  const usage = told.usage ?? usual
  const forgets = dialect !== 'anthropic'
  return {
    ...told,
    stop: forgets && told.stop === 'stop-sequence' ? 'done' : told.stop,
    usage: forgets
      ? { ...usage, input: usage.input + usage.cacheWrite, cacheWrite: 0 }
      : { ...usage, thinking: usage.thinking },
  }
}
