/**
 * Turns to input items, in their order; what has no item of its own is said in words. Calls and results are taken to be
 * in order already (`repairCalls`).
 */
import type {
  AssistantPart,
  Conversation,
  SearchPart,
  ThinkingPart,
  ToolCallPart,
  ToolResultPart,
  Turn,
  UserPart,
} from '../../conversation/conversation.ts'
import type { Loss } from '../../conversation/loss.ts'
import type { Quirks } from '../../conversation/quirks.ts'
import { flatId } from '../../conversation/tool-names.ts'
import type { Json, JsonObject, Written } from '../../wire/json.ts'
import { remembered } from '../../wire/remembered.ts'
import { listOf, wordingOf } from '../wording.ts'
import { inputText, type Piece, placeholder, writePiece } from './parts.ts'
import { wireName } from './tools.ts'
import { self } from './wire.ts'

/** Begins the text of a result that is an error: the API knows no flag for it (CONTRACT 53). */
export const errorMark = '[tool error]\n'

export function writeInput({ turns }: Conversation, quirks: Quirks, lost: Set<Loss>): Written {
  const freeform = new Set<string>()
  const wordings = turns.map((turn) => {
    const { calls, results } = callsIn(turn)
    for (const id of calls) freeform.add(id)
    return turnWording(turn, quirks, ...results.filter((id) => freeform.has(id)))
  })
  return listOf(wordings, lost)
}

/** Which calls of a turn are freeform, and which calls it holds results of. */
const callsIn = remembered((turn: Turn) => {
  const calls: string[] = []
  const results: string[] = []
  for (const part of turn.parts) {
    if (part.type === 'tool-call' && part.freeform) calls.push(part.id)
    if (part.type === 'tool-result') results.push(part.callId)
  }
  return { calls, results }
})

/** A turn is told in the same words as often as it is sent. `freeform`: the freeform calls it answers. */
const turnWording = remembered((turn: Turn, quirks: Quirks, ...freeform: readonly string[]) => {
  const writer = new TurnWriter(quirks, new Set(freeform))
  writer.write(turn)
  return wordingOf(writer.items, writer.lost)
})

class TurnWriter {
  readonly items: Json[] = []
  readonly lost = new Set<Loss>()
  readonly #quirks: Quirks
  /** Results of freeform calls are items of another type. */
  readonly #freeform: ReadonlySet<string>

  constructor(quirks: Quirks, freeform: ReadonlySet<string>) {
    this.#quirks = quirks
    this.#freeform = freeform
  }

