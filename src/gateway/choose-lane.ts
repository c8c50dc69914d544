/** Which lane a reply takes: decided from its head and from what the client asked for. */
import type { UpstreamHeaders } from '../wire/exchange.ts'
import type { Call, OutputBounds } from './call.ts'
import { type CallReader, unreadContext } from './call-reader.ts'
import { ConversationDecoding } from './decoding.ts'
import type { Lane } from './lane.ts'
import { modelRestorer } from './model-restorer.ts'
import { PassStream } from './pass-stream.ts'
import { PassWhole } from './pass-whole.ts'
import type { Shaped } from './shape.ts'
import { TranslateStream } from './translate-stream.ts'
import type { Vault } from './vault.ts'
import { decodeCollectedStream, decodeWholeBody, WholeReplyLane } from './whole.ts'

export interface LaneParts {
  readonly call: Call
  readonly reader: CallReader
  readonly shaped: Shaped
  readonly upstreamModel: string
  readonly bounds: OutputBounds
  readonly vault: Vault
  readonly maxReplyBytes: number
}

export function chooseLane(parts: LaneParts, headers: UpstreamHeaders): Lane {
  const { call, reader, shaped, bounds } = parts
  const type = String(headers['content-type'] ?? '')
  const arrivesAsStream = type.includes('event-stream') || (call.stream && !type.includes('json'))
  const alike = shaped.passes && arrivesAsStream === call.stream
  const order = { quirks: shaped.quirks }
  if (alike) {
    const field = call.dialect.id === 'gemini' ? 'modelVersion' : 'model'
    const restorer = modelRestorer(field, parts.upstreamModel, call.model)
    if (!call.stream) return new PassWhole(shaped.dialect, order, restorer, parts.maxReplyBytes)
    const decoder = shaped.dialect.reply.decodeStream(order)
    return new PassStream(shaped.dialect, decoder, unreadContext(call), restorer)
  }
  const context = reader.context(bounds)
  const mended = shaped.quirks.fillsOptionalTexts ? reader.tools(bounds) : []
  const decoding = new ConversationDecoding(shaped.names, parts.vault, mended)
  if (arrivesAsStream && call.stream)
    return new TranslateStream(call.dialect, context, shaped.dialect.reply.decodeStream(order), decoding)
  return new WholeReplyLane({
    upstream: shaped.dialect,
    client: call.dialect,
    context,
    decode: arrivesAsStream
      ? decodeCollectedStream(shaped.dialect, order)
      : decodeWholeBody(shaped.dialect, order),
    decoding,
    streams: call.stream,
    maxBytes: parts.maxReplyBytes,
  })
}
