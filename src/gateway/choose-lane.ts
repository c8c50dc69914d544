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
  const context = alike ? unreadContext(call) : reader.context(bounds)
  const mended = shaped.quirks.fillsOptionalTexts ? context.conversation.tools : []
  const decoding = new ConversationDecoding(shaped.names, parts.vault, mended)
  const restorer = modelRestorer(
    call.dialect.id === 'gemini' ? 'modelVersion' : 'model',
    parts.upstreamModel,
    call.model,
  )
  const order = { quirks: shaped.quirks }
  if (alike && !call.stream) return new PassWhole(shaped.dialect, order, restorer, parts.maxReplyBytes)
  if (arrivesAsStream && call.stream) {
    const decoder = shaped.dialect.reply.decodeStream(order)
    return shaped.passes
      ? new PassStream(shaped.dialect, decoder, context, restorer)
      : new TranslateStream(call.dialect, context, decoder, decoding)
  }
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
