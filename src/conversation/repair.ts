/**
 * Puts calls and results in the order every upstream demands: each call is answered once, directly after the turn that
 * made it, and nothing is answered that was not called (CONTRACT 55). What is missing is said in words; nothing is
 * dropped. Each step is repaired by itself, so later turns never change how earlier ones are said (CONTRACT 75).
 */
import type {
  AssistantPart,
  Conversation,
  MediaPart,
  TextPart,
  ToolCallPart,
  ToolResultPart,
  Turn,
  UserPart,
} from './conversation.ts'

type AssistantTurn = Extract<Turn, { role: 'assistant' }>

/** Ids in use, and of every call of a step its id as the client wrote it and as it is now. */
interface Asked {
  readonly written: string
  readonly id: string
}

/** The conversation itself when nothing needs repair. */
export function repairCalls(conversation: Conversation): Conversation {
  const { turns } = conversation
  if (isSound(turns)) return conversation
  const taken = new Set<string>()
  const repaired: Turn[] = []
  for (let at = 0; at < turns.length; ) {
    const spoken = endOfRun(turns, at, (turn) => turn.role === 'assistant')
    const end = endOfRun(turns, spoken, (turn) => turn.role !== 'assistant')
    repaired.push(...repairStep(turns.slice(at, spoken), turns.slice(spoken, end), taken))
    at = end
  }
  return { ...conversation, turns: repaired }
}

/** The usual case, found out without making anything. */
function isSound(turns: readonly Turn[]): boolean {
  const taken = new Set<string>()
  const waiting = new Set<string>()
  let before: Turn['role'] | undefined
  for (const turn of turns) {
    if (turn.role === 'user' ? !answersAll(turn.parts, waiting) : waiting.size > 0) return false
    if (turn.role === 'assistant' && !asksAnew(turn.parts, before, taken, waiting)) return false
    before = turn.role
  }
  return waiting.size === 0
}

/** Every waiting call is answered, once and before anything else is said. */
function answersAll(parts: readonly UserPart[], waiting: Set<string>): boolean {
  let others = false
  for (const part of parts) {
    if (!isResult(part)) others = true
    else if (others || !waiting.delete(part.callId)) return false
  }
  return waiting.size === 0
}

/** Every call has an id of its own, and all calls of a step stand in one turn. */
function asksAnew(
  parts: readonly AssistantPart[],
  before: Turn['role'] | undefined,
  taken: Set<string>,
  waiting: Set<string>,
): boolean {
  for (const part of parts) {
    if (!isCall(part)) continue
    if (before === 'assistant' || taken.has(part.id)) return false
    taken.add(part.id)
    waiting.add(part.id)
  }
  return true
}

const isCall = (part: AssistantPart): part is ToolCallPart => part.type === 'tool-call'
const isResult = (part: UserPart): part is ToolResultPart => part.type === 'tool-result'

function endOfRun(turns: readonly Turn[], from: number, belongs: (turn: Turn) => boolean): number {
  let at = from
  for (let turn = turns[at]; turn && belongs(turn); turn = turns[at]) at++
  return at
}

/** One step: what the assistant said in a row, and all that followed until it spoke again. */
function repairStep(said: readonly Turn[], followed: readonly Turn[], taken: Set<string>): readonly Turn[] {
  const asked: Asked[] = []
  const speech = said.flatMap((turn) =>
    turn.role === 'assistant' ? [withUniqueIds(turn, taken, asked)] : [],
  )
  if (asked.length === 0) return [...speech, ...followed.map((turn) => withoutAnswers(turn, new Set()))]
  const { answers, used } = answer(asked, followed)
  const [first, ...later] = followed.map((turn) => withoutAnswers(turn, used))
  const beside = first?.role === 'user' ? first.parts : []
  const start: Turn = { role: 'user', parts: [...answers, ...beside] }
  const rest = first?.role === 'user' || !first ? later : [first, ...later]
  return [...asOneTurn(speech), start, ...rest.filter(({ parts }) => parts.length > 0)]
}

/** Ids are unique in the conversation; the second `x` becomes `x_2`. */
function withUniqueIds(turn: AssistantTurn, taken: Set<string>, asked: Asked[]): AssistantTurn {
  let changed = false
  const parts = turn.parts.map((part) => {
    if (!isCall(part)) return part
    const id = freeId(part.id, taken)
    taken.add(id)
    asked.push({ written: part.id, id })
    if (id === part.id) return part
    changed = true
    return { ...part, id }
  })
  return changed ? { role: 'assistant', parts } : turn
}

function freeId(id: string, taken: ReadonlySet<string>): string {
  if (!taken.has(id)) return id
  let next = 2
  while (taken.has(`${id}_${next}`)) next++
  return `${id}_${next}`
}

/** Upstreams that pair calls and results by position want all calls of a step in one turn. */
function asOneTurn(speech: readonly AssistantTurn[]): readonly AssistantTurn[] {
  if (speech.length === 1) return speech
  return [{ role: 'assistant', parts: speech.flatMap(({ parts }) => parts) }]
}

/** An answer for every call: the first fitting result, in the order the results came, else words that there is none. */
function answer(
  asked: readonly Asked[],
  followed: readonly Turn[],
): { answers: readonly ToolResultPart[]; used: ReadonlySet<UserPart> } {
  const open = new Map<string, string[]>()
  for (const { written, id } of asked) open.set(written, [...(open.get(written) ?? []), id])
  const answers: ToolResultPart[] = []
  const used = new Set<UserPart>()
  for (const part of followed.flatMap((turn) => (turn.role === 'user' ? turn.parts : []))) {
    const id = isResult(part) ? open.get(part.callId)?.shift() : undefined
    if (id === undefined || !isResult(part)) continue
    used.add(part)
    answers.push(id === part.callId ? part : { ...part, callId: id })
  }
  const unanswered = [...open.values()].flat()
  return { answers: [...answers, ...unanswered.map(noAnswer)], used }
}

const noAnswer = (callId: string): ToolResultPart => ({
  type: 'tool-result',
  callId,
  content: [{ type: 'text', text: 'This call has no result: it was interrupted.' }],
  isError: true,
})

/** The turn without the results that were moved; a result nobody asked for is told as text. */
function withoutAnswers(turn: Turn, used: ReadonlySet<UserPart>): Turn {
  if (turn.role !== 'user' || !turn.parts.some(isResult)) return turn
  return {
    role: 'user',
    parts: turn.parts.flatMap((part): readonly UserPart[] => {
      if (!isResult(part)) return [part]
      return used.has(part) ? [] : told(part)
    }),
  }
}

function told(result: ToolResultPart): readonly (TextPart | MediaPart)[] {
  const heading = `Result of a call that is not in this conversation${result.isError ? ' (an error)' : ''}:`
  return [
    { type: 'text', text: heading },
    ...result.content.map((piece) =>
      piece.type === 'tool-reference' ? { type: 'text' as const, text: piece.name } : piece,
    ),
  ]
}
