/** Is anybody there? Asked without an HTTP client, which takes longer to load than it takes to find nobody. */
import { readText } from '../world/files.ts'

/** Whether something accepts connections at this address of this machine. Never rejects. */
export async function knock(url: string, patienceMs: number): Promise<boolean> {
  const { hostname, port, protocol } = new URL(url)
  const number = Number(port || (protocol === 'https:' ? 443 : 80))
  if (!mayListen(number)) return false
  const { connect } = await import('node:net')
  return new Promise((resolve) => {
    const socket = connect({ host: hostname.replace(/^\[|\]$/g, ''), port: number })
    const answer = (open: boolean) => {
      socket.destroy()
      resolve(open)
    }
    socket.setTimeout(patienceMs, () => answer(false))
    socket.once('connect', () => answer(true))
    socket.once('error', () => answer(false))
  })
}

/** Linux keeps a table of who listens, with ports in hexadecimal and `0A` for listening; elsewhere one has to try. */
function mayListen(port: number): boolean {
  const tables = ['/proc/net/tcp', '/proc/net/tcp6']
    .map(readText)
    .flatMap((read) => (read.kind === 'text' ? read.text : []))
  const listener = new RegExp(`:${port.toString(16).toUpperCase().padStart(4, '0')} [0-9A-F]+:0000 0A `)
  return tables.length === 0 || tables.some((table) => listener.test(table))
}
