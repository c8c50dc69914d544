/** A conversation to a generateContent body. `contents` come last: a longer history only adds to the end. */
import type { Conversation } from '../../conversation/conversation.ts'
import { callNames, offeredTools } from '../../conversation/tool-names.ts'
import { type JsonObject, writeJson } from '../../wire/json.ts'
import type { Encoded, EncodeOrder } from '../dialect.ts'
import { encodeContents } from './content-encoder.ts'
import { encodeOutput, encodeSampling } from './generation.ts'
import { Notes } from './notes.ts'
import { encodeThinking } from './thinking.ts'
import { encodeToolChoice, encodeTools, nameLimitOf, refusesJsonBesideTools } from './tools.ts'

export function encodeRequest(conversation: Conversation, { model, quirks }: EncodeOrder): Encoded {
  const notes = new Notes(conversation.unsaid)
  const system = encodeSystem(conversation, notes)
  const tools = encodeTools(offeredTools(conversation), quirks, notes)
  const offersFunctions = tools.some((tool) => tool['functionDeclarations'] !== undefined)
  const toolConfig = encodeToolChoice(conversation, offersFunctions, quirks, notes)
  const plainOnly = refusesJsonBesideTools(model, offersFunctions)
  const thinkingConfig = encodeThinking(conversation.thinking, model, quirks, notes)
  const generationConfig = {
    ...encodeSampling(conversation.sampling, quirks, notes),
    ...encodeOutput(conversation.output, quirks, plainOnly, notes),
    ...(thinkingConfig && { thinkingConfig }),
  }
  if (conversation.userId !== undefined) notes.lose('user-id')
  const contents = encodeContents(conversation.turns, model, quirks, notes)
  const alone = contents.length === 0 // Gemini refuses guidance without a turn
  if (alone && system.length > 0) notes.lose('system-position')
  const body = {
    ...(system.length > 0 && !alone && { systemInstruction: { parts: system } }),
    ...(tools.length > 0 && { tools }),
    ...(toolConfig && { toolConfig }),
    ...(Object.keys(generationConfig).length > 0 && { generationConfig }),
    contents: alone ? [{ role: 'user', parts: system.length > 0 ? system : [{ text: '' }] }] : contents,
  }
  return {
    body: writeJson(body),
    lost: notes.losses,
    names: callNames(conversation.tools, nameLimitOf(quirks)),
  }
}

function encodeSystem({ system }: Conversation, notes: Notes): JsonObject[] {
  if (system.some((part) => part.cache)) notes.lose('cache-control')
  return system.filter((part) => part.text !== '').map((part) => ({ text: part.text }))
}
