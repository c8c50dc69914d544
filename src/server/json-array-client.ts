/** Gemini's streams without `alt=sse`: the same events as one JSON list that grows. */
import type { Client, ReplyHeaders } from '../gateway/client.ts'
import { SseReader } from '../wire/sse.ts'
import type { HttpClient } from './http-client.ts'

export class JsonArrayClient implements Client {
  readonly #inner: HttpClient
  readonly #reader = new SseReader()
  #streams = false
  #begun = false

  constructor(inner: HttpClient) {
    this.#inner = inner
  }

  get gone(): boolean {
    return this.#inner.gone
  }

  get status(): number | undefined {
    return this.#inner.status
  }

  head(status: number, headers: ReplyHeaders): void {
    const type = headers['content-type']
    this.#streams = typeof type === 'string' && type.startsWith('text/event-stream')
    this.#inner.head(
      status,
      this.#streams ? { ...headers, 'content-type': 'application/json; charset=UTF-8' } : headers,
    )
  }

  write(piece: Uint8Array | string): boolean {
    return this.#inner.write(this.#streams ? this.#elements(piece) || ' ' : piece)
  }

  end(piece?: Uint8Array | string): void {
    if (!this.#streams) this.#inner.end(piece)
    else {
      const last = piece === undefined ? '' : this.#elements(piece)
      this.#inner.end(`${last}${this.#begun ? '' : '['}]`)
    }
  }

  onDrain(act: () => void): void {
    this.#inner.onDrain(act)
  }

  onGone(act: () => void): void {
    this.#inner.onGone(act)
  }

  /** Whole frames as list elements; comments say nothing, and a blank keeps the connection awake in their place. */
  #elements(piece: Uint8Array | string): string {
    let text = ''
    for (const { data } of this.#reader.push(typeof piece === 'string' ? Buffer.from(piece) : piece)) {
      text += `${this.#begun ? ',\r\n' : '['}${data}`
      this.#begun = true
    }
    return text
  }
}
