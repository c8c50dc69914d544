/** The client of a call over HTTP. */
import { type ServerResponse, validateHeaderValue } from 'node:http'
import type { Socket } from 'node:net'
import type { Client, ReplyHeaders } from '../gateway/client.ts'
import { atTurnsEnd } from '../world/at-turns-end.ts'

type Piece = Uint8Array | string
/** Names and values in turn: cheaper than an object, for us and for Node. */
type HeaderList = (string | string[])[]

/** More than this leaves at once: a text that waits, or that a slow client does not take, is held in three times its length. */
const mostCorked = 16 * 1024

export class HttpClient implements Client {
  status: number | undefined
  readonly #response: ServerResponse
  #headers: ReplyHeaders = {}
  /** Whole replies come in one piece: it waits for the end, to be sent with its length. */
  #held: Piece | undefined
  #streams = false
  #sent = false
  #gone = false
  /** Until the turn's end. */
  #corked: Socket | undefined
  /** All that there is to say. */
  #whole: Piece | undefined
  #drained: (() => void) | undefined
  #leavers: (() => void)[] = []

  constructor(response: ServerResponse) {
    this.#response = response
    this.#gone = response.destroyed
    response.on('drain', () => this.#drained?.())
    response.on('close', () => {
      if (!response.writableFinished) this.#leave()
    })
    response.on('error', () => this.#leave())
  }

  get gone(): boolean {
    return this.#gone
  }

  head(status: number, headers: ReplyHeaders): void {
    this.status = status
    this.#headers = headers
    const type = headers['content-type']
    this.#streams = typeof type === 'string' && type.startsWith('text/event-stream')
  }

  write(piece: Piece): boolean {
    if (this.#gone) return true
    if (!this.#streams && !this.#sent && this.#held === undefined) {
      this.#held = piece
      process.nextTick(() => this.#release())
      return true
    }
    if (piece.length <= mostCorked) this.#cork()
    else this.#uncork()
    this.#release()
    this.#sendHead(undefined)
    return this.#response.write(piece)
  }

  end(piece?: Piece): void {
    if (this.#gone) return
    this.#whole = this.#onlyPiece(piece)
    if (this.#whole !== undefined) {
      atTurnsEnd(this)
      return
    }
    this.#release()
    this.#sendHead(this.#sent || piece !== undefined || this.#streams ? undefined : 0)
    this.#response.end(piece)
  }

  flush(): void {
    this.#uncork()
    const whole = this.#whole
    if (whole === undefined || this.#gone) return
    this.#whole = undefined
    this.#sendHead(Buffer.byteLength(whole))
    this.#response.end(whole)
  }

  #uncork(): void {
    this.#corked?.uncork()
    this.#corked = undefined
  }

  /** What a stream says within one turn leaves together. */
  #cork(): void {
    const { socket } = this.#response
    if (this.#corked || !socket) return
    this.#corked = socket
    socket.cork()
    atTurnsEnd(this)
  }

  onDrain(act: () => void): void {
    this.#drained = act
  }

  onGone(act: () => void): void {
    if (this.#gone) queueMicrotask(act)
    else this.#leavers.push(act)
  }

  /** The reply, when it is whole and nothing of it was sent. */
  #onlyPiece(last: Piece | undefined): Piece | undefined {
    if (this.#sent || this.#streams || (this.#held !== undefined && last !== undefined)) return undefined
    const only = this.#held ?? last
    this.#held = undefined
    return only
  }

  #release(): void {
    const held = this.#held
    if (held === undefined || this.#gone) return
    this.#held = undefined
    this.#sendHead(undefined)
    this.#response.write(held)
  }

  #sendHead(length: number | undefined): void {
    if (this.#sent) return
    this.#sent = true
    const list: HeaderList = []
    for (const name in this.#headers) {
      const value = this.#headers[name]
      if (value !== undefined) list.push(name, typeof value === 'string' ? value : [...value])
    }
    if (length !== undefined) list.push('content-length', String(length))
    const own = this.#headers['request-id']
    if (this.#headers['x-request-id'] === undefined)
      list.push('x-request-id', typeof own === 'string' ? own : '')
    try {
      this.#response.writeHead(this.status ?? 500, list)
    } catch {
      this.#response.writeHead(this.status ?? 500, withoutForbidden(list))
    }
  }

  #leave(): void {
    if (this.#gone) return
    this.#gone = true
    this.#held = undefined
    const leavers = this.#leavers
    this.#leavers = []
    for (const act of leavers) act()
  }
}

/** An upstream's header may hold bytes that may not be sent on. */
function withoutForbidden(list: HeaderList): HeaderList {
  const kept: HeaderList = []
  for (let at = 0; at < list.length; at += 2) {
    const [name, value] = [String(list[at]), list[at + 1] ?? '']
    if ([value].flat().every((one) => isAllowed(name, one))) kept.push(name, value)
  }
  return kept
}

function isAllowed(name: string, value: string): boolean {
  try {
    validateHeaderValue(name, value)
    return true
  } catch {
    return false
  }
}
