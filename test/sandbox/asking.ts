/** Asks the sandbox and keeps everything that it answers. */
import type { DialectId } from '../../src/conversation/conversation.ts'
import type { Dialect } from '../../src/dialects/dialect.ts'
import type { Fixture } from '../../src/sandbox/fixtures.ts'
import { createSandbox } from '../../src/sandbox/sandbox.ts'
import type { Exchange, NetworkFault, UpstreamHeaders } from '../../src/wire/exchange.ts'
import { VirtualClock } from './virtual-clock.ts'

export interface Answer {
  status: number
  headers: UpstreamHeaders
  /** What single reads brought. */
  pieces: string[]
  ended: boolean
  fault: NetworkFault | undefined
  readonly text: string
}

export interface Asking {
  readonly answer: Answer
  readonly exchange: Exchange
  readonly clock: VirtualClock
}

export interface Question {
  readonly dialects: Readonly<Record<DialectId, Dialect>>
  readonly url: string
  readonly body: string
  readonly fixtures?: readonly Fixture[]
  readonly headTimeoutMs?: number
  readonly idleTimeoutMs?: number
}

/** Nothing has happened yet when this returns: move the clock. */
export function ask({ dialects, url, body, fixtures, ...patience }: Question): Asking {
  const clock = new VirtualClock()
  const answer = emptyAnswer()
  const send = createSandbox({ clock, dialects, ...(fixtures && { fixtures }) })
  const exchange = send(
    { method: 'POST', url, headers: {}, body, headTimeoutMs: 300_000, idleTimeoutMs: 300_000, ...patience },
    {
      head: (status, headers) => Object.assign(answer, { status, headers }),
      data: (bytes) => answer.pieces.push(new TextDecoder().decode(bytes)),
      ended: () => Object.assign(answer, { ended: true }),
      broke: (fault) => Object.assign(answer, { fault }),
    },
  )
  return { answer, exchange, clock }
}

function emptyAnswer(): Answer {
  return {
    status: 0,
    headers: {},
    pieces: [],
    ended: false,
    fault: undefined,
    get text() {
      return this.pieces.join('')
    },
  }
}

/** The whole answer, whatever pauses it makes within ten minutes. */
export function asked(question: Question): Answer {
  const { answer, clock } = ask(question)
  clock.advance(600_000)
  return answer
}
