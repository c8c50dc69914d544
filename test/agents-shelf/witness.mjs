// Stands between the agents and the gateway, passes everything on, and remembers what was asked.
import { createServer, request } from 'node:http'

export async function openWitness(gatewayPort) {
  const calls = []
  const server = createServer((incoming, outgoing) => {
    const { method, url: path, headers, rawHeaders } = incoming
    const chunks = []
    const onward = request({ host: '127.0.0.1', port: gatewayPort, method, path, headers: rawHeaders })
    incoming.on('data', (chunk) => chunks.push(chunk))
    incoming.on('end', () => calls.push({ method, path, headers, body: Buffer.concat(chunks).toString() }))
    incoming.pipe(onward)
    onward.on('response', (answer) => {
      outgoing.writeHead(answer.statusCode, answer.rawHeaders)
      answer.pipe(outgoing)
    })
    onward.on('error', () => outgoing.destroy())
    outgoing.on('close', () => onward.destroy())
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    /** Requests to a model since the last time, oldest first. */
    take: () =>
      calls
        .splice(0)
        .filter((call) => call.method === 'POST' && /messages$|completions$|responses$/.test(pathOf(call))),
    close: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}

const pathOf = ({ path }) => path.replace(/\?.*/, '')
