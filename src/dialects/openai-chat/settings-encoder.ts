/** Sampling and limits, as far as the target takes them. */
import type { Sampling } from '../../conversation/conversation.ts'
import type { JsonObject } from '../../wire/json.ts'
import type { Speaking } from './parts-encoder.ts'

const usualStopLimit = 4

export function samplingFields(sampling: Sampling, speaking: Speaking): JsonObject {
  const { seed, presencePenalty, frequencyPenalty } = sampling
  return {
    ...limit(sampling, speaking),
    ...chance(sampling, speaking),
    ...stops(sampling, speaking),
    ...(seed !== undefined && { seed }),
    ...(presencePenalty !== undefined && { presence_penalty: presencePenalty }),
    ...(frequencyPenalty !== undefined && { frequency_penalty: frequencyPenalty }),
  }
}

function limit({ maxOutputTokens: wish }: Sampling, { quirks, lost }: Speaking): JsonObject {
  if (wish === undefined) return {}
  const { maxTokensField = 'max_tokens', maxOutputTokens: most = wish } = quirks
  if (most < wish) lost.add('max-output-tokens')
  return { [maxTokensField]: Math.min(wish, most) }
}

/** Chat has no top_k; some targets have no say in chance at all (CONTRACT 15). */
function chance({ temperature, topP, topK }: Sampling, { quirks, lost }: Speaking): JsonObject {
  if (topK !== undefined) lost.add('top-k')
  if (quirks.refusesSampling) {
    if (temperature !== undefined || topP !== undefined) lost.add('temperature')
    return {}
  }
  return {
    ...(temperature !== undefined && { temperature }),
    ...(topP !== undefined && { top_p: topP }),
  }
}

function stops({ stop = [] }: Sampling, { quirks, lost }: Speaking): JsonObject {
  const kept = stop.slice(0, quirks.maxStopSequences ?? usualStopLimit)
  if (kept.length < stop.length) lost.add('stop-sequences')
  return kept.length > 0 ? { stop: kept } : {}
}
