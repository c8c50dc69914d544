/**
 * No tool call is complete before its arguments are (CONTRACT 39, 47). Stands between every decoder and encoder, so that
 * no dialect needs to know this law.
 */
import type { Stage } from '../wire/stage.ts'
import { areWhole, cutCall, mayStopWithinCall } from './call-arguments.ts'
import type { ReplyEvent } from './reply.ts'

type PartEnd = Extract<ReplyEvent, { type: 'part-end' }>

export class CallGuard implements Stage<ReplyEvent, ReplyEvent> {
  /** Arguments so far of every open call; freeform calls take any text. */
  readonly #open = new Map<number, { text: string; readonly freeform: boolean }>()

  /** Texts and thoughts: there is nothing to guard. */
  ignores(event: ReplyEvent): boolean {
    return event.type === 'part-delta' && event.text !== '' && !this.#open.has(event.index)
  }

  push(event: ReplyEvent): ReplyEvent[] {
    switch (event.type) {
      case 'part-start':
        if (this.#open.has(event.index)) return [] // begun already: nothing may reset what was said
        if (event.part.type === 'tool-call')
          this.#open.set(event.index, { text: '', freeform: event.part.freeform === true })
        return [event]
      case 'part-delta': {
        const call = this.#open.get(event.index)
        if (call) call.text += event.text
        return event.text === '' ? [] : [event]
      }
      case 'part-end':
        return this.#endPart(event)
      case 'end':
        return this.#endReply(event)
      default:
        return [event]
    }
  }

  end(): ReplyEvent[] {
    return []
  }

  #endPart(event: PartEnd): ReplyEvent[] {
    const call = this.#open.get(event.index)
    if (call && !call.freeform && !areWhole(call.text)) return []
    this.#open.delete(event.index)
    return [event]
  }

  #endReply(event: Extract<ReplyEvent, { type: 'end' }>): ReplyEvent[] {
    if (this.#open.size === 0 || mayStopWithinCall(event.reason)) return [event]
    return [{ type: 'failed', failure: cutCall }]
  }
}
