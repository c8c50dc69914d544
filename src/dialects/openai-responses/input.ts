/** Input items to turns: who said what, which result belongs to which call, what only this dialect can say. */
import type {
  AssistantPart,
  Proof,
  TextPart,
  Tool,
  ToolCallPart,
  ToolResultPart,
  Turn,
  UserPart,
} from '../../conversation/conversation.ts'
import type { Loss } from '../../conversation/loss.ts'
import { readProof } from '../../conversation/proof-tag.ts'
import { asList, asObject, asText, type Json, type JsonObject, writeJson } from '../../wire/json.ts'
import { type OneOrMore, remembered, rememberedTogether } from '../../wire/remembered.ts'
import { errorMark } from './history.ts'
import { type Piece, readPieces } from './parts.ts'
import { readTools } from './tools.ts'
import { lossOf, readSearch, self } from './wire.ts'

/** Something an item adds to a turn: to the last one, when that is of the same role. */
type Said =
  | { readonly role: 'user'; readonly parts: readonly UserPart[] }
  | { readonly role: 'assistant'; readonly parts: readonly AssistantPart[]; readonly proves?: CallProof }
  | { readonly role: 'system'; readonly parts: readonly TextPart[] }

/** Belongs to a call before it in the same turn; where there is none, it is a thought. */
interface CallProof {
  readonly callId: string
  readonly proof: Proof
}

/** What an item says by itself. */
interface Item {
  readonly said: readonly Said[]
  /** Tools that stood among the items (Codex). */
  readonly tools: readonly Tool[]
  readonly isCall: boolean
  readonly unsaid: ReadonlySet<Loss>
}

export interface Input {
  readonly system: readonly TextPart[]
  readonly turns: readonly Turn[]
  /** One list for each item that held some. */
  readonly tools: readonly (readonly Tool[])[]
}

/** Puts the items together; what one says by itself is remembered by the item. */
export function readInput(
  items: readonly Json[],
  instructions: string | undefined,
  unsaid: Set<Loss>,
): Input {
  const said: Said[] = []
  const tools: (readonly Tool[])[] = []
  let calls = 0
  for (const value of items) {
    const item = itemOf(asObject(value), calls)
    for (const loss of item.unsaid) unsaid.add(loss)
    if (item.tools.length > 0) tools.push(item.tools)
    if (item.isCall) calls += 1
    said.push(...item.said)
  }
  const firstTurn = said.findIndex(({ role }) => role !== 'system')
  const guidance = firstTurn < 0 ? said : said.slice(0, firstTurn)
  const turns = byRole(said.slice(guidance.length)).map(turnOf)
  return { system: systemOf(guidance, instructions), turns, tools }
}

function byRole(all: readonly Said[]): readonly OneOrMore<Said>[] {
  const groups: [Said, ...Said[]][] = []
  for (const said of all) {
    const last = groups.at(-1)
    if (last?.[0].role === said.role) last.push(said)
    else groups.push([said])
  }
  return groups
}

/** Guidance before the first turn is the system prompt; later guidance keeps its place (CONTRACT 7). */
function systemOf(
  [first, ...others]: readonly Said[],
  instructions: string | undefined,
): readonly TextPart[] {
  const parts = first ? allTexts([first, ...others]) : noTexts
  return instructions ? instructed(parts, instructions) : parts
}

const noTexts: readonly TextPart[] = []
const allTexts = rememberedTogether((all: OneOrMore<Said>) => all.flatMap(textsOf))
const instructed = remembered((parts: readonly TextPart[], instructions: string): readonly TextPart[] => [
  { type: 'text', text: instructions },
  ...parts,
])

const textsOf = (said: Said): readonly TextPart[] => (said.role === 'system' ? said.parts : [])

/** Of one role all. */
const turnOf = rememberedTogether((all: OneOrMore<Said>): Turn => {
  switch (all[0].role) {
    case 'user':
      return { role: 'user', parts: resultsFirst(all) }
    case 'assistant':
      return { role: 'assistant', parts: proven(all) }
    case 'system':
      return { role: 'system', parts: all.flatMap(textsOf) }
  }
})

/** A result stands before whatever else the user says in that turn (CONTRACT 54). */
function resultsFirst(all: readonly Said[]): readonly UserPart[] {
  const parts = all.flatMap((said) => (said.role === 'user' ? said.parts : []))
  const results = parts.filter(({ type }) => type === 'tool-result')
  return results.length === 0 ? parts : [...results, ...parts.filter(({ type }) => type !== 'tool-result')]
}

/** A proof that belongs to a call travelled in a reasoning item of its own, named by the call's id. */
function proven(all: readonly Said[]): readonly AssistantPart[] {
  const parts: AssistantPart[] = []
  for (const said of all) {
    if (said.role !== 'assistant') continue
    const { proves } = said
    const at = proves ? parts.findIndex((part) => isCallOf(part, proves)) : -1
    const call = parts[at]
    if (proves && call?.type === 'tool-call') parts[at] = { ...call, proof: proves.proof }
    else parts.push(...said.parts)
  }
  return parts
}

const isCallOf = (part: AssistantPart, { callId }: CallProof): boolean =>
  part.type === 'tool-call' && part.id === callId

