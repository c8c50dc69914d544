/** A speech as the events of a reply, with the pauses and mishaps between them in their places. */
import type { DialectId, Proof } from '../conversation/conversation.ts'
import {
  noUsage,
  type PartOpening,
  type ReplyEvent,
  type StopReason,
  type Usage,
} from '../conversation/reply.ts'
import { textTokens } from '../conversation/tokens.ts'
import type { Call, Speech, Step } from './play.ts'
import { inStreamFailure } from './trouble.ts'

export type Cue =
  | { readonly type: 'event'; readonly event: ReplyEvent }
  | { readonly type: 'wait'; readonly ms: number }
  | { readonly type: 'silence' }
  | { readonly type: 'cut' }
  | { readonly type: 'reset' }

export interface Setting {
  readonly dialect: DialectId
  readonly replyId: string
  readonly model: string
  readonly inputTokens: number
}

export function cuesOf(speech: Speech, setting: Setting): readonly Cue[] {
  const writer = new CueWriter(setting)
  for (const step of speech.steps) writer.write(step)
  return paced(shortened(writer.finish(), speech.cutAfter), speech.paceMs)
}

/** Turns steps into events one by one; keeps the next index and what has been said, for the usage. */
class CueWriter {
  readonly #setting: Setting
  readonly #cues: Cue[] = []
  #index = 0
  #made = 0
  #output = 0
  #thinking = 0
  #usage: Partial<Usage> = {}
  #stop: { readonly reason: StopReason; readonly stopSequence?: string } | undefined
  #over = false

  constructor(setting: Setting) {
    this.#setting = setting
    const { replyId, model, inputTokens } = setting
    const usage = { ...noUsage, input: inputTokens, output: 1 }
    this.#event({ type: 'start', id: replyId, model, usage })
  }

  write(step: Step): void {
    switch (step.type) {
      case 'text':
        this.#words({ type: 'text' }, typeof step.text === 'string' ? inPieces(step.text) : step.text)
        return
      case 'thinking':
        this.#thinking += textTokens(step.text)
        this.#words({ type: 'thinking' }, inPieces(step.text), proofOf(this.#setting))
        return
      case 'calls':
        this.#calls(step.calls)
        return
      case 'search':
        this.#usage = { searches: (this.#usage.searches ?? 0) + 1, ...this.#usage }
        this.#words({ ...step, id: `search_${this.#setting.replyId}${this.#index}` }, [])
        return
      case 'usage':
        this.#usage = { ...this.#usage, ...step.usage }
        return
      case 'stop':
        this.#stop = step
        return
      case 'error':
        this.#event({ type: 'failed', failure: inStreamFailure(step.trouble, this.#setting.dialect) })
        this.#over = true
        return
      default:
        this.#cues.push(step)
    }
  }

  finish(): readonly Cue[] {
    if (this.#over) return this.#cues
    this.#event({ type: 'usage', usage: this.#spent() })
    const { reason, stopSequence } = this.#stop ?? { reason: this.#made > 0 ? 'tool-calls' : 'done' }
    this.#event({ type: 'end', reason, ...(stopSequence !== undefined && { stopSequence }) })
    return this.#cues
  }

  #event(event: ReplyEvent): void {
    if (!this.#over) this.#cues.push({ type: 'event', event })
  }

  #words(part: PartOpening, pieces: readonly string[], proof?: Proof): void {
    const index = this.#index++
    this.#event({ type: 'part-start', index, part })
    for (const piece of pieces) this.#delta(index, piece)
    this.#event({ type: 'part-end', index, ...(proof && { proof }) })
  }

  #delta(index: number, said: string): void {
    this.#output += textTokens(said)
    this.#event({ type: 'part-delta', index, text: said })
  }

  /** All calls are opened before the first is closed; their pieces alternate. */
  #calls(calls: readonly Call[]): void {
    const open = calls.map((call) => {
      const index = this.#index++
      const { name, namespace, freeform } = call
      const id = `call_${this.#setting.replyId}${this.#made++}`
      const more = { ...(namespace !== undefined && { namespace }), ...(freeform && { freeform }) }
      this.#event({ type: 'part-start', index, part: { type: 'tool-call', id, name, ...more } })
      const given = call.unfinished ? call.arguments.slice(0, call.arguments.length / 2) : call.arguments
      return { index, pieces: inPieces(given), unfinished: call.unfinished === true }
    })
    const rounds = Math.max(...open.map(({ pieces }) => pieces.length))
    for (let round = 0; round < rounds; round++) {
      for (const { index, pieces } of open) {
        const piece = pieces[round]
        if (piece !== undefined) this.#delta(index, piece)
      }
    }
    for (const { index, unfinished } of open) if (!unfinished) this.#event({ type: 'part-end', index })
  }

  #spent(): Usage {
    const thinking = Math.ceil(this.#thinking)
    return {
      ...noUsage,
      input: this.#setting.inputTokens,
      output: Math.max(1, Math.ceil(this.#output)),
      ...(thinking > 0 && { thinking }),
      ...this.#usage,
    }
  }
}

/** About a dozen characters each, broken before a space where there is one. */
const inPieces = (said: string): readonly string[] => said.match(/[\s\S]{1,11}(?:\S{0,8}(?=\s|$))?/gu) ?? []

/** Providers sign their thoughts; chat upstreams do not. */
function proofOf({ dialect, replyId }: Setting): Proof | undefined {
  const value = `c2FuZGJveA${replyId}`
  switch (dialect) {
    case 'anthropic':
      return { dialect, kind: 'signature', value }
    case 'openai-responses':
      return { dialect, kind: 'encrypted', value, itemId: `rs_${replyId}` }
    case 'gemini':
      return { dialect, kind: 'thought', value }
    case 'openai-chat':
      return undefined
  }
}

function shortened(cues: readonly Cue[], cutAfter: number | undefined): readonly Cue[] {
  if (cutAfter === undefined) return cues
  let events = 0
  const end = cues.findIndex((cue) => cue.type === 'event' && ++events > cutAfter)
  return end < 0 ? cues : [...cues.slice(0, end), { type: 'cut' }]
}

function paced(cues: readonly Cue[], paceMs: number | undefined): readonly Cue[] {
  if (paceMs === undefined) return cues
  return cues.flatMap((cue): readonly Cue[] =>
    cue.type === 'event' ? [cue, { type: 'wait', ms: paceMs }] : [cue],
  )
}
