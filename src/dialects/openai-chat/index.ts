/** Chat Completions: what most compatible servers speak. */
import { proofMark } from '../../conversation/proof-tag.ts'
import type { Dialect, Heard } from '../dialect.ts'
import { decodeFailure, encodeFailure, failureFrame } from './failure.ts'
import { dropForeignProofs } from './foreign-proofs.ts'
import { overhear } from './overhear.ts'
import { ChatReplyDecoder, decodeWhole } from './reply-decoder.ts'
import { ChatReplyEncoder, encodeWhole } from './reply-encoder.ts'
import { decodeRequest } from './request-decoder.ts'
import { encodeRequest } from './request-encoder.ts'

const paths = new Set(['/v1/chat/completions', '/chat/completions'])

export const openaiChat: Dialect = {
  id: 'openai-chat',
  hear: (path): Heard | undefined => (paths.has(path) ? { kind: 'generate' } : undefined),
  request: { decode: decodeRequest, encode: encodeRequest },
  foreignProofs: { mark: proofMark, drop: dropForeignProofs },
  reply: {
    decodeStream: (order) => new ChatReplyDecoder(order),
    decodeWhole,
    encodeStream: (context) => new ChatReplyEncoder(context),
    encodeWhole,
  },
  failure: {
    decode: decodeFailure,
    encode: encodeFailure,
    frame: failureFrame,
  },
  overhear,
  keepAlive: ': keep-alive\n\n',
  countTokens: { encode: (tokens) => JSON.stringify({ input_tokens: tokens }) },
}
