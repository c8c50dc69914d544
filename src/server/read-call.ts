/** What must be known of a body before a call can be planned: its model, whether it streams, that it is a request at all. */
import type { DialectId } from '../conversation/conversation.ts'
import type { Failure } from '../conversation/failure.ts'
import type { Heard } from '../dialects/dialect.ts'
import type { Headers } from '../routing/agent.ts'
import { literalAt, skim, stringAt } from '../wire/skim.ts'
import type { Span } from '../wire/span.ts'
import { wrongWish } from './wrong-wish.ts'

export interface Outline {
  readonly model: string
  /** Where the body says so; absent when the path does. */
  readonly modelSpan?: Span
  readonly stream: boolean
  readonly fragile?: boolean
}

type Generate = Extract<Heard, { kind: 'generate' }>

const wanted = ['model', 'stream']

/** CONTRACT 2, 3: only the body says whether to stream, and Gemini's path. */
export function outlineOf(
  bytes: Uint8Array,
  dialect: DialectId,
  heard: Generate,
  headers: Headers,
): Outline | Failure {
  const wrong = wrongWish(headers)
  if (wrong) return wrong
  const outline = skim(bytes, heard.model === undefined ? wanted : [])
  if (outline.kind === 'malformed') return bad(outline.message)
  const { fields, fragile } = outline
  const span = heard.model === undefined ? fields.get('model') : undefined
  const model = heard.model ?? stringAt(bytes, span)
  if (!model) return bad(span ? 'model: expected the name of a model' : 'model: field required')
  const missing = fragile === undefined ? undefined : missingField(dialect, fields)
  if (missing !== undefined) return bad(`${missing}: field required`)
  return {
    model,
    ...(span && { modelSpan: span }),
    stream: heard.stream ?? literalAt(bytes, fields.get('stream'), 'true'),
    ...(fragile !== undefined && { fragile }),
  }
}

/** Any one of a row is enough. */
const required: Readonly<Record<DialectId, readonly (readonly [string, ...string[]])[]>> = {
  anthropic: [['max_tokens'], ['messages']],
  'openai-chat': [['messages']],
  'openai-responses': [['input', 'previous_response_id', 'prompt', 'conversation']],
  gemini: [['contents']],
}

const missingField = (dialect: DialectId, fields: ReadonlyMap<string, Span>): string | undefined =>
  required[dialect].find((names) => !names.some((name) => fields.has(name)))?.[0]

const bad = (message: string): Failure => ({ kind: 'bad-request', message })
