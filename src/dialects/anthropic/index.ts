/** The Messages API of Anthropic. */
import { proofMark } from '../../conversation/proof-tag.ts'
import { namedFrame } from '../../wire/sse.ts'
import type { Dialect, Heard } from '../dialect.ts'
import { decodeFailure, encodeFailure, errorFrame } from './failure.ts'
import { dropForeignProofs } from './foreign-proofs.ts'
import { overhear } from './overhear.ts'
import { ReplyDecoder } from './reply-decoder.ts'
import { encodeStream, encodeWhole } from './reply-encoder.ts'
import { decodeRequest } from './request-decoder.ts'
import { encodeRequest } from './request-encoder.ts'

/** Some clients leave out `/v1` (CONTRACT 133). */
const paths: ReadonlyMap<string, Heard> = new Map([
  ['/v1/messages', { kind: 'generate' }],
  ['/messages', { kind: 'generate' }],
  ['/v1/messages/count_tokens', { kind: 'count-tokens' }],
  ['/messages/count_tokens', { kind: 'count-tokens' }],
])

export const anthropic: Dialect = {
  id: 'anthropic',
  hear: (path) => paths.get(path),
  request: { decode: decodeRequest, encode: encodeRequest },
  foreignProofs: { mark: proofMark, drop: dropForeignProofs },
  reply: {
    decodeStream: () => new ReplyDecoder(),
    decodeWhole: (body, order) => new ReplyDecoder().whole(body, order),
    encodeStream,
    encodeWhole,
  },
  failure: { decode: decodeFailure, encode: encodeFailure, frame: errorFrame },
  overhear,
  keepAlive: namedFrame('ping', '{"type":"ping"}'),
  countTokens: { encode: (tokens) => `{"input_tokens":${Math.max(1, Math.round(tokens))}}` },
}
