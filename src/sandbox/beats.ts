/** A play as what happens on the wire, in order: heads, bytes, pauses. Written lazily, as far as somebody listens. */

import type { ReplyEvent } from '../conversation/reply.ts'
import type { Dialect, ReplyContext } from '../dialects/dialect.ts'
import { type Cue, cuesOf } from './cues.ts'
import type { Play, Speech } from './play.ts'
import { type ErrorAnswer, errorAnswer } from './trouble.ts'

/** After the last beat the exchange has ended; after `reset` it broke. */
export type Beat =
  | { readonly type: 'head'; readonly status: number; readonly headers: Readonly<Record<string, string>> }
  | { readonly type: 'data'; readonly text: string }
  | { readonly type: 'wait'; readonly ms: number }
  | { readonly type: 'silence' }
  | { readonly type: 'reset' }

export interface Staging {
  readonly dialect: Dialect
  readonly context: ReplyContext
  readonly stream: boolean
}

export function* beatsOf(play: Play, staging: Staging): Generator<Beat, void> {
  switch (play.type) {
    case 'silent':
      yield { type: 'silence' }
      return
    case 'refuse':
      yield* answered(errorAnswer(play.trouble, staging.dialect.id))
      return
    case 'body': {
      const { status, contentType, body } = play
      yield* answered({ status, headers: { 'content-type': contentType }, body })
      return
    }
    case 'speak':
      yield* spoken(play, staging)
  }
}

function* answered({ status, headers, body }: ErrorAnswer): Generator<Beat, void> {
  yield { type: 'head', status, headers }
  if (body !== '') yield { type: 'data', text: body }
}

/** Waits before the first word come before the head; a speech that begins with an error is a refusal. */
function* spoken(speech: Speech, staging: Staging): Generator<Beat, void> {
  const { replyId, model, estimatedInputTokens } = staging.context
  const words = speech.steps.findIndex((step) => step.type !== 'wait')
  for (const step of speech.steps.slice(0, Math.max(0, words))) if (step.type === 'wait') yield step
  const steps = speech.steps.slice(Math.max(0, words))
  const [first] = steps
  if (first?.type === 'error' && !first.afterHead) {
    yield* answered(errorAnswer(first.trouble, staging.dialect.id))
    return
  }
  const setting = { dialect: staging.dialect.id, replyId, model, inputTokens: estimatedInputTokens }
  const cues = cuesOf({ ...speech, steps }, setting)
  yield* staging.stream ? streamed(cues, staging) : whole(cues, staging)
}

function* streamed(cues: readonly Cue[], { dialect, context }: Staging): Generator<Beat, void> {
  const encoder = dialect.reply.encodeStream(context)
  yield {
    type: 'head',
    status: 200,
    headers: { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' },
  }
  for (const cue of cues) {
    if (cue.type === 'cut') return
    if (cue.type !== 'event') yield cue
    else {
      const text = encoder.push(cue.event)
      if (text !== '') yield { type: 'data', text }
    }
  }
}

/** All at once at the end: a cut is half a body, an error an HTTP error. */
function* whole(cues: readonly Cue[], { dialect, context }: Staging): Generator<Beat, void> {
  const said: ReplyEvent[] = []
  for (const cue of cues) {
    if (cue.type === 'event' && cue.event.type === 'failed') {
      const { status = 500, message } = cue.event.failure
      yield* answered(errorAnswer({ status, message }, dialect.id))
      return
    }
    if (cue.type === 'event') said.push(cue.event)
    else if (cue.type !== 'cut' && cue.type !== 'reset') yield cue
    else {
      const body = dialect.reply.encodeWhole([...said, { type: 'end', reason: 'other' }], context)
      yield* answered({ ...jsonHead, body: body.slice(0, body.length / 2) })
      if (cue.type === 'reset') yield cue
      return
    }
  }
  yield* answered({ ...jsonHead, body: dialect.reply.encodeWhole(said, context) })
}

const jsonHead = { status: 200, headers: { 'content-type': 'application/json' } }
