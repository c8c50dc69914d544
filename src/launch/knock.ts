/** Is anybody there? Costs a connection and no more: an HTTP client takes longer to load than to find nobody. */
import { connect } from 'node:net'

/** Whether something accepts connections at this address. Never rejects. */
export function knock(url: string, patienceMs: number): Promise<boolean> {
  const { hostname, port, protocol } = new URL(url)
  const host = hostname.replace(/^\[|\]$/g, '')
  return new Promise((resolve) => {
    const socket = connect({ host, port: Number(port || (protocol === 'https:' ? 443 : 80)) })
    const answer = (open: boolean) => {
      socket.destroy()
      resolve(open)
    }
    socket.setTimeout(patienceMs, () => answer(false))
    socket.once('connect', () => answer(true))
    socket.once('error', () => answer(false))
  })
}
