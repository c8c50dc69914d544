/** Reads a request's body: bounded in size, unpacked, and surely UTF-8. */
import { isUtf8 } from 'node:buffer'
import type { IncomingMessage } from 'node:http'
import zlib from 'node:zlib'
import type { Failure } from '../conversation/failure.ts'
import { giveBack } from '../world/give-back.ts'

export type BodyRead =
  | { readonly kind: 'body'; readonly bytes: Uint8Array }
  /** `unread`: the client is still sending what nobody wants. `status`: when the failure's own is not exact. */
  | { readonly kind: 'refused'; readonly failure: Failure; readonly status?: number; readonly unread?: true }
  /** The client left while it was sending. */
  | { readonly kind: 'gone' }

type Unpack = (bytes: Uint8Array, options: { maxOutputLength: number }, done: Unpacked) => void
type Unpacked = (error: Error | null, bytes: Uint8Array) => void

/** Node 22.15 and later. */
const zstd: unknown = Reflect.get(zlib, 'zstdDecompress')
const isUnpack = (value: unknown): value is Unpack => typeof value === 'function'

const unpackers: Readonly<Record<string, Unpack>> = {
  gzip: zlib.gunzip,
  'x-gzip': zlib.gunzip,
  deflate: zlib.inflate,
  br: zlib.brotliDecompress,
  ...(isUnpack(zstd) && { zstd }),
}

/** Never rejects. */
export function readBody(request: IncomingMessage, maxBytes: number): Promise<BodyRead> {
  const encoding = (request.headers['content-encoding'] ?? 'identity').trim().toLowerCase()
  const unpack = unpackers[encoding]
  if (!unpack && encoding !== 'identity' && encoding !== '') return Promise.resolve(unknownEncoding(encoding))
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) return Promise.resolve(tooLarge(maxBytes))
  return new Promise((resolve) => {
    gather(request, maxBytes, (read) => {
      if (read.kind !== 'body') resolve(read)
      else if (unpack) unpacked(read.bytes, unpack, maxBytes, resolve)
      else resolve(checked(read.bytes))
    })
  })
}

type Take = (read: BodyRead) => void

/** CONTRACT 22. */
function gather(request: IncomingMessage, maxBytes: number, done: Take): void {
  let isTaken = false
  const take: Take = (read) => {
    if (isTaken) return
    isTaken = true
    done(read)
  }
  let chunks: Buffer[] = []
  let size = 0
  request.on('data', (chunk: Buffer) => {
    size += chunk.length
    if (size <= maxBytes) chunks.push(chunk)
    else {
      chunks = []
      take(tooLarge(maxBytes))
    }
  })
  request.on('end', () => {
    if (!isTaken) take({ kind: 'body', bytes: joined(chunks, size) })
    chunks = []
  })
  request.on('close', () => take({ kind: 'gone' }))
  request.on('error', () => take({ kind: 'gone' }))
}

function joined(chunks: readonly Buffer[], size: number): Buffer {
  const [only] = chunks
  if (only && chunks.length === 1) return only
  const bytes = Buffer.concat(chunks, size)
  giveBack(chunks)
  return bytes
}

/** CONTRACT 24. */
function unpacked(bytes: Uint8Array, unpack: Unpack, maxBytes: number, take: Take): void {
  unpack(bytes, { maxOutputLength: maxBytes }, (error, plain) => {
    if (!error) take(checked(plain))
    else if ('code' in error && error.code === 'ERR_BUFFER_TOO_LARGE') {
      const { failure } = tooLarge(maxBytes)
      take({ kind: 'refused', failure })
    } else take(refused(`the compressed body cannot be unpacked: ${error.message}`))
  })
}

const byteOrderMark = [0xef, 0xbb, 0xbf]

function checked(bytes: Uint8Array): BodyRead {
  if (!isUtf8(bytes)) return refused('the body is not valid UTF-8')
  const marked = byteOrderMark.every((byte, at) => bytes[at] === byte)
  const plain = marked ? bytes.subarray(3) : bytes
  return plain.length === 0
    ? refused('the body is empty; a JSON object is expected')
    : { kind: 'body', bytes: plain }
}

const refused = (message: string): BodyRead => ({
  kind: 'refused',
  failure: { kind: 'bad-request', message },
})

const unknownEncoding = (encoding: string): BodyRead => ({
  kind: 'refused',
  failure: {
    kind: 'bad-request',
    message: `content-encoding ${encoding.slice(0, 40)} is not supported; send ${Object.keys(unpackers).join(', ')} or none`,
  },
  status: 415,
  unread: true,
})

const tooLarge = (maxBytes: number) =>
  ({
    kind: 'refused',
    failure: {
      kind: 'too-large',
      message: `the request body is larger than ${maxBytes} bytes (limits.max_body_bytes in config.json)`,
    },
    unread: true,
  }) as const satisfies BodyRead
