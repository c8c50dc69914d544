/** Which lane a reply takes: decided from its head and from what the client asked for. */
import type { Tool } from '../conversation/conversation.ts'
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

/** How the target speaks, without what was said to it. */
export interface Manner extends Pick<Shaped, 'dialect' | 'passes' | 'quirks' | 'names'> {
  /** The offered tools, where their texts are to be mended; of a request that was not read, they are read when needed. */
  readonly mended: readonly Tool[]
}

export const mendedTools = (
  { passes, quirks }: Shaped,
  reader: CallReader,
  bounds: OutputBounds,
): readonly Tool[] => (quirks.fillsOptionalTexts && !passes ? reader.tools(bounds) : [])

export interface LaneParts {
  readonly call: Call
  readonly reader: CallReader
  readonly manner: Manner
  readonly upstreamModel: string
  readonly bounds: OutputBounds
  readonly vault: Vault
  readonly maxReplyBytes: number
}

export function chooseLane(parts: LaneParts, headers: UpstreamHeaders): Lane {
  const { call, reader, manner, bounds } = parts
  const type = String(headers['content-type'] ?? '')
  const arrivesAsStream = type.includes('event-stream') || (call.stream && !type.includes('json'))
  const alike = manner.passes && arrivesAsStream === call.stream
  const order = { quirks: manner.quirks }
  if (alike) {
    const field = call.dialect.id === 'gemini' ? 'modelVersion' : 'model'
    const restorer = modelRestorer(field, parts.upstreamModel, call.model)
    if (!call.stream) return new PassWhole(manner.dialect, order, restorer, parts.maxReplyBytes)
    const decoder = manner.dialect.reply.decodeStream(order)
    return new PassStream(manner.dialect, decoder, unreadContext(call), restorer)
  }
  const context = reader.context(bounds)
  const mended = manner.passes && manner.quirks.fillsOptionalTexts ? reader.tools(bounds) : manner.mended
  const decoding = new ConversationDecoding(manner.names, parts.vault, mended)
  if (arrivesAsStream && call.stream)
    return new TranslateStream(call.dialect, context, manner.dialect.reply.decodeStream(order), decoding)
  return new WholeReplyLane({
    upstream: manner.dialect,
    client: call.dialect,
    context,
    decode: arrivesAsStream
      ? decodeCollectedStream(manner.dialect, order)
      : decodeWholeBody(manner.dialect, order),
    decoding,
    streams: call.stream,
    maxBytes: parts.maxReplyBytes,
  })
}
