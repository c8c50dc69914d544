/** Input items to turns: who said what, which result belongs to which call, what only this dialect can say. */
import type {
  AssistantPart,
  Proof,
  TextPart,
  Tool,
  ToolCallPart,
  ToolResultPart,
  UserPart,
} from '../../conversation/conversation.ts'
import type { Loss } from '../../conversation/loss.ts'
import { readProof } from '../../conversation/proof-tag.ts'
import { asList, asObject, asText, type Json, type JsonObject, writeJson } from '../../wire/json.ts'
import { errorMark } from './history.ts'
import { type Piece, readPieces } from './parts.ts'
import { readTools } from './tools.ts'
import { lossOf, readSearch, self } from './wire.ts'

type GrowingTurn =
  | { role: 'user'; parts: UserPart[] }
  | { role: 'assistant'; parts: AssistantPart[] }
  | { role: 'system'; parts: TextPart[] }

export class InputReader {
  readonly system: TextPart[] = []
  readonly turns: GrowingTurn[] = []
  /** Tools that stood among the items (Codex). */
  readonly tools: Tool[] = []
  readonly #unsaid: Set<Loss>
  #calls = 0

  constructor(unsaid: Set<Loss>) {
    this.#unsaid = unsaid
  }

  read(value: Json): void {
    const item = asObject(value)
    const { type, role } = item
    const kind = asText(type) ?? (role === undefined ? '' : 'message')
    switch (kind) {
      case 'message':
        this.#message(item)
        break
      case 'function_call':
      case 'custom_tool_call':
      case 'local_shell_call':
        this.#call(item, kind)
        break
      case 'function_call_output':
      case 'custom_tool_call_output':
      case 'local_shell_call_output':
        this.#result(item)
        break
      case 'reasoning':
        this.#reasoning(item)
        break
      case 'web_search_call':
        this.#search(item)
        break
      case 'additional_tools':
        this.#moreTools(item)
        break
      case 'tool_search_output':
        this.#moreTools(item)
        this.#foreign(item, kind)
        break
      case 'item_reference':
        this.#unsaid.add('stored-response')
        break
      default:
        this.#foreign(item, kind)
    }
  }

