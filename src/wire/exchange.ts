/** One HTTP exchange with an upstream, as the gateway sees it: a real socket or the sandbox in the same process. */

/** In pieces where joining them would copy much. */
export type RequestBody = Uint8Array | string | readonly Uint8Array[]

export const lengthOf = (body: RequestBody): number =>
  typeof body === 'string' || body instanceof Uint8Array
    ? body.length
    : body.reduce((sum, piece) => sum + piece.length, 0)

export interface UpstreamRequest {
  readonly method: 'GET' | 'POST'
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: RequestBody
  /** No head within this time is a timeout. */
  readonly headTimeoutMs: number
  /** No byte within this time is a timeout. */
  readonly idleTimeoutMs: number
}

/** What an upstream does. After `ended` or `broke` nothing more is said. */
export interface UpstreamListener {
  head(status: number, headers: UpstreamHeaders): void
  /** What one read brought. */
  data(bytes: Uint8Array): void
  ended(): void
  broke(fault: NetworkFault): void
}

/** Lower-cased names. */
export type UpstreamHeaders = Readonly<Record<string, string | readonly string[] | undefined>>

export interface NetworkFault {
  readonly kind: 'unreachable' | 'timeout' | 'cut'
  /** In words for people; never holds a key. */
  readonly message: string
}

/** The gateway's hold on an exchange. `abort` is final and silent. */
export interface Exchange {
  pause(): void
  resume(): void
  abort(): void
}

export type Send = (request: UpstreamRequest, listener: UpstreamListener) => Exchange
