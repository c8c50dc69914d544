/** The client of a call over a WebSocket: each event of the stream is a message. */
import type { WebSocket } from 'ws'
import type { SocketSession } from '../dialects/openai-responses/socket.ts'
import type { Client, ReplyHeaders } from '../gateway/client.ts'
import { SseReader } from '../wire/sse.ts'

/** So much may wait for a slow reader before the upstream is paused (CONTRACT 106). */
const highWaterBytes = 256 * 1024

export class SocketClient implements Client {
  status: number | undefined
  readonly #socket: WebSocket
  readonly #session: SocketSession
  readonly #whenOver: () => void
  readonly #reader = new SseReader()
  #headers: ReplyHeaders = {}
  /** A refusal's body, until it is whole. */
  #refusal = ''
  #gone = false
  #drained: (() => void) | undefined
  #leavers: (() => void)[] = []

  constructor(socket: WebSocket, session: SocketSession, whenOver: () => void) {
    this.#socket = socket
    this.#session = session
    this.#whenOver = whenOver
  }

  get gone(): boolean {
    return this.#gone
  }

  head(status: number, headers: ReplyHeaders): void {
    this.status = status
    this.#headers = headers
  }

  write(piece: Uint8Array | string): boolean {
    if (this.#gone) return true
    if (this.#refuses()) this.#refusal += text(piece)
    else for (const { data } of this.#reader.push(bytes(piece))) this.#say(data)
    return this.#socket.bufferedAmount < highWaterBytes
  }

  end(piece?: Uint8Array | string): void {
    if (this.#gone) return
    if (piece !== undefined) this.write(piece)
    if (this.#refuses())
      this.#socket.send(this.#session.refused(this.status ?? 500, this.#refusal, this.#headers))
    else this.#session.dropped()
    this.#whenOver()
  }

  onDrain(act: () => void): void {
    this.#drained = act
  }

  onGone(act: () => void): void {
    if (this.#gone) queueMicrotask(act)
    else this.#leavers.push(act)
  }

  /** The socket closed. */
  leave(): void {
    if (this.#gone) return
    this.#gone = true
    const leavers = this.#leavers
    this.#leavers = []
    for (const act of leavers) act()
  }

  #refuses(): boolean {
    return (this.status ?? 200) >= 400
  }

  #say(data: string): void {
    if (data === '[DONE]') return
    this.#session.sent(data)
    this.#socket.send(data, () => {
      if (this.#socket.bufferedAmount === 0) this.#drained?.()
    })
  }
}

const text = (piece: Uint8Array | string): string =>
  typeof piece === 'string' ? piece : new TextDecoder().decode(piece)
const bytes = (piece: Uint8Array | string): Uint8Array =>
  typeof piece === 'string' ? Buffer.from(piece) : piece
