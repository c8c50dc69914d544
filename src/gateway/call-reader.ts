/** Reads a call's body as a conversation: once, and only when somebody needs it. */

import type { Transcript } from '../compression/transcript.ts'
import type { Conversation, Tool } from '../conversation/conversation.ts'
import { repairCalls } from '../conversation/repair.ts'
import type { ReplyContext } from '../dialects/dialect.ts'
import { type SessionIdentity, sessionOf } from '../routing/session.ts'
import { type Json, parseJson } from '../wire/json.ts'
import { applySplices, type Splice } from '../wire/span.ts'
import { textOf } from '../world/text.ts'
import { type Call, type Decoded, isFailure, type OutputBounds } from './call.ts'
import type { Reading } from './reading.ts'
import type { Vault } from './vault.ts'

export const silent: Conversation = {
  system: [],
  turns: [],
  tools: [],
  sampling: {},
  thinking: { kind: 'default' },
  output: { kind: 'text' },
  unsaid: [],
}

/** The conversation that a request continues, as of the latest one. */
interface Course {
  /** Requests so far. */
  readonly turns: number
  readonly transcript: Transcript
  readonly reading: Reading
}

export class CallReader {
  readonly #call: Call
  readonly #vault: Vault
  #splices: readonly Splice[] = []
  #body: Uint8Array | undefined
  #decoded: Decoded | undefined
  #wishes: Conversation | undefined
  #parsed: { readonly json: Json } | undefined
  #session: SessionIdentity | undefined
  #course: { readonly of: Course; readonly turn: number } | undefined

  constructor(call: Call, vault: Vault) {
    this.#call = call
    this.#vault = vault
  }

  /** From here on the client's body is read, and sent, with these put in. */
  edit(splices: readonly Splice[]): void {
    this.#course = undefined
    if (splices.length === 0 && this.#splices.length === 0) return
    this.#splices = splices
    this.#body = undefined
    this.forget()
  }

  /** The request is the latest of this conversation, and its splices are those of the transcript. */
  follow(course: Course): void {
    this.#course = { of: course, turn: course.turns }
  }

  /** What is put into the client's bytes besides the model's name. */
  get splices(): readonly Splice[] {
    return this.#splices
  }

  /** The client's body with the splices put in. */
  get body(): Uint8Array {
    if (this.#splices.length === 0) return this.#call.body
    this.#body ??= Buffer.concat(applySplices(this.#call.body, this.#splices))
    return this.#body
  }

  /** With orphaned results repaired (CONTRACT 55) and proofs from the vault put back. */
  conversation(bounds: OutputBounds): Decoded {
    this.#decoded ??= this.#decode(bounds)
    return this.#decoded
  }

  /** Parsed, in no dialect's terms; undefined when it is no JSON. */
  get json(): Json | undefined {
    try {
      return this.#parse()
    } catch {
      return undefined
    }
  }

  get session(): SessionIdentity {
    this.#session ??= sessionOf(this.#call.headers, this.#call.body, this.#call.dialect.id)
    return this.#session
  }

  #parse(): Json {
    this.#parsed ??= { json: this.#readOn() ?? parseJson(textOf(this.body), this.#call.fragile) }
    return this.#parsed.json
  }

  /** Only what is new is read, as long as the request is the latest. */
  #readOn(): Json | undefined {
    const { of: course, turn } = this.#course ?? {}
    return course?.turns === turn ? course?.reading.read(course.transcript) : undefined
  }

  #decode(bounds: OutputBounds): Decoded {
    const { dialect } = this.#call
    try {
      const decoded = dialect.request.decode(this.#parse())
      return isFailure(decoded) ? decoded : this.#vault.restore(bounded(repairCalls(decoded), bounds))
    } catch (error) {
      const message =
        error instanceof SyntaxError ? `malformed JSON: ${error.message}` : 'the body is nested too deeply'
      return { kind: 'bad-request', message }
    }
  }

  /** What a reply in the client's dialect needs to know of the call: its wishes, not what was said and offered. */
  context(bounds: OutputBounds): ReplyContext {
    if (this.#wishes) return contextOf(this.#call, this.#wishes)
    const conversation = this.conversation(bounds)
    return isFailure(conversation) ? unreadContext(this.#call) : contextOf(this.#call, wishesOf(conversation))
  }

  tools(bounds: OutputBounds): readonly Tool[] {
    const conversation = this.conversation(bounds)
    return isFailure(conversation) ? [] : conversation.tools
  }

  /** What was read is not kept while the upstream works: it is read again by whoever needs it after all. */
  forget(): void {
    const decoded = this.#decoded
    if (decoded && !isFailure(decoded)) this.#wishes = wishesOf(decoded)
    this.#decoded = undefined
    this.#parsed = undefined
    this.#body = undefined
  }
}

const wishesOf = (conversation: Conversation): Conversation => ({
  ...conversation,
  system: [],
  turns: [],
  tools: [],
})

/** Rough, since the upstream's own count follows (CONTRACT 33). */
const bytesPerToken = 4

/** For replies to a body that nobody had to read. */
export const unreadContext = (call: Call): ReplyContext => contextOf(call, silent)

const contextOf = (call: Call, conversation: Conversation): ReplyContext => ({
  replyId: call.id,
  model: call.model,
  createdMs: call.startedMs,
  estimatedInputTokens: Math.max(1, Math.round(call.body.length / bytesPerToken)),
  conversation,
})

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
