/** What a well-formed Gemini stream looks like, and what a client reads out of it. Used wherever such streams are judged. */
import { asList, asObject, asText, isObject, type JsonObject, tryParseJson } from '../../../src/wire/json.ts'

export interface ReadReply {
  readonly text: string
  readonly thinking: string
  readonly toolCalls: readonly { readonly id: string; readonly name: string; readonly args: JsonObject }[]
  readonly signatures: readonly string[]
  /** finishReason, or the status of the error that ended the stream; '' when it did not end. */
  readonly stop: string
  readonly error?: string
  readonly usage?: JsonObject
}

/** Violations, in words; empty for a well-formed and finished stream. `open`: the stream may still go on. */
export function checkStream(text: string, { open = false } = {}): string[] {
  const wrong: string[] = []
  const ids = new Set<string>()
  const frames = framesOf(text, wrong)
  for (const [at, chunk] of frames.entries()) {
    const isLast = at === frames.length - 1
    if (isObject(chunk['error'])) checkError(chunk['error'], isLast, wrong)
    else checkChunk(chunk, isLast, ids, wrong)
  }
  if (!open && readFrames(frames).stop === '') wrong.push('the stream does not say why it ended')
  return wrong
}

export const readReply = (text: string): ReadReply => readFrames(framesOf(text, []))
export const readWhole = (body: string): ReadReply => readFrames([asObject(tryParseJson(body))])

function framesOf(text: string, wrong: string[]): JsonObject[] {
  if (text !== '' && !text.endsWith('\n\n')) wrong.push('the last frame is not closed')
  return text
    .split('\n\n')
    .filter((frame) => frame !== '')
    .flatMap((frame) => {
      const value = /^data: [^\r\n]*$/.test(frame) ? tryParseJson(frame.slice(6)) : undefined
      if (isObject(value)) return [value]
      wrong.push(`no frame of one JSON object: ${frame.slice(0, 80)}`)
      return []
    })
}

function checkError(error: JsonObject, isLast: boolean, wrong: string[]): void {
  if (!isLast) wrong.push('something follows an error')
  if (typeof error['code'] !== 'number' || error['code'] < 400) wrong.push('an error without a code')
  if (!asText(error['status']) || asText(error['message']) === undefined) wrong.push('an error without words')
}

function checkChunk(chunk: JsonObject, isLast: boolean, ids: Set<string>, wrong: string[]): void {
  const candidates = asList(chunk['candidates'])
  const candidate = asObject(candidates[0])
  if (candidates.length !== 1) wrong.push('not exactly one candidate')
  const content = asObject(candidate['content'])
  if (content['role'] !== 'model') wrong.push('a content without its role')
  const parts = asList(content['parts'])
  const ends = candidate['finishReason'] !== undefined
  if (parts.length === 0) wrong.push('a content without parts')
  for (const part of parts) checkPart(asObject(part), ends, ids, wrong)
  if (!asText(chunk['modelVersion']) || !asText(chunk['responseId'])) wrong.push('a chunk without identity')
  if (!ends) return
  if (!isLast) wrong.push('something follows the finishReason')
  checkUsage(asObject(chunk['usageMetadata']), wrong)
}

function checkPart(part: JsonObject, ends: boolean, ids: Set<string>, wrong: string[]): void {
  const { text, functionCall, thoughtSignature } = part
  if (text !== undefined && functionCall !== undefined) wrong.push('a part that is two things')
  if (text === '' && thoughtSignature === undefined && !ends) wrong.push('an empty text')
  if (thoughtSignature !== undefined && !/^[A-Za-z0-9+/_-]+=*$/.test(String(thoughtSignature)))
    wrong.push('a signature that is not base64')
  if (functionCall === undefined) return
  const { id, name, args } = asObject(functionCall)
  if (!isObject(args)) wrong.push('a call without whole arguments')
  if (!asText(name)) wrong.push('a call without a name')
  if (!asText(id) || ids.has(String(id))) wrong.push('a call without an id of its own')
  ids.add(String(id))
}

function checkUsage(usage: JsonObject, wrong: string[]): void {
  const count = (name: string): number => Number(usage[name] ?? 0)
  const { promptTokenCount, candidatesTokenCount, totalTokenCount } = usage
  if ([promptTokenCount, candidatesTokenCount, totalTokenCount].some((one) => typeof one !== 'number'))
    wrong.push('an end without usage')
  const sum = count('promptTokenCount') + count('candidatesTokenCount') + count('thoughtsTokenCount')
  if (sum !== count('totalTokenCount')) wrong.push('counters that do not add up')
  if (count('cachedContentTokenCount') > count('promptTokenCount')) wrong.push('more cached than asked')
}

function readFrames(frames: readonly JsonObject[]): ReadReply {
  let text = ''
  let thinking = ''
  let stop = ''
  const toolCalls: { id: string; name: string; args: JsonObject }[] = []
  const signatures: string[] = []
  let usage: JsonObject | undefined
  let error: string | undefined
  for (const chunk of frames) {
    const candidate = asObject(asList(chunk['candidates'])[0])
    for (const part of asList(asObject(candidate['content'])['parts']).map(asObject)) {
      const call = part['functionCall']
      if (isObject(call))
        toolCalls.push({ id: String(call['id']), name: String(call['name']), args: asObject(call['args']) })
      else if (part['thought'] === true) thinking += asText(part['text']) ?? ''
      else text += asText(part['text']) ?? ''
      if (part['thoughtSignature'] !== undefined) signatures.push(String(part['thoughtSignature']))
    }
    stop ||= asText(candidate['finishReason']) ?? ''
    if (isObject(chunk['usageMetadata'])) usage = chunk['usageMetadata']
    if (isObject(chunk['error'])) {
      stop = String(chunk['error']['status'])
      error = String(chunk['error']['message'])
    }
  }
  return { text, thinking, toolCalls, signatures, stop, ...(usage && { usage }), ...(error && { error }) }
}
