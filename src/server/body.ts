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

export async function readBody(request: IncomingMessage, maxBytes: number): Promise<BodyRead> {
  const encoding = (request.headers['content-encoding'] ?? 'identity').trim().toLowerCase()
  const unpack = unpackers[encoding]
  if (!unpack && encoding !== 'identity' && encoding !== '') return unknownEncoding(encoding)
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) return tooLarge(maxBytes)
  const packed = await gather(request, maxBytes)
  if (packed.kind !== 'body') return packed
  const read = unpack ? await unpacked(packed.bytes, unpack, maxBytes) : packed
  return read.kind === 'body' ? checked(read.bytes) : read
}

/** CONTRACT 22. */
function gather(request: IncomingMessage, maxBytes: number): Promise<BodyRead> {
  return new Promise((resolve) => {
    let chunks: Buffer[] = []
    let size = 0
    request.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size <= maxBytes) chunks.push(chunk)
      else {
        chunks = []
        resolve(tooLarge(maxBytes))
      }
    })
    request.on('end', () => {
      const [only] = chunks
      const bytes = only && chunks.length === 1 ? only : joined(chunks, size)
      chunks = []
      resolve({ kind: 'body', bytes })
    })
    request.on('close', () => resolve({ kind: 'gone' }))
    request.on('error', () => resolve({ kind: 'gone' }))
  })
}

function joined(chunks: readonly Buffer[], size: number): Buffer {
  const bytes = Buffer.concat(chunks, size)
  giveBack(chunks)
  return bytes
}

/** CONTRACT 24. */
function unpacked(bytes: Uint8Array, unpack: Unpack, maxBytes: number): Promise<BodyRead> {
  return new Promise((resolve) => {
    unpack(bytes, { maxOutputLength: maxBytes }, (error, plain) => {
      if (!error) resolve({ kind: 'body', bytes: plain })
      else if ('code' in error && error.code === 'ERR_BUFFER_TOO_LARGE') {
        const { failure } = tooLarge(maxBytes)
        resolve({ kind: 'refused', failure })
      } else resolve(refused(`the compressed body cannot be unpacked: ${error.message}`))
    })
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