  #user(): UserPart[] {
    const last = this.turns.at(-1)
    if (last?.role === 'user') return last.parts
    const parts: UserPart[] = []
    this.turns.push({ role: 'user', parts })
    return parts
  }

  #assistant(): AssistantPart[] {
    const last = this.turns.at(-1)
    if (last?.role === 'assistant') return last.parts
    const parts: AssistantPart[] = []
    this.turns.push({ role: 'assistant', parts })
    return parts
  }

  #message(item: JsonObject): void {
    const { role, content } = item
    const strange: Json[] = []
    const pieces = readPieces(content, (piece) => strange.push(piece))
    if (role === 'assistant') {
      if (asList(content).some((piece) => asList(asObject(piece)['annotations']).length > 0))
        this.#unsaid.add('citations')
      if (pieces.length > 0) this.#assistant().push(...pieces)
    } else if (role === 'system' || role === 'developer') this.#guide(pieces)
    else if (pieces.length > 0) this.#user().push(...pieces)
    for (const piece of strange) this.#foreign({ type: 'message', role, content: [piece] }, 'message')
  }

  /** Guidance before the first turn is the system prompt; later guidance keeps its place (CONTRACT 7). */
  #guide(pieces: readonly Piece[]): void {
    const said = pieces.filter((piece) => piece.type === 'text')
    if (said.length < pieces.length) this.#unsaid.add('unknown-part')
    if (said.length === 0) return
    const last = this.turns.at(-1)
    if (!last) this.system.push(...said)
    else if (last.role === 'system') last.parts.push(...said)
    else this.turns.push({ role: 'system', parts: said })
  }

  #call(item: JsonObject, kind: string): void {
    const { call_id, id, name, namespace, input, action } = item
    const freeform = kind === 'custom_tool_call'
    const local = kind === 'local_shell_call'
    const call: ToolCallPart = {
      type: 'tool-call',
      id: asText(call_id) ?? asText(id) ?? `call_${this.#calls}`,
      name: local ? 'local_shell' : (asText(name) ?? ''),
      ...(typeof namespace === 'string' && namespace !== '' && { namespace }),
      arguments: local ? writeJson(action ?? {}) : jsonText(freeform ? input : item['arguments']),
      ...(freeform && { freeform }),
    }
    this.#calls += 1
    this.#assistant().push(call)
  }

  /** A result stands before whatever else the user says in that turn (CONTRACT 54). */
  #result(item: JsonObject): void {
    const { call_id, id, output } = item
    const { content: boxed, success } = asObject(output)
    const content = readPieces(boxed === undefined ? output : boxed, () => this.#unsaid.add('unknown-part'))
    const result: ToolResultPart = {
      type: 'tool-result',
      callId: asText(call_id) ?? asText(id) ?? '',
      ...unmarked(content, success === false),
    }
    const parts = this.#user()
    const at = parts.findIndex((part) => part.type !== 'tool-result')
    parts.splice(at < 0 ? parts.length : at, 0, result)
  }

  #reasoning(item: JsonObject): void {
    const { id, summary, content, encrypted_content } = item
    const thoughts = asList(content).length > 0 ? content : summary
    const text = readPieces(thoughts, () => {})
      .map((piece) => (piece.type === 'text' ? piece.text : ''))
      .join('\n\n')
    const proof =
      typeof encrypted_content === 'string' && encrypted_content !== ''
        ? withItem(readProof(encrypted_content, self, 'encrypted'), asText(id))
        : undefined
    if (proof && text === '' && this.#proveCall(proof)) return
    if (text === '' && !proof) return
    this.#assistant().push({ type: 'thinking', text, ...(proof && { proof }) })
  }

  /** A proof that belongs to a call travelled in a reasoning item of its own, named by the call's id. */
  #proveCall({ itemId, ...proof }: Proof): boolean {
    const last = this.turns.at(-1)
    if (proof.dialect === self || itemId === undefined || last?.role !== 'assistant') return false
    const at = last.parts.findIndex((part) => part.type === 'tool-call' && part.id === itemId)
    const call = last.parts[at]
    if (call?.type !== 'tool-call') return false
    last.parts[at] = { ...call, proof }
    return true
  }

  #search(item: JsonObject): void {
    const search = readSearch(item)
    if (search) this.#assistant().push({ type: 'search', ...search })
    else this.#foreign(item, 'web_search_call')
  }

  #moreTools(item: JsonObject): void {
    for (const tool of readTools(item['tools'], this.#unsaid)) {
      this.tools.push(tool.kind === 'function' && tool.deferred ? { ...tool, deferred: false } : tool)
    }
  }

  #foreign(item: JsonObject, kind: string): void {
    const part = { type: 'foreign', dialect: self, value: item, loss: lossOf(kind) } as const
    if (/output$|approval_response$/.test(kind) || item['role'] === 'user') this.#user().push(part)
    else this.#assistant().push(part)
  }
}

const jsonText = (value: Json | undefined): string =>
  typeof value === 'string' ? value : value === undefined || value === null ? '' : writeJson(value)

/** The provider's own item ids go back with their proof; ids this gateway gave (`rs_<reply>_<n>`) are not theirs. */
function withItem(proof: Proof, id: string | undefined): Proof {
  if (proof.dialect !== self || proof.itemId !== undefined || id === undefined) return proof
  return id.lastIndexOf('_') > 2 ? proof : { ...proof, itemId: id }
}

/** The API has no error flag, so an error is said in the text: see `errorMark`. */
function unmarked(content: readonly Piece[], isError: boolean): Pick<ToolResultPart, 'content' | 'isError'> {
  const [first, ...rest] = content
  if (first?.type !== 'text' || !first.text.startsWith(errorMark)) return { content, isError }
  const text = first.text.slice(errorMark.length)
  return { content: text === '' ? rest : [{ ...first, text }, ...rest], isError: true }
}
