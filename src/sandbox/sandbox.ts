/** An upstream in the same process: speaks every dialect, needs no key, plays scripts chosen by model name or fixture. */
import { type DialectId, dialectIds } from '../conversation/conversation.ts'
import type { Failure } from '../conversation/failure.ts'
import { estimateTokens } from '../conversation/tokens.ts'
import { shortHash } from '../conversation/tool-names.ts'
import type { Dialect, Heard, ReplyContext } from '../dialects/dialect.ts'
import type { RequestBody, Send, UpstreamRequest } from '../wire/exchange.ts'
import { asFlag, asObject, asText, type Json, tryParseJson } from '../wire/json.ts'
import { type Beat, beatsOf } from './beats.ts'
import { type Fixture, fixtureFor } from './fixtures.ts'
import { readModelName } from './model-name.ts'
import { Performer, type SandboxClock } from './performer.ts'
import { scriptNamed } from './scripts/index.ts'

export interface SandboxParts {
  readonly clock: SandboxClock
  readonly dialects: Readonly<Record<DialectId, Dialect>>
  /** 24 letters and digits per reply; by default they follow from the request, so equal requests get equal replies. */
  readonly newId?: () => string
  /** Tried in order before the scripts. */
  readonly fixtures?: readonly Fixture[]
}

export function createSandbox(parts: SandboxParts): Send {
  return (request, listener) => new Performer(answer(request, parts), listener, parts.clock, request)
}

function* answer(request: UpstreamRequest, parts: SandboxParts): Generator<Beat, void> {
  const { pathname } = new URL(request.url)
  const { dialect, heard } = hear(pathname, parts.dialects)
  if (heard?.kind !== 'generate' && heard?.kind !== 'count-tokens') {
    yield* refused(dialect, { kind: 'not-found', message: `the sandbox has no ${pathname}` })
    return
  }
  const text = textIn(request.body)
  const body = tryParseJson(text)
  if (body === undefined) {
    yield* refused(dialect, { kind: 'bad-request', message: 'the body is not valid JSON' })
    return
  }
  const replyId = parts.newId?.() ?? hashed(text)
  const createdMs = parts.clock.nowMs()
  yield* survived(
    dialect,
    replied({ dialect, heard, body, replyId, createdMs, fixtures: parts.fixtures ?? [] }),
  )
}

/** What cannot be read, such as a schema nested beyond the stack, ends the reply and not the process. */
function* survived(dialect: Dialect, beats: Iterable<Beat>): Generator<Beat, void> {
  let begun = false
  try {
    for (const beat of beats) {
      yield beat
      begun = true
    }
  } catch (error) {
    const message = `the sandbox cannot read this request: ${error instanceof Error ? error.message : 'unknown'}`
    if (begun) yield { type: 'reset' }
    else yield* refused(dialect, { kind: 'bad-request', message })
  }
}

/** The dialect whose path it is; `/<dialect>` in front says it outright. */
function hear(
  path: string,
  dialects: SandboxParts['dialects'],
): { dialect: Dialect; heard?: Heard | undefined } {
  const named = dialectIds.find((id) => path.startsWith(`/${id}/`))
  if (named) return { dialect: dialects[named], heard: dialects[named].hear(path.slice(named.length + 1)) }
  for (const id of dialectIds) {
    const heard = dialects[id].hear(path)
    if (heard?.kind === 'generate' || heard?.kind === 'count-tokens') return { dialect: dialects[id], heard }
  }
  return { dialect: dialects.anthropic }
}

interface Question {
  readonly dialect: Dialect
  readonly heard: Extract<Heard, { kind: 'generate' | 'count-tokens' }>
  readonly body: Json
  readonly replyId: string
  readonly createdMs: number
  readonly fixtures: readonly Fixture[]
}

function* replied({ dialect, heard, body, replyId, createdMs, fixtures }: Question): Generator<Beat, void> {
  const conversation = dialect.request.decode(body)
  if ('kind' in conversation) {
    yield* refused(dialect, conversation)
    return
  }
  const estimatedInputTokens = estimateTokens(conversation)
  if (heard.kind === 'count-tokens') {
    yield { type: 'head', status: 200, headers: { 'content-type': 'application/json' } }
    yield { type: 'data', text: dialect.countTokens.encode(estimatedInputTokens) }
    return
  }
  const model = decoded(heard.model ?? asText(asObject(body)['model']) ?? '')
  const { script, parameters } = readModelName(model)
  const scene = { conversation, parameters, dialect: dialect.id }
  const play = fixtureFor(fixtures, model, conversation) ?? scriptNamed(script).play(scene)
  const context: ReplyContext = { replyId, model, createdMs, estimatedInputTokens, conversation }
  const stream = heard.stream ?? asFlag(asObject(body)['stream']) ?? false
  yield* beatsOf(play, { dialect, context, stream })
}

/** The gateway's own mistake or a caller's: told in the dialect's words. */
function* refused(dialect: Dialect, failure: Failure): Generator<Beat, void> {
  const { status, body } = dialect.failure.encode(failure, 'req_sandbox')
  yield { type: 'head', status, headers: { 'content-type': 'application/json' } }
  yield { type: 'data', text: body }
}

function decoded(model: string): string {
  try {
    return decodeURIComponent(model)
  } catch {
    return model
  }
}

const hashed = (text: string): string => [text, `${text}1`, `${text}2`].map(shortHash).join('')

function textIn(body: RequestBody): string {
  if (typeof body === 'string') return body
  const decoder = new TextDecoder()
  if (body instanceof Uint8Array) return decoder.decode(body)
  return body.map((piece) => decoder.decode(piece, { stream: true })).join('') + decoder.decode()
}
