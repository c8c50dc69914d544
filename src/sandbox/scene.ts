/** What a script sees of the request it answers, and the questions scripts ask about it. */
import type {
  Conversation,
  DialectId,
  FreeformTool,
  FunctionTool,
  MediaPart,
  ToolResultPart,
  Turn,
} from '../conversation/conversation.ts'
import { offeredTools } from '../conversation/tool-names.ts'
import { writeJson } from '../wire/json.ts'
import type { Call } from './play.ts'
import { sampleOf } from './sample.ts'

export interface Scene {
  readonly conversation: Conversation
  /** What stood behind the colons of the model name. */
  readonly parameters: readonly string[]
  readonly dialect: DialectId
}

export type OwnTool = FunctionTool | FreeformTool

/** The tools a call may be made to: none when the client forbids calls, the one it insists on first. */
export function callableTools({ conversation }: Pick<Scene, 'conversation'>): readonly OwnTool[] {
  const choice = conversation.toolChoice
  if (choice?.kind === 'none') return []
  const own = offeredTools(conversation).filter(
    (tool) => tool.kind === 'function' || tool.kind === 'freeform',
  )
  if (choice?.kind !== 'tool') return own
  return [...own].sort((a, b) => Number(b.name === choice.name) - Number(a.name === choice.name))
}

/** A call whose arguments fit the tool's schema. */
export const callOf = (tool: OwnTool): Call =>
  tool.kind === 'freeform' ? callWith(tool, 'sandbox') : callWith(tool, writeJson(sampleOf(tool.schema)))

export const callWith = (tool: OwnTool, given: string): Call => ({
  name: tool.name,
  ...(tool.namespace !== undefined && { namespace: tool.namespace }),
  ...(tool.kind === 'freeform' && { freeform: true }),
  arguments: given,
})

/** The text of the last turn in which the user said something, without tool results. */
export function lastUserText(conversation: Conversation): string {
  return conversation.turns.map(userText).findLast((said) => said !== '') ?? ''
}

export function userText(turn: Turn): string {
  if (turn.role !== 'user') return ''
  return turn.parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n')
}

export function resultsIn(turns: readonly Turn[]): readonly ToolResultPart[] {
  return turns.flatMap((turn) =>
    turn.role === 'user' ? turn.parts.flatMap((part) => (part.type === 'tool-result' ? [part] : [])) : [],
  )
}

/** The results that the last turn brought: a script that calls tools goes on to the next step then. */
export const freshResults = (conversation: Conversation): readonly ToolResultPart[] =>
  resultsIn(conversation.turns.slice(-1))

export const resultText = (result: ToolResultPart): string =>
  result.content.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n')

/** Images and files anywhere in the user's turns, also inside tool results. */
export function mediaIn(conversation: Conversation): readonly MediaPart[] {
  return conversation.turns.flatMap((turn) => {
    if (turn.role !== 'user') return []
    return turn.parts.flatMap((part) => {
      if (part.type === 'media') return [part]
      return part.type === 'tool-result' ? part.content.filter((piece) => piece.type === 'media') : []
    })
  })
}

/** The JSON text asked for by `response_format` and its kin; undefined when plain text is wanted. */
export function structuredAnswer({ output }: Conversation): string | undefined {
  if (output.kind === 'text') return undefined
  return writeJson(output.kind === 'json' ? { answer: 'sandbox' } : sampleOf(output.schema))
}

/** At most so many characters, on one line. */
export function brief(said: string, longest: number): string {
  const line = said.replace(/\s+/g, ' ').trim()
  return line.length <= longest ? line : `${line.slice(0, longest - 1)}…`
}