  write(turn: Turn): void {
    switch (turn.role) {
      case 'user':
        this.#user(turn.parts)
        break
      case 'assistant':
        this.#assistant(turn.parts)
        break
      case 'system':
        for (const part of turn.parts) this.#notice(part.cache)
        this.#message(
          this.#guidingRole(),
          turn.parts
            .map(({ text }) => text)
            .filter(Boolean)
            .map(inputText),
        )
    }
  }

  #guidingRole(): string {
    if (!this.#quirks.systemOnlyFirst) return this.#quirks.systemRole ?? 'developer'
    this.lost.add('system-position')
    return 'user'
  }

  #message(role: string, content: readonly Json[]): void {
    if (content.length > 0) this.items.push({ type: 'message', role, content })
  }

  #notice(cache: unknown): void {
    if (cache !== undefined) this.lost.add('cache-control')
  }

  #user(parts: readonly UserPart[]): void {
    let content: Json[] = []
    const flush = () => {
      this.#message('user', content)
      content = []
    }
    for (const part of parts) {
      this.#notice(part.cache)
      if (part.type === 'tool-result') {
        flush()
        this.#result(part)
      } else if (part.type === 'foreign') {
        flush()
        this.#foreign(part)
      } else if (part.type !== 'text' || part.text !== '') {
        content.push(writePiece(part, this.#quirks, this.lost))
      }
    }
    flush()
  }

  #result(part: ToolResultPart): void {
    const pieces = part.content.map((piece): Piece => {
      this.#notice(piece.cache)
      return piece.type === 'tool-reference'
        ? { type: 'text', text: `Tool now available: ${wireName(piece.name, this.#quirks)}` }
        : piece
    })
    this.items.push({
      type: this.#freeform.has(part.callId) ? 'custom_tool_call_output' : 'function_call_output',
      call_id: this.#id(part.callId),
      output: this.#output(pieces, part.isError),
    })
  }

  #output(pieces: readonly Piece[], isError: boolean): Json {
    const [only, ...more] = pieces
    if (!only) return isError ? errorMark : ''
    if (only.type === 'text' && more.length === 0) return isError ? errorMark + only.text : only.text
    const content = pieces.map((piece) => writePiece(piece, this.#quirks, this.lost))
    if (!isError) return content
    return only.type === 'text'
      ? [inputText(errorMark + only.text), ...content.slice(1)]
      : [inputText(errorMark), ...content]
  }

  #id(id: string): string {
    return flatId(id, this.#quirks.maxNameLength ?? 64)
  }

  #assistant(parts: readonly AssistantPart[]): void {
    let content: Json[] = []
    const flush = () => {
      this.#message('assistant', content)
      content = []
    }
    const lastSaid = parts.findLastIndex((part) => part.type !== 'thinking')
    for (const [at, part] of parts.entries()) {
      this.#notice(part.cache)
      const text = this.#inWords(part)
      if (text === undefined) {
        flush()
        this.#item(part, at < lastSaid)
      } else if (text !== '') content.push({ type: 'output_text', text })
    }
    flush()
  }

  /** What the assistant says in words; undefined for what has an item of its own. */
  #inWords(part: AssistantPart): string | undefined {
    if (part.type === 'text') return part.text
    if (part.type === 'media') return this.#unseen(part)
    return part.type === 'search' && !searchedHere(part) ? this.#retold(part) : undefined
  }

  /** A thought without the item it led to is refused by the API: `followed` says whether one comes. */
  #item(part: AssistantPart, followed: boolean): void {
    if (part.type === 'thinking') this.#think(part, followed)
    else if (part.type === 'tool-call') this.#call(part)
    else if (part.type === 'foreign') this.#foreign(part)
    else if (part.type === 'search') this.items.push(searchItem(part))
  }

  #unseen(part: Parameters<typeof placeholder>[0]): string {
    this.lost.add(part.mediaType.startsWith('image/') ? 'image' : 'document')
    return placeholder(part)
  }

  #think({ text, proof }: ThinkingPart, followed: boolean): void {
    const summary = text === '' ? [] : [{ type: 'summary_text', text }]
    if (proof?.dialect === self && followed) {
      const id = proof.itemId === undefined ? {} : { id: proof.itemId }
      this.items.push({ type: 'reasoning', ...id, summary, encrypted_content: proof.value })
      return
    }
    if (proof) this.lost.add('thinking-proof')
    const replay = this.#quirks.reasoningReplay
    if (text === '') return
    if (followed && (replay === 'required' || replay === 'accepted'))
      this.items.push({ type: 'reasoning', summary: [], content: [{ type: 'reasoning_text', text }] })
    else this.lost.add('thinking-text')
  }

  #call(part: ToolCallPart): void {
    if (part.proof && part.proof.dialect !== self) this.lost.add('thinking-proof')
    const name = wireName(part.name, this.#quirks)
    const space = part.namespace === undefined ? {} : { namespace: part.namespace }
    const call = { call_id: this.#id(part.id), name, ...space }
    this.items.push(
      part.freeform
        ? { type: 'custom_tool_call', ...call, input: part.arguments }
        : { type: 'function_call', ...call, arguments: part.arguments.trim() === '' ? '{}' : part.arguments },
    )
  }

  #retold({ query, results }: SearchPart): string {
    if (results.some(({ proof }) => proof !== undefined)) this.lost.add('search-results')
    const lines = results.map(({ title, url }) => `- ${title ? `${title}: ` : ''}${url}`)
    return [`[web search: ${query}]`, ...lines].join('\n')
  }

  #foreign({ dialect, value, loss }: Extract<UserPart, { type: 'foreign' }>): void {
    if (dialect === self) this.items.push(value)
    else this.lost.add(loss)
  }
}

/** Only a search of this API can be said as one; any other is told in words. */
const searchedHere = ({ id, results }: SearchPart): boolean =>
  id.startsWith('ws_') && results.every(({ proof }) => proof === undefined)

export function searchItem({ id, query, results }: Omit<SearchPart, 'type'>): JsonObject {
  const sources = results.map(({ url }) => ({ type: 'url', url }))
  return {
    type: 'web_search_call',
    id,
    status: 'completed',
    action: { type: 'search', query, queries: [query], ...(sources.length > 0 && { sources }) },
  }
}
