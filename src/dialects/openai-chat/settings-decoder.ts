/** How the client wants the answer: sampling, limits and form. */
import type { OutputFormat, Sampling } from '../../conversation/conversation.ts'
import type { Loss } from '../../conversation/loss.ts'
import { asFlag, asList, asNumber, asObject, asText, type Json, type JsonObject } from '../../wire/json.ts'

export function readSampling(body: JsonObject): Sampling {
  const { max_tokens, max_completion_tokens, temperature, top_p, top_k } = body
  const { stop, seed, presence_penalty, frequency_penalty } = body
  const stops = typeof stop === 'string' ? [stop] : asList(stop).filter((text) => typeof text === 'string')
  return {
    ...numbered('maxOutputTokens', max_completion_tokens ?? max_tokens),
    ...numbered('temperature', temperature),
    ...numbered('topP', top_p),
    ...numbered('topK', top_k),
    ...(stops.length > 0 && { stop: stops }),
    ...numbered('seed', seed),
    ...numbered('presencePenalty', presence_penalty),
    ...numbered('frequencyPenalty', frequency_penalty),
  }
}

function numbered<Name extends keyof Sampling>(name: Name, value: Json | undefined): Partial<Sampling> {
  const number = asNumber(value)
  return number === undefined ? {} : { [name]: number }
}

export function readOutput(body: JsonObject, unsaid: Set<Loss>): OutputFormat {
  const { response_format, verbosity } = body
  const { type, json_schema } = asObject(response_format)
  const words = asText(verbosity)
  if (type !== 'json_object' && type !== 'json_schema')
    return { kind: 'text', ...(words !== undefined && { verbosity: words }) }
  if (words !== undefined && words !== 'medium') unsaid.add('verbosity')
  if (type === 'json_object') return { kind: 'json' }
  const { name, schema, strict } = asObject(json_schema)
  const strictly = asFlag(strict)
  return {
    kind: 'json-schema',
    name: asText(name) ?? 'answer',
    schema: schema ?? {},
    ...(strictly !== undefined && { strict: strictly }),
  }
}
