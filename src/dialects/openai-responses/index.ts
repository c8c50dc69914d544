/** OpenAI's Responses API. */
import { proofMark } from '../../conversation/proof-tag.ts'
import { writeJson } from '../../wire/json.ts'
import { namedFrame } from '../../wire/sse.ts'
import type { Dialect, Heard } from '../dialect.ts'
import { decodeFailure, encodeFailure, failedFrame } from './failure.ts'
import { dropForeignProofs } from './foreign-proofs.ts'
import { overhear } from './overhear.ts'
import { decodeWhole, ReplyDecoder } from './reply-decoder.ts'
import { encodeWhole, ResponsesReplyEncoder } from './reply-encoder.ts'
import { decodeRequest } from './request-decoder.ts'
import { encodeRequest } from './request-encoder.ts'
import { self } from './wire.ts'

function hear(path: string): Heard | undefined {
  switch (path) {
    case '/v1/responses':
    case '/responses':
      return { kind: 'generate' }
    case '/v1/responses/input_tokens':
    case '/responses/input_tokens':
      return { kind: 'count-tokens' }
    default:
      return undefined
  }
}

export const openaiResponses: Dialect = {
  id: self,
  hear,
  request: { decode: decodeRequest, encode: encodeRequest },
  foreignProofs: { mark: proofMark, drop: dropForeignProofs },
  reply: {
    decodeStream: () => new ReplyDecoder(),
    decodeWhole,
    encodeStream: (context) => new ResponsesReplyEncoder(context),
    encodeWhole: (events, context) => writeJson(encodeWhole(events, context)),
  },
  failure: {
    decode: decodeFailure,
    encode: (failure) => encodeFailure(failure),
    frame: (failure, _requestId, context) => failedFrame(failure, context),
  },
  overhear,
  // Comments do not reset Codex' idle timer; this event means nothing to anyone (CONTRACT 122).
  keepAlive: namedFrame('keepalive', '{"type":"keepalive"}'),
  countTokens: {
    encode: (tokens) => JSON.stringify({ object: 'response.input_tokens', input_tokens: tokens }),
  },
}
