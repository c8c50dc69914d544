/** A sentence of events, collected: what a non-streamed reply is written from (CONTRACT 119). */
import type { Proof } from './conversation.ts'
import type { Failure } from './failure.ts'
import { noUsage, type PartOpening, type ReplyEvent, type StopReason, type Usage } from './reply.ts'

export interface WholeReply {
  readonly id: string
  readonly model: string
  /** In order of their start; an unfinished tool call is left out. */
  readonly parts: readonly WholePart[]
  readonly usage: Usage
  readonly reason: StopReason
  readonly stopSequence?: string
  readonly failure?: Failure
}

export interface WholePart {
  readonly opening: PartOpening
  readonly text: string
  readonly proof?: Proof
}

interface Growing {
  readonly opening: PartOpening
  text: string
  proof?: Proof
  ended: boolean
}

export function wholeReply(events: readonly ReplyEvent[]): WholeReply {
  const growing = new Map<number, Growing>()
  let start = { id: '', model: '' }
  let usage = noUsage
  let ending: Pick<WholeReply, 'reason' | 'stopSequence' | 'failure'> = { reason: 'other' }
  for (const event of events) {
    switch (event.type) {
      case 'start':
        start = { id: event.id, model: event.model }
        usage = event.usage ?? usage
        break
      case 'usage':
        usage = event.usage
        break
      case 'end':
        ending = {
          reason: event.reason,
          ...(event.stopSequence !== undefined && { stopSequence: event.stopSequence }),
        }
        break
      case 'failed':
        ending = { reason: 'other', failure: event.failure }
        break
      default:
        grow(growing, event)
    }
  }
  const parts = [...growing.entries()].sort(([a], [b]) => a - b).map(([, part]) => part)
  return { ...start, usage, ...ending, parts: parts.filter(isWhole) }
}

function grow(parts: Map<number, Growing>, event: Extract<ReplyEvent, { index: number }>): void {
  if (event.type === 'part-start') {
    parts.set(event.index, { opening: event.part, text: '', ended: false })
    return
  }
  const part = parts.get(event.index)
  if (!part) return
  if (event.type === 'part-delta') part.text += event.text
  else {
    part.ended = true
    if (event.proof) part.proof = event.proof
  }
}

const isWhole = (part: Growing): boolean => part.ended || part.opening.type === 'text'
