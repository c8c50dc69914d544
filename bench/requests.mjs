// The request bodies: a coding agent's turn (system prompt, 25 tools, tool calls and their results) of a wanted size.
import { chance, codeText } from './chance.mjs'

const SIZES = { '20k': 20_000, '200k': 200_000, '1m': 1_000_000 }

const NAMES = ['Shell', 'Read', 'Edit', 'Write', 'Find', 'Search', 'Agent', 'Fetch', 'Plan']

function tools(random, describe) {
  return Array.from({ length: 25 }, (_, i) => ({
    name: NAMES[i] ?? `mcp__server${i % 4}__tool_${i}`,
    description: codeText(random, describe),
    input_schema: {
      type: 'object',
      properties: {
        command: { type: 'string', description: 'The command or the path' },
        timeout: { type: 'number', minimum: 0, maximum: 600000 },
        flags: { type: 'array', items: { type: 'string', enum: ['a', 'b', 'c'] } },
      },
      required: ['command'],
      additionalProperties: false,
    },
  }))
}

function turn(random, index, size) {
  const id = `toolu_${String(index).padStart(20, '0')}`
  const input = { command: `/repo/src/file${index}.ts`, timeout: 1000 }
  return [
    {
      role: 'assistant',
      content: [
        { type: 'text', text: codeText(random, 120) },
        { type: 'tool_use', id, name: 'Read', input },
      ],
    },
    {
      role: 'user',
      content: [
        { type: 'tool_result', tool_use_id: id, content: [{ type: 'text', text: codeText(random, size) }] },
      ],
    },
  ]
}

/** An Anthropic Messages body as bytes, about `SIZES[size]` long. */
export function requestBody({ size, model, stream }) {
  const wanted = SIZES[size]
  const random = chance(wanted)
  const isSmall = wanted < 100_000
  const body = {
    model,
    max_tokens: 32000,
    temperature: 1,
    system: [
      { type: 'text', text: 'You are a coding agent under measurement.' },
      { type: 'text', text: codeText(random, isSmall ? 2000 : 14000), cache_control: { type: 'ephemeral' } },
    ],
    tools: tools(random, isSmall ? 60 : 1200),
    metadata: { user_id: 'user_0123456789abcdef_session_00000000-0000-0000-0000-000000000000' },
    messages: [{ role: 'user', content: 'Fix the failing test in src/server.ts and say why it failed.' }],
    stream,
  }
  let length = Buffer.byteLength(JSON.stringify(body))
  for (let index = 0; length < wanted - 900; index++) {
    const result = Math.min(
      isSmall ? 900 : 1500 + Math.floor(random() * 7000),
      Math.max(200, wanted - length - 700),
    )
    const pair = turn(random, index, result)
    body.messages.push(...pair)
    length += Buffer.byteLength(JSON.stringify(pair))
  }
  return Buffer.from(JSON.stringify(body))
}
