/** generationConfig: sampling, limits and the form of the output. */
import type { OutputFormat, Sampling } from '../../conversation/conversation.ts'
import type { Quirks } from '../../conversation/quirks.ts'
import { asList, asNumber, asText, type Json, type JsonObject } from '../../wire/json.ts'
import type { Notes } from './notes.ts'
import { fromGeminiSchema } from './schema.ts'
import { looseNumber, pick } from './wire.ts'

const stopLimit = 5
/** A schema in generationConfig has no name; other dialects want one. */
const schemaName = 'response'

const numbers = [
  ['maxOutputTokens', 'max_output_tokens', 'maxOutputTokens'],
  ['temperature', 'temperature', 'temperature'],
  ['topP', 'top_p', 'topP'],
  ['topK', 'top_k', 'topK'],
  ['seed', 'seed', 'seed'],
  ['presencePenalty', 'presence_penalty', 'presencePenalty'],
  ['frequencyPenalty', 'frequency_penalty', 'frequencyPenalty'],
] as const

export function decodeSampling(config: JsonObject, notes: Notes): Sampling {
  const sampling: { -readonly [K in keyof Sampling]: Sampling[K] } = {}
  for (const [camel, snake, name] of numbers) {
    const raw = pick(config, camel, snake)
    if (raw === undefined) continue
    const value = asNumber(looseNumber(raw))
    if (value === undefined) notes.wrong(`generationConfig.${camel}`, 'must be a number')
    else sampling[name] = value
  }
  const stop = asList(pick(config, 'stopSequences', 'stop_sequences')).filter(
    (one) => typeof one === 'string',
  )
  if (stop.length > 0) sampling.stop = stop
  return sampling
}

export function decodeOutput(config: JsonObject, notes: Notes): OutputFormat {
  const type = asText(pick(config, 'responseMimeType', 'response_mime_type')) ?? 'text/plain'
  const json =
    pick(config, 'responseJsonSchema', 'response_json_schema') ??
    pick(config, '_responseJsonSchema', '_response_json_schema')
  const own = pick(config, 'responseSchema', 'response_schema')
  const schema = json ?? (own === undefined ? undefined : fromGeminiSchema(own))
  if (type === 'application/json')
    return schema === undefined ? { kind: 'json' } : { kind: 'json-schema', name: schemaName, schema }
  if (schema !== undefined || type !== 'text/plain') notes.lose('output-schema')
  return { kind: 'text' }
}

/** The rest of generationConfig, which no conversation holds. */
export function noteUnsaid(config: JsonObject, notes: Notes): void {
  if ((asNumber(looseNumber(pick(config, 'candidateCount', 'candidate_count'))) ?? 1) > 1)
    notes.lose('choices')
  if (pick(config, 'responseLogprobs', 'response_logprobs') === true || config['logprobs'] !== undefined)
    notes.lose('logprobs')
  const modalities = asList(pick(config, 'responseModalities', 'response_modalities'))
  const beyondText = modalities.some((one) => asText(one)?.toUpperCase() !== 'TEXT')
  const other = ['mediaResolution', 'media_resolution', 'speechConfig', 'speech_config', 'imageConfig']
  if (beyondText || other.some((field) => config[field] !== undefined)) notes.lose('unknown-field')
}

export function encodeSampling(sampling: Sampling, quirks: Quirks, notes: Notes): JsonObject {
  const { stop } = sampling
  const limit = quirks.maxStopSequences ?? stopLimit
  if (stop && stop.length > limit) notes.lose('stop-sequences')
  const maxOutputTokens = clamped(sampling.maxOutputTokens, quirks.maxOutputTokens, notes)
  return {
    ...(maxOutputTokens !== undefined && { maxOutputTokens }),
    ...encodeTaste(sampling, quirks, notes),
    ...(stop && stop.length > 0 && limit > 0 && { stopSequences: stop.slice(0, limit) }),
    ...(sampling.seed !== undefined && { seed: sampling.seed }),
    ...(sampling.presencePenalty !== undefined && { presencePenalty: sampling.presencePenalty }),
    ...(sampling.frequencyPenalty !== undefined && { frequencyPenalty: sampling.frequencyPenalty }),
  }
}

function encodeTaste({ temperature, topP, topK }: Sampling, quirks: Quirks, notes: Notes): JsonObject {
  if (quirks.refusesSampling !== true) {
    return {
      ...(temperature !== undefined && { temperature }),
      ...(topP !== undefined && { topP }),
      ...(topK !== undefined && { topK }),
    }
  }
  if (temperature !== undefined || topP !== undefined) notes.lose('temperature')
  if (topK !== undefined) notes.lose('top-k')
  return {}
}

function clamped(wish: number | undefined, limit: number | undefined, notes: Notes): number | undefined {
  if (wish === undefined || limit === undefined || wish <= limit) return wish
  notes.lose('max-output-tokens')
  return limit
}

/** `plainOnly`: the target refuses JSON output in this request. */
export function encodeOutput(
  output: OutputFormat,
  quirks: Quirks,
  plainOnly: boolean,
  notes: Notes,
): JsonObject {
  if (output.kind === 'text') {
    if (output.verbosity !== undefined) notes.lose('verbosity')
    return {}
  }
  const ability = plainOnly ? 'none' : (quirks.structuredOutput ?? 'schema')
  if (output.kind === 'json-schema' && ability !== 'schema') notes.lose('output-schema')
  if (output.kind === 'json' && ability === 'none') notes.lose('output-json')
  if (ability === 'none') return {}
  const responseMimeType = 'application/json'
  return output.kind === 'json-schema' && ability === 'schema'
    ? { responseMimeType, responseJsonSchema: output.schema satisfies Json }
    : { responseMimeType }
}
