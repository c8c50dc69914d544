/** Listening sockets as one process gives them to the next. */
import type { Server } from 'node:net'

export interface Inherited {
  readonly host: string
  readonly port: number
  /** The file descriptor. */
  readonly fd: number
}

/** undefined: this runtime does not tell. */
export function descriptorOf(server: Server): number | undefined {
  const handle: unknown = Reflect.get(server, '_handle')
  const fd: unknown = typeof handle === 'object' && handle !== null ? Reflect.get(handle, 'fd') : undefined
  return typeof fd === 'number' && fd > 2 ? fd : undefined
}