/** Calls without an id are named by how many came before them. */
const itemOf = remembered((item: JsonObject, callsBefore: number): Item => {
  const unsaid = new Set<Loss>()
  const { type, role } = item
  const kind = asText(type) ?? (role === undefined ? '' : 'message')
  const isCall = callKinds.has(kind)
  const tools = toolKinds.has(kind) ? moreTools(item, unsaid) : []
  const said = isCall ? [callOf(item, kind, callsBefore)] : saidBy(item, kind, unsaid)
  return { said, tools, isCall, unsaid }
})

const callKinds: ReadonlySet<string> = new Set(['function_call', 'custom_tool_call', 'local_shell_call'])
const toolKinds: ReadonlySet<string> = new Set(['additional_tools', 'tool_search_output'])

function saidBy(item: JsonObject, kind: string, unsaid: Set<Loss>): readonly Said[] {
  switch (kind) {
    case 'message':
      return messageOf(item, unsaid)
    case 'function_call_output':
    case 'custom_tool_call_output':
    case 'local_shell_call_output':
      return [{ role: 'user', parts: [resultOf(item, unsaid)] }]
    case 'reasoning':
      return reasoningOf(item)
    case 'web_search_call': {
      const search = readSearch(item)
      return search ? [{ role: 'assistant', parts: [{ type: 'search', ...search }] }] : [foreign(item, kind)]
    }
    case 'additional_tools':
      return []
    case 'item_reference':
      unsaid.add('stored-response')
      return []
    default:
      return [foreign(item, kind)]
  }
}

function messageOf({ role, content }: JsonObject, unsaid: Set<Loss>): readonly Said[] {
  const strange: Json[] = []
  const pieces = readPieces(content, (piece) => strange.push(piece))
  const isCited = asList(content).some((piece) => asList(asObject(piece)['annotations']).length > 0)
  if (role === 'assistant' && isCited) unsaid.add('citations')
  const said = spoken(role, pieces, unsaid)
  return [
    ...(said.parts.length > 0 ? [said] : []),
    ...strange.map((piece) => foreign({ type: 'message', role, content: [piece] }, 'message')),
  ]
}

function spoken(role: Json | undefined, pieces: readonly Piece[], unsaid: Set<Loss>): Said {
  if (role === 'assistant') return { role, parts: pieces }
  if (role !== 'system' && role !== 'developer') return { role: 'user', parts: pieces }
  const parts = pieces.filter((piece) => piece.type === 'text')
  if (parts.length < pieces.length) unsaid.add('unknown-part')
  return { role: 'system', parts }
}

function callOf(item: JsonObject, kind: string, callsBefore: number): Said {
  const { call_id, id, name, namespace, input, action } = item
  const freeform = kind === 'custom_tool_call'
  const local = kind === 'local_shell_call'
  const call: ToolCallPart = {
    type: 'tool-call',
    id: asText(call_id) ?? asText(id) ?? `call_${callsBefore}`,
    name: local ? 'local_shell' : (asText(name) ?? ''),
    ...(typeof namespace === 'string' && namespace !== '' && { namespace }),
    arguments: local ? writeJson(action ?? {}) : jsonText(freeform ? input : item['arguments']),
    ...(freeform && { freeform }),
  }
  return { role: 'assistant', parts: [call] }
}

function resultOf({ call_id, id, output }: JsonObject, unsaid: Set<Loss>): ToolResultPart {
  const { content: boxed, success } = asObject(output)
  const content = readPieces(boxed === undefined ? output : boxed, () => unsaid.add('unknown-part'))
  return {
    type: 'tool-result',
    callId: asText(call_id) ?? asText(id) ?? '',
    ...unmarked(content, success === false),
  }
}

function reasoningOf({ id, summary, content, encrypted_content }: JsonObject): readonly Said[] {
  const thoughts = asList(content).length > 0 ? content : summary
  const text = readPieces(thoughts, () => {})
    .map((piece) => (piece.type === 'text' ? piece.text : ''))
    .join('\n\n')
  const proof =
    typeof encrypted_content === 'string' && encrypted_content !== ''
      ? withItem(readProof(encrypted_content, self, 'encrypted'), asText(id))
      : undefined
  if (text === '' && !proof) return []
  const proves = text === '' && proof ? proofOfCall(proof) : undefined
  return [
    {
      role: 'assistant',
      parts: [{ type: 'thinking', text, ...(proof && { proof }) }],
      ...(proves && { proves }),
    },
  ]
}

function proofOfCall({ itemId: callId, ...proof }: Proof): CallProof | undefined {
  return proof.dialect === self || callId === undefined ? undefined : { callId, proof }
}

function moreTools({ tools }: JsonObject, unsaid: Set<Loss>): readonly Tool[] {
  return readTools(tools, unsaid).map((tool) =>
    tool.kind === 'function' && tool.deferred ? { ...tool, deferred: false } : tool,
  )
}

function foreign(item: JsonObject, kind: string): Said {
  const part = { type: 'foreign', dialect: self, value: item, loss: lossOf(kind) } as const
  const isUsers = /output$|approval_response$/.test(kind) || item['role'] === 'user'
  return { role: isUsers ? 'user' : 'assistant', parts: [part] }
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
