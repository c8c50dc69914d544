/** A Gemini upstream, written by hand from its protocol: calls come whole, usage with every chunk. */
import {
  inPieces,
  isCall,
  type Teller,
  type Told,
  type ToldCall,
  type ToldPart,
  upstreamModel,
  usual,
} from '../told.ts'

const stops = {
  done: 'STOP',
  'tool-calls': 'STOP',
  length: 'MAX_TOKENS',
  'stop-sequence': 'STOP',
  refusal: 'SAFETY',
} as const

const quote = (text: string): string => JSON.stringify(text)

function counters({ usage = usual }: Told, spoken: boolean): string {
  const prompt = usage.input + usage.cacheRead + usage.cacheWrite
  const fields = [`"promptTokenCount":${prompt}`]
  if (usage.cacheRead > 0) fields.push(`"cachedContentTokenCount":${usage.cacheRead}`)
  if (spoken) fields.push(`"candidatesTokenCount":${usage.output - usage.thinking}`)
  if (spoken && usage.thinking > 0) fields.push(`"thoughtsTokenCount":${usage.thinking}`)
  fields.push(`"totalTokenCount":${prompt + (spoken ? usage.output : 0)}`)
  return `{${fields.join(',')}}`
}

function body(told: Told, parts: readonly string[], last: boolean): string {
  const content = `"content":{"parts":[${parts.join(',')}],"role":"model"}`
  const finish = last ? `,"finishReason":"${stops[told.stop]}"` : ''
  const candidate = `{${content}${finish},"index":0${last ? grounding(told) : ''}}`
  const identity = `"modelVersion":"${upstreamModel}","responseId":"up-1"`
  return `{"candidates":[${candidate}],"usageMetadata":${counters(told, last)},${identity}}`
}

function grounding(told: Told): string {
  const searches = told.parts.flatMap((part) => ('search' in part ? [part.search] : []))
  if (searches.length === 0) return ''
  const queries = searches.map(({ query }) => quote(query)).join(',')
  const chunks = searches.map(({ url, title }) => `{"web":{"uri":${quote(url)},"title":${quote(title)}}}`)
  return `,"groundingMetadata":{"webSearchQueries":[${queries}],"groundingChunks":[${chunks.join(',')}]}`
}

const signed = (proof: string | undefined): string =>
  proof === undefined ? '' : `,"thoughtSignature":${quote(proof)}`

function call(part: ToldCall): string {
  const name = part.namespace === undefined ? part.call : `${part.namespace}__${part.call}`
  const args = part.freeform ? JSON.stringify({ input: part.args }) : part.args || '{}'
  return `{"functionCall":{"id":${quote(part.id)},"name":${quote(name)},"args":${args}}${signed(part.proof)}}`
}

/** A proof of thoughts stands on the part that follows them, in an empty text of its own. */
function pieces(part: ToldPart, streamed: boolean): string[] {
  const cut = streamed ? inPieces : (text: string) => [text]
  if ('thinking' in part) return cut(part.thinking).map((text) => `{"text":${quote(text)},"thought":true}`)
  if ('text' in part) return cut(part.text).map((text) => `{"text":${quote(text)}}`)
  return isCall(part) ? [call(part)] : []
}

function proofOfText(told: Told): string[] {
  const thought = told.parts.find((part) => 'thinking' in part && part.proof !== undefined)
  const proof = thought && 'thinking' in thought ? thought.proof : undefined
  return proof === undefined ? [] : [`{"text":""${signed(proof)}}`]
}

const finished = (told: Told): readonly ToldPart[] => (told.unfinished ? told.parts.slice(0, -1) : told.parts)

function stream(told: Told): string {
  const parts = [...finished(told).flatMap((part) => pieces(part, true)), ...proofOfText(told)]
  const [last = '{"text":""}'] = parts.slice(-1)
  return [...parts.slice(0, -1).map((part) => body(told, [part], false)), body(told, [last], true)]
    .map((json) => `data: ${json}\r\n\r\n`)
    .join('')
}

const whole = (told: Told): string =>
  body(told, [...finished(told).flatMap((part) => pieces(part, false)), ...proofOfText(told)], true)

export const geminiUpstream: Teller = { stream, whole }
