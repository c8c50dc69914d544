/** What no client should send, byte by byte, to the built gateway as its own process: it answers, and lives. */
import { connect } from 'node:net'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type BuiltGateway, startBuiltGateway } from '../strangers/built-gateway.ts'

const patienceMs = 1_500
let gateway: BuiltGateway
beforeAll(async () => {
  gateway = await startBuiltGateway({ config: { timeouts: { client_request_ms: patienceMs } } })
})
afterAll(() => gateway.stop())

type Bytes = string | Uint8Array
interface Heard {
  readonly status: number
  readonly head: string
  readonly body: string
}

/** Sends the bytes as they are, then perhaps one more again and again; hears until the gateway closes the connection. */
function tell(bytes: readonly Bytes[], dripping = false): Promise<Heard> {
  return new Promise((over) => {
    const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1')
    const heard: Buffer[] = []
    const drip = setInterval(() => dripping && socket.writable && socket.write('x'), 100)
    socket.on('data', (chunk: Buffer) => heard.push(chunk)).on('error', () => undefined)
    socket.once('close', () => {
      clearInterval(drip)
      const text = Buffer.concat(heard).toString('utf8')
      const [head = '', ...rest] = text.split('\r\n\r\n')
      over({ status: Number(/^HTTP\/1\.1 (\d+)/.exec(head)?.[1]), head, body: rest.join('\r\n\r\n') })
    })
    for (const piece of bytes) socket.write(piece)
  })
}

const headOf = (method: string, path: string, more: readonly string[] = []): string =>
  [`${method} ${path} HTTP/1.1`, 'host: 127.0.0.1', 'connection: close', ...more, '', ''].join('\r\n')

function posted(body: Bytes, more: readonly string[] = [], path = '/v1/messages'): readonly Bytes[] {
  const length = `content-length: ${Buffer.byteLength(body)}`
  return [headOf('POST', path, ['content-type: application/json', length, ...more]), body]
}

const question = JSON.stringify({
  model: 'sandbox/text',
  max_tokens: 64,
  messages: [{ role: 'user', content: 'hello' }],
})
const chunked = (...chunks: readonly string[]): readonly Bytes[] => [
  headOf('POST', '/v1/messages', ['transfer-encoding: chunked']),
  ...chunks,
]
const chunkOf = (bytes: number): string => `${bytes.toString(16)}\r\n${'a'.repeat(bytes)}\r\n`

describe('as a process', () => {
  it.each([
    ['gzip', posted(gzipSync(question), ['content-encoding: gzip'])],
    ['br', posted(brotliCompressSync(question), ['content-encoding: br'])],
    ['nothing, after a look at the head', posted(question, ['expect: 100-continue'])],
  ])('[C24] a body packed with %s is read', async (_, bytes) => {
    const { head, body } = await tell(bytes)
    expect(`${head}${body}`).toMatch(/HTTP\/1\.1 200 OK/)
    expect(body).toContain('"type":"message"')
  })

  it.each<[what: string, status: number, bytes: readonly Bytes[]]>([
    ['[C23] a body that is no JSON', 400, posted('{"model":')],
    ['[C23] a body that is not UTF-8', 400, posted(Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d]))],
    ['[C23] a body that nests without end', 400, posted('['.repeat(200_000))],
    ['[C23] a method that a path does not have', 405, [headOf('GET', '/v1/messages')]],
    ['[C24] a packing nobody knows', 415, posted('x', ['content-encoding: lzw'])],
    ['[C24] a packing that is broken', 400, posted('x', ['content-encoding: gzip'])],
    [
      '[C22] a body that says it is too large',
      413,
      [headOf('POST', '/v1/messages', ['content-length: 99999999'])],
    ],
    ['[C22] a body that turns out to be too large', 413, chunked(...Array(48).fill(chunkOf(1_000_000)))],
    ['a header beyond all measure', 431, posted('{}', [`x-bomb: ${'a'.repeat(100_000)}`])],
    ['bytes that are no HTTP', 400, ['\x16\x03\x01 hello\r\n\r\n']],
    ['two lengths', 400, posted('{}', ['content-length: 3'])],
    ['a length and chunks', 400, posted('0\r\n\r\n', ['transfer-encoding: chunked'])],
    ['a chunk without a size', 400, chunked('zz\r\n\r\n')],
  ])('%s is refused in the caller’s dialect', async (_, status, bytes) => {
    const heard = await tell(bytes)
    expect([heard.status, heard.body]).toEqual([status, expect.stringMatching(/^\{.*\}$/s)])
    expect(heard.head).toMatch(/^request-id: \S/im)
    expect(JSON.parse(heard.body)).toMatchObject({ type: 'error', error: { message: expect.any(String) } })
  })

  it.each<[what: string, bytes: readonly Bytes[]]>([
    ['head', ['POST /v1/messages HTTP/1.1\r\nhost: 127.0.0.1\r\nx-slow: ']],
    ['body', [headOf('POST', '/v1/messages', ['content-length: 100000']), '{']],
  ])('a client that sends its %s drop by drop is not waited for', async (_, bytes) => {
    expect(await tell(bytes, true)).toMatchObject({ status: 408 })
  })

  it('lives on after all that', async () => {
    expect((await fetch(`${gateway.url}/readyz`)).status).toBe(200)
  })
})
