/**
 * What to send to a target. If it speaks the client's dialect: the client's own bytes with the model name spliced, so
 * that prompt caches, signatures and unknown fields survive. Otherwise a translation, with what was lost by name.
 */

import type { ConfiguredProvider } from '../config/settings.ts'
import type { DialectId } from '../conversation/conversation.ts'
import type { Failure } from '../conversation/failure.ts'
import type { Loss } from '../conversation/loss.ts'
import type { Quirks } from '../conversation/quirks.ts'
import type { CallNames } from '../conversation/tool-names.ts'
import type { Dialect } from '../dialects/dialect.ts'
import { quirksFor } from '../providers/provider.ts'
import type { Target } from '../routing/plan.ts'
import type { RequestBody } from '../wire/exchange.ts'
import { parseJson, writeJson } from '../wire/json.ts'
import { skim } from '../wire/skim.ts'
import { applySplices, type Span, type Splice } from '../wire/span.ts'
import { textOf } from '../world/text.ts'
import { modelList, wishInBody, withModels, withWish } from './adjust.ts'
import { type Call, isFailure, type OutputBounds } from './call.ts'
import type { CallReader } from './call-reader.ts'
import { passedHeaders, translatedHeaders } from './headers.ts'

export interface Shaped {
  readonly dialect: Dialect
  /** Bytes cross as they are; otherwise everything is decoded and encoded. */
  readonly passes: boolean
  readonly quirks: Quirks
  readonly url: string
  /** Of this request alone. */
  readonly headers: Record<string, string>
  readonly body: RequestBody
  readonly lost: readonly Loss[]
  readonly names: CallNames
}

const noNames: CallNames = new Map()

export function shapeRequest(
  call: Call,
  reader: CallReader,
  target: Target,
  configured: ConfiguredProvider,
  dialects: Readonly<Record<DialectId, Dialect>>,
  bounds: OutputBounds,
  fallbacks: readonly string[] = [],
): Shaped | Failure {
  const dialect = dialects[target.dialect]
  const quirks = quirksFor(configured.provider, target.model)
  const url = upstreamUrl(configured, target, call.stream, dialect.id === call.dialect.id ? call.query : '')
  if (dialect.id === call.dialect.id) {
    const headers = passedHeaders(dialect.id, call.headers, configured)
    const own = ownProofsOnly(call, reader, dialect)
    const changed = adjusted(own, reader, target, dialect, quirks, fallbacks)
    const lost: readonly Loss[] = own ? ['thinking-proof'] : []
    return {
      dialect,
      passes: true,
      quirks,
      url,
      headers,
      body: changed ? renamed(changed, call, target.model) : spliced(call, reader, target.model),
      lost,
      names: noNames,
    }
  }
  const conversation = reader.conversation(bounds)
  if (isFailure(conversation)) return conversation
  const order = { model: target.model, stream: call.stream, quirks }
  const { body: plain, lost, names } = dialect.request.encode(withWish(conversation, target), order)
  const models = modelList(target.model, fallbacks, quirks)
  const body = models ? withModels(plain, models) : plain
  const searchOnly =
    conversation.tools.length > 0 && conversation.tools.every(({ kind }) => kind === 'web-search')
  if (searchOnly && lost.includes('web-search'))
    return { kind: 'incapable', message: `${target.provider}/${target.model} cannot search the web` }
  const headers = translatedHeaders(dialect.id, call.stream, configured)
  return { dialect, passes: false, quirks, url, headers, body, lost, names }
}

/**
 * After a switch of providers the history holds proofs that this one cannot read. Only then is a body of the same
 * dialect written anew; undefined: there is none.
 */
function ownProofsOnly(
  { body }: Call,
  reader: CallReader,
  { foreignProofs }: Dialect,
): Uint8Array | undefined {
  if (
    !foreignProofs ||
    !Buffer.from(body.buffer, body.byteOffset, body.byteLength).includes(foreignProofs.mark)
  )
    return undefined
  return Buffer.from(writeJson(foreignProofs.drop(parseJson(textOf(reader.body)))))
}

/** undefined, nearly always: nothing but splices. */
function adjusted(
  own: Uint8Array | undefined,
  reader: CallReader,
  target: Target,
  dialect: Dialect,
  quirks: Quirks,
  fallbacks: readonly string[],
): Uint8Array | undefined {
  const models = fallbacks.length > 0 ? modelList(target.model, fallbacks, quirks) : undefined
  if (!target.thinking && !models) return own
  const text = textOf(own ?? reader.body)
  const wished = target.thinking ? wishInBody(text, target.thinking, dialect, target, quirks) : text
  return Buffer.from(models ? withModels(wished, models) : wished)
}

/** The client's own bytes with the model's name, and what stands for tool results, put in. */
function spliced({ model, modelSpan, body }: Call, { splices }: CallReader, name: string): RequestBody {
  const all = modelSpan && model !== name ? [...splices, nameAt(modelSpan, name)] : splices
  return all.length === 0 ? body : applySplices(body, all)
}

function renamed(body: Uint8Array, { model, modelSpan }: Call, name: string): RequestBody {
  const span = modelSpan && model !== name ? modelSpanOf(body) : undefined
  return span ? Buffer.concat(applySplices(body, [nameAt(span, name)])) : body
}

const nameAt = (span: Span, name: string): Splice => ({ span, bytes: Buffer.from(JSON.stringify(name)) })

function modelSpanOf(body: Uint8Array): Span | undefined {
  const found = skim(body, ['model'])
  return found.kind === 'object' ? found.fields.get('model') : undefined
}

/** Base URL, the dialect's path, the provider's query and, where nothing is translated, the client's. */
export function upstreamUrl(
  { baseUrl, provider }: ConfiguredProvider,
  { dialect, model }: Target,
  stream: boolean,
  clientQuery: string,
): string {
  const pattern = provider.speaks[dialect] ?? ''
  const path = pattern.includes('{')
    ? pattern
        .replace('{model}', model.split('/').map(encodeURIComponent).join('/'))
        .replace('{method}', stream ? 'streamGenerateContent' : 'generateContent')
    : pattern
  if (dialect !== 'gemini' && !provider.query && !/%|key=/.test(clientQuery))
    return `${baseUrl}${path}${clientQuery}`
  const query = new URLSearchParams(clientQuery)
  query.delete('key')
  for (const [name, value] of Object.entries(provider.query ?? {})) query.set(name, value)
  if (dialect === 'gemini') {
    if (stream) query.set('alt', 'sse')
    else query.delete('alt')
  }
  const text = query.toString()
  return `${baseUrl}${path}${text === '' ? '' : `?${text}`}`
}
