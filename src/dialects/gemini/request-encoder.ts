/** A conversation to a generateContent body. `contents` come last: a longer history only adds to the end. */
import type { Conversation, TextPart, Tool } from '../../conversation/conversation.ts'
import type { Quirks } from '../../conversation/quirks.ts'
import { callNames, offeredTools } from '../../conversation/tool-names.ts'
import { Written, writeFields, writeJson } from '../../wire/json.ts'
import { remembered } from '../../wire/remembered.ts'
import type { Encoded, EncodeOrder } from '../dialect.ts'
import { encodeContents } from './content-encoder.ts'
import { encodeOutput, encodeSampling } from './generation.ts'
import { Notes } from './notes.ts'
import { encodeThinking } from './thinking.ts'
import { encodeToolChoice, encodeTools, nameLimitOf, refusesJsonBesideTools } from './tools.ts'

export function encodeRequest(conversation: Conversation, { model, quirks }: EncodeOrder): Encoded {
  const notes = new Notes(conversation.unsaid)
  if (conversation.system.some((part) => part.cache)) notes.lose('cache-control')
  const system = systemParts(conversation.system)
  const { tools, offersFunctions, noted } = toolsFor(offeredTools(conversation), quirks)
  notes.include(noted)
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
  const alone = contents === '' // Gemini refuses guidance without a turn
  if (alone && system) notes.lose('system-position')
  const body = {
    ...(system && !alone && { systemInstruction: new Written(`{"parts":${system}}`) }),
    ...(tools && { tools }),
    ...(toolConfig && { toolConfig }),
    ...(Object.keys(generationConfig).length > 0 && { generationConfig }),
    contents: new Written(`[${alone ? `{"role":"user","parts":${system ?? '[{"text":""}]'}}` : contents}]`),
  }
  return { body: writeFields(body), lost: notes.losses, names: namesFor(conversation.tools, quirks) }
}

/** A session offers the same tools in each of its requests. */
const toolsFor = remembered((offered: readonly Tool[], quirks: Quirks) => {
  const noted = new Notes()
  const tools = encodeTools(offered, quirks, noted)
  const offersFunctions = tools.some((tool) => tool['functionDeclarations'] !== undefined)
  return { tools: tools.length > 0 ? new Written(writeJson(tools)) : undefined, offersFunctions, noted }
})

const namesFor = remembered((tools: readonly Tool[], quirks: Quirks) => callNames(tools, nameLimitOf(quirks)))

/** As JSON text; undefined when nothing is said. */
const systemParts = remembered((system: readonly TextPart[]) => {
  const parts = system.filter(({ text }) => text !== '').map(({ text }) => ({ text }))
  return parts.length > 0 ? writeJson(parts) : undefined
})
