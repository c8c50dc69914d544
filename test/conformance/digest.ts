/** A conversation in readable lines, so that what reached an upstream can be compared with what was meant. */
import type {
  AssistantPart,
  Conversation,
  MediaPart,
  Proof,
  Tool,
  ToolResultPart,
  UserPart,
} from '../../src/conversation/conversation.ts'
import { writeJson } from '../../src/wire/json.ts'
import { spelled } from './heard.ts'

export function digest(conversation: Conversation): string[] {
  const ids = new Map<string, string>()
  const short = (id: string): string => {
    if (!ids.has(id)) ids.set(id, `#${ids.size + 1}`)
    return ids.get(id) ?? id
  }
  return [
    ...conversation.tools.map(toolLine),
    ...settings(conversation),
    ...conversation.system.flatMap(({ text }) => text.split('\n\n').map((line) => `system: ${line}`)),
    ...conversation.turns.flatMap((turn) =>
      turn.role === 'system'
        ? turn.parts.map(({ text }) => `guidance: ${text}`)
        : turn.parts.map((part) => `${turn.role}: ${partLine(part, short)}`),
    ),
  ]
}

function toolLine(tool: Tool): string {
  switch (tool.kind) {
    case 'function': {
      const name = tool.namespace === undefined ? tool.name : `${tool.namespace}/${tool.name}`
      return `tool: ${name} ${writeJson(tool.schema)}${tool.deferred ? ' deferred' : ''}`
    }
    case 'freeform':
      return `tool: ${tool.namespace === undefined ? '' : `${tool.namespace}/`}${tool.name} freeform`
    case 'web-search':
      return `tool: web search${tool.allowedDomains ? ` in ${tool.allowedDomains.join(' ')}` : ''}`
    case 'foreign':
      return `tool: ${tool.type} of ${tool.dialect}`
  }
}

function settings({ sampling, thinking, output, toolChoice, parallelToolCalls }: Conversation): string[] {
  const { maxOutputTokens, temperature, topP, topK, stop, seed } = sampling
  const { kind, budgetTokens, effort } = thinking
  const lines: (string | false)[] = [
    toolChoice !== undefined &&
      `choice: ${toolChoice.kind === 'tool' ? `tool ${toolChoice.name}` : toolChoice.kind}`,
    parallelToolCalls === false && 'one call at a time',
    maxOutputTokens !== undefined && `limit: ${maxOutputTokens}`,
    temperature !== undefined && `temperature: ${temperature}`,
    topP !== undefined && `top_p: ${topP}`,
    topK !== undefined && `top_k: ${topK}`,
    stop !== undefined && `stop: ${stop.join(' ')}`,
    seed !== undefined && `seed: ${seed}`,
    kind !== 'default' &&
      `thinking: ${[kind, budgetTokens, effort].filter((word) => word !== undefined).join(' ')}`,
    output.kind !== 'text' &&
      `output: ${output.kind}${output.kind === 'json-schema' ? ` ${writeJson(output.schema)}` : ''}`,
  ]
  return lines.filter((line) => line !== false)
}

type Short = (id: string) => string

function partLine(part: UserPart | AssistantPart, short: Short): string {
  switch (part.type) {
    case 'text':
      return part.text
    case 'media':
      return mediaWord(part)
    case 'thinking':
      return `(thinks ${part.text}${proofWord(part.proof)})`
    case 'tool-call':
      return callLine(part, short)
    case 'tool-result':
      return resultLine(part, short)
    case 'search':
      return `(searched ${part.query}: ${part.results.map(({ url }) => url).join(' ')})`
    case 'foreign':
      return `(${part.dialect} only)`
  }
}

const proofWord = (proof: Proof | undefined): string =>
  proof === undefined ? '' : ` ⟨${proof.dialect} ${proof.value}⟩`

function callLine(part: Extract<AssistantPart, { type: 'tool-call' }>, short: Short): string {
  const name = part.namespace === undefined ? part.name : `${part.namespace}/${part.name}`
  const args = part.freeform ? part.arguments : spelled(part.arguments)
  return `calls ${short(part.id)} ${name} ${args}${proofWord(part.proof)}`
}

function resultLine(part: ToolResultPart, short: Short): string {
  const content = part.content.map((piece) => {
    if (piece.type === 'text') return piece.text
    return piece.type === 'media' ? mediaWord(piece) : `[tool ${piece.name}]`
  })
  return `result ${short(part.callId)}${part.isError ? ' (error)' : ''}: ${content.join(' + ')}`
}

function mediaWord({ mediaType, source }: MediaPart): string {
  switch (source.kind) {
    case 'base64':
      return `[${mediaType} ${source.data}]`
    case 'url':
      return `[${mediaType} at ${source.url}]`
    case 'text':
      return `[${mediaType}: ${source.text}]`
    case 'file':
      return `[${mediaType} kept as ${source.id}]`
  }
}
