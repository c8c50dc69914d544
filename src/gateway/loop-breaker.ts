/**
 * Some agents answer "too long" by compacting and asking the same again, without end (CONTRACT 126). The second such
 * failure in a row of one conversation is told in other words and under another status: final, for people.
 */
import type { Failure } from '../conversation/failure.ts'
import { shortHash } from '../conversation/tool-names.ts'
import type { Call } from './call.ts'

const remembered = 1000
const forgetMs = 10 * 60_000

export class LoopBreaker {
  readonly #seen = new Map<string, number>()

  /** The failure itself the first time, a final one the next. */
  word(call: Call, failure: Failure): Failure {
    if (failure.kind !== 'context-too-long' && failure.kind !== 'too-large') return failure
    const key = conversationKey(call)
    const before = this.#seen.get(key)
    this.#seen.delete(key)
    this.#seen.set(key, call.startedMs)
    const [oldest] = this.#seen.keys()
    if (this.#seen.size > remembered && oldest !== undefined) this.#seen.delete(oldest)
    if (before === undefined || call.startedMs - before > forgetMs) return failure
    const message =
      'Clutch stopped a loop: this conversation was refused for its size twice in a row. ' +
      'Start a new session, or choose a model with a larger window.'
    return { kind: 'refused', message }
  }

  /** The conversation got through: a later refusal is a first one again. */
  forget(call: Call): void {
    if (this.#seen.size > 0) this.#seen.delete(conversationKey(call))
  }
}

const sessionHeaders = ['x-claude-code-session-id', 'x-session-id', 'session-id', 'x-session-affinity']

function conversationKey(call: Call): string {
  const session = sessionHeaders.map((name) => call.headers[name]).find((value) => typeof value === 'string')
  const agent = String(call.headers['user-agent'] ?? '')
  if (session) return `${agent} ${session}`
  return `${agent} ${call.model} ${shortHash(Buffer.from(call.body.subarray(0, 2048)).toString('latin1'))}`
}
