/** Reads a call's body as a conversation: once, and only when somebody needs it. */
import { isAscii } from 'node:buffer'
import type { Conversation } from '../conversation/conversation.ts'
import { repairCalls } from '../conversation/repair.ts'
import type { ReplyContext } from '../dialects/dialect.ts'
import { parseJson } from '../wire/json.ts'
import { type Call, type Decoded, isFailure, type OutputBounds } from './call.ts'
import type { Vault } from './vault.ts'

const silent: Conversation = {
  system: [],
  turns: [],
  tools: [],
  sampling: {},
  thinking: { kind: 'default' },
  output: { kind: 'text' },
  unsaid: [],
}

export class CallReader {
  readonly #call: Call
  readonly #vault: Vault
  #decoded: Decoded | undefined

  constructor(call: Call, vault: Vault) {
    this.#call = call
    this.#vault = vault
  }

  /** With orphaned results repaired (CONTRACT 55) and proofs from the vault put back. */
  conversation(bounds: OutputBounds): Decoded {
    this.#decoded ??= this.#decode(bounds)
    return this.#decoded
  }

  #decode(bounds: OutputBounds): Decoded {
    const { body, fragile, dialect } = this.#call
    try {
      const decoded = dialect.request.decode(parseJson(bodyText(body), fragile))
      return isFailure(decoded) ? decoded : this.#vault.restore(bounded(repairCalls(decoded), bounds))
    } catch (error) {
      const message =
        error instanceof SyntaxError ? `malformed JSON: ${error.message}` : 'the body is nested too deeply'
      return { kind: 'bad-request', message }
    }
  }

  /** What a reply in the client's dialect needs to know of the call. */
  context(bounds: OutputBounds): ReplyContext {
    const conversation = this.conversation(bounds)
    if (isFailure(conversation)) return unreadContext(this.#call)
    return { ...unreadContext(this.#call), conversation }
  }
}

/** Rough, since the upstream's own count follows (CONTRACT 33). */
const bytesPerToken = 4

/** For replies to a body that nobody had to read. */
export const unreadContext = (call: Call): ReplyContext => ({
  replyId: call.id,
  model: call.model,
  createdMs: call.startedMs,
  estimatedInputTokens: Math.max(1, Math.round(call.body.length / bytesPerToken)),
  conversation: silent,
})

/** Latin text needs no decoding. */
export const bodyText = (body: Uint8Array): string => {
  const buffer = Buffer.from(body.buffer, body.byteOffset, body.byteLength)
  return isAscii(body) ? buffer.toString('latin1') : buffer.toString('utf8')
}

/** MIN_TOKENS_LIMIT and MAX_TOKENS_LIMIT; a wish for very little (a probe) is left alone (CONTRACT 14). */
function bounded(
  conversation: Conversation,
  { minOutputTokens, maxOutputTokens }: OutputBounds,
): Conversation {
  const asked = conversation.sampling.maxOutputTokens
  if (asked === undefined) return conversation
  const raised =
    minOutputTokens !== undefined && asked > probeTokens ? Math.max(asked, minOutputTokens) : asked
  const limit = maxOutputTokens === undefined ? raised : Math.min(raised, maxOutputTokens)
  return limit === asked
    ? conversation
    : { ...conversation, sampling: { ...conversation.sampling, maxOutputTokens: limit } }
}

const probeTokens = 64
