/**
 * What matters in a Messages stream that passes through unread: counters, why it stopped, that it is over, errors, and
 * whether calls are whole when they are closed.
 */
import { areWhole, grown, mayStopWithinCall } from '../../conversation/call-arguments.ts'
import { standsAt, type UsualPiece, UsualPieces } from '../../conversation/call-pieces.ts'
import { asNumber, asObject, asText, isObject, type JsonObject, tryParseJson } from '../../wire/json.ts'
import { namedFrame, type SseFrame } from '../../wire/sse.ts'
import type { Listener, Overheard, Overhearing } from '../dialect.ts'
import { decodeStreamError } from './failure.ts'
import { readStopReason, readUsage } from './wire.ts'

const nothing: Overheard = {}
/** Of the kinds of use, `tool_use` is one: a short needle costs little, and what it finds in vain is only read in vain. */
const usual: readonly string[] = ['"message_', '"error"', '_use"']
const withinCall: readonly string[] = [...usual, '"input_json_delta"', '"content_block_st']
const after = '"}}\n\n'
const usualPiece: UsualPiece = {
  begins:
    /(?:event: ?content_block_delta\n)?data: ?\{"type": ?"content_block_delta", ?"index": ?(\d+), ?"delta": ?\{"type": ?"input_json_delta", ?"partial_json": ?"/y,
  ends: (frames, at) => (standsAt(frames, at, after) ? after : undefined),
}

class MessageListener implements Listener {
  /** Arguments so far of calls that were not closed. */
  readonly #calls = new Map<number, string>()
  readonly #pieces = new UsualPieces(usualPiece, (at, text) => this.#grow(at, text))
  /** A call was closed before it was whole. */
  #cut = false
  #mayBeCut = false

  /** Frames that only speak of these words are read in vain; they say nothing here. */
  get needles(): readonly string[] {
    return this.#calls.size > 0 || this.#cut ? withinCall : usual
  }

  read({ event, data }: SseFrame): Overheard {
    this.#pieces.flush()
    const value = tryParseJson(data)
    if (!isObject(value)) return nothing
    switch (value['type'] ?? event) {
      case 'message_start':
        return { usage: readUsage(asObject(value['message'])['usage']) }
      case 'message_delta':
        return this.#stop(value)
      case 'message_stop':
        return { over: true, ...(this.#isCut() && { cutCall: 'stop' }) }
      case 'error':
        return { failure: decodeStreamError(value) }
      case 'content_block_start':
      case 'content_block_delta':
      case 'content_block_stop':
        return this.#block(value)
      default:
        return isObject(value['error']) && value['type'] === undefined
          ? { failure: decodeStreamError(value) }
          : nothing
    }
  }

  skim(frames: string, from: number): number {
    return this.#calls.size === 0 ? from : this.#pieces.skim(frames, from)
  }

  #block(value: JsonObject): Overheard {
    const at = asNumber(value['index']) ?? 0
    const delta = asObject(value['delta'])
    const { type: kind } = asObject(value['content_block'])
    if (value['type'] === 'content_block_delta') this.#grow(at, asText(delta['partial_json']) ?? '')
    else if (value['type'] === 'content_block_stop') return this.#close(at)
    else if (this.#cut) return { cutCall: 'stop' }
    else if (kind === 'tool_use') this.#calls.set(at, '')
    return nothing
  }

  #grow(at: number, piece: string): void {
    const text = this.#calls.get(at)
    if (text !== undefined) this.#calls.set(at, grown(text, piece))
  }

  #close(at: number): Overheard {
    const isWhole = areWhole(this.#calls.get(at) ?? '')
    this.#calls.delete(at)
    if (isWhole) return nothing
    this.#cut = true
    return { cutCall: 'withhold' }
  }

  #stop(value: JsonObject): Overheard {
    const usage = readUsage(value['usage'])
    const reason = readStopReason(asObject(value['delta'])['stop_reason'])
    if (!reason) return { usage }
    this.#mayBeCut = mayStopWithinCall(reason)
    return { usage, reason, ...(this.#isCut() && { cutCall: 'stop' }) }
  }

  /** It stops, and a call is not whole without there being a reason. */
  #isCut(): boolean {
    return !this.#mayBeCut && (this.#cut || [...this.#calls.values()].some((text) => !areWhole(text)))
  }
}

export const overhear: Overhearing = {
  listen: () => new MessageListener(),
  namesModelOnce: true,
  closing: namedFrame('message_stop', '{"type":"message_stop"}'),
}
