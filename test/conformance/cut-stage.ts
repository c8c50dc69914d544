/** Many short plays of the same question, each before a gateway of its own; the upstream's answer comes in any pieces. */
import type { DialectId } from '../../src/conversation/conversation.ts'
import { type Played, type RememberingClient, rig, settled, simpleRequest } from '../gateway/rig.ts'
import { faultsOf, type Heard, hear } from './heard.ts'

export class CutStage {
  readonly #from: DialectId
  readonly #set: Parameters<typeof rig>[0]
  readonly #judged = new Map<string, Verdict>()

  constructor(from: DialectId, to: DialectId, streamed = true) {
    const usage = from === 'openai-chat' ? { stream_options: { include_usage: true } } : {}
    const question = simpleRequest(from, streamed ? usage : { stream: false })
    this.#from = from
    this.#set = { from, to, body: JSON.stringify(question), callId: 'cut', stream: streamed }
  }

  /** Asks, lets the upstream answer, and returns the client as it is when all has been said. */
  async play(answer: (upstream: Played) => void): Promise<RememberingClient> {
    const { client, last } = rig(this.#set)
    await settled()
    answer(last())
    await settled()
    if (!client.ended) client.leave()
    return client
  }

  stream(...pieces: readonly Uint8Array[]): Promise<RememberingClient> {
    return this.play(({ listener }) => {
      listener.head(200, { 'content-type': 'text/event-stream' })
      for (const piece of pieces) listener.data(piece)
      listener.ended()
    })
  }

  /** What the client makes of a text; equal texts are read once. */
  judge(text: string): Verdict {
    const known = this.#judged.get(text)
    if (known) return known
    const unix = text.replaceAll('\r\n', '\n')
    const verdict = {
      heard: hear(this.#from, unix, true),
      faults: faultsOf[this.#from](unix).filter((fault) => !ofUnread(fault)),
      failed: failures[this.#from].test(unix),
    }
    this.#judged.set(text, verdict)
    return verdict
  }
}

/** A stream that passed unread is closed by an error that cannot repeat its items. */
const ofUnread = (fault: string): boolean => fault.startsWith('response.failed: output differs')

export interface Verdict {
  readonly heard: Heard
  readonly faults: readonly string[]
  /** The stream ended in its dialect's error frame. */
  readonly failed: boolean
}

const failures: Readonly<Record<DialectId, RegExp>> = {
  anthropic: /\nevent: error\ndata: .*\n\n$/,
  'openai-chat': /data: \{[^\n]*"error":\{[^\n]*\n\n(data: \[DONE\]\n\n)?$/,
  'openai-responses': /\nevent: response\.failed\ndata: .*\n\n$/,
  gemini: /data: \{"error":\{.*\n\n$/,
}
