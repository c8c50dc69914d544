/** `show`: `clutch show` for agents that have tools and no shell. */
import { asText, type JsonObject } from '../../wire/json.ts'
import type { Io } from '../io.ts'
import { showVerb } from '../show.ts'
import type { McpAnswer, McpTool } from './tool.ts'

export const show: McpTool = {
  name: 'show',
  description:
    'Shows what a tool printed before its output was shortened. Where lines were left out, the output says "[+N lines hidden: … — clutch show r7f3a2]": give that id. Ask for a part of a long one.',
  input: {
    type: 'object',
    properties: {
      id: { type: 'string', description: 'The id in the line that stands for the hidden ones, like r7f3a2' },
      grep: {
        type: 'string',
        description: 'Only lines that fit this regular expression, with their numbers',
      },
      lines: {
        type: 'string',
        description: 'Only these lines: 120:180, 120: to the end, :40 from the beginning',
      },
    },
    required: ['id'],
    additionalProperties: false,
  },
  run,
}

async function run(given: JsonObject, io: Io): Promise<McpAnswer> {
  const [id, grep, lines] = [asText(given['id']), asText(given['grep']), asText(given['lines'])]
  if (id === undefined || !/^r?[0-9a-f]+$/.test(id))
    return { text: 'Give the id, like r7f3a2.', failed: true }
  const said = { out: '', err: '' }
  const words = [
    id,
    ...(grep === undefined ? [] : [`--grep=${grep}`]),
    ...(lines ? [`--lines=${lines}`] : []),
  ]
  const code = showVerb(words, {
    ...io,
    out: (text) => {
      said.out += text
    },
    err: (text) => {
      said.err += text
    },
  })
  if (code === 0) return { text: said.out }
  return { text: said.err.trim() || 'No line fits.', failed: true }
}
