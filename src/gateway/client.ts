/** The client's end of a call, whatever carries it: an HTTP response or a WebSocket. */
export interface Client {
  /** True once the client has left. */
  readonly gone: boolean
  head(status: number, headers: ReplyHeaders): void
  /** false: the client reads more slowly than we write; wait for `onDrain`. */
  write(piece: Uint8Array | string): boolean
  end(piece?: Uint8Array | string): void
  onDrain(act: () => void): void
  /** Called once, when the client leaves before the reply has ended. */
  onGone(act: () => void): void
}

export type ReplyHeaders = Readonly<Record<string, string | readonly string[] | undefined>>
