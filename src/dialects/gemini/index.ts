/** Gemini's generateContent (v1beta), heard from clients and spoken to upstreams. */

import type { Dialect } from '../dialect.ts'
import { decodeFailure, encodeFailure, failureFrame } from './failure.ts'
import { dropForeignProofs } from './foreign-proofs.ts'
import { hear } from './hear.ts'
import { overhear } from './overhear.ts'
import { decodeWhole, ReplyDecoder } from './reply-decoder.ts'
import { encodeWhole, StreamEncoder } from './reply-encoder.ts'
import { decodeRequest } from './request-decoder.ts'
import { encodeRequest } from './request-encoder.ts'
import { taggedStart } from './signature.ts'

/**
 * A silent thought. Comments and blank lines will not do: clients built on older SDKs wait for ever behind a line that
 * is not `data: `, and a chunk without parts makes a chat of the SDK forget the reply.
 */
const keepAlive =
  'data: {"candidates":[{"content":{"parts":[{"text":"","thought":true}],"role":"model"},"index":0}]}\n\n'

export const gemini: Dialect = {
  id: 'gemini',
  hear,
  request: { decode: decodeRequest, encode: encodeRequest },
  foreignProofs: { mark: taggedStart, drop: dropForeignProofs },
  reply: {
    decodeStream: () => new ReplyDecoder(),
    decodeWhole,
    encodeStream: (context) => new StreamEncoder(context),
    encodeWhole,
  },
  failure: { decode: decodeFailure, encode: encodeFailure, frame: failureFrame },
  overhear,
  keepAlive,
  countTokens: { encode: (tokens) => JSON.stringify({ totalTokens: tokens }) },
}
