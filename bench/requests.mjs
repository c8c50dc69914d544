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

const resultLength = (random) => 1500 + Math.floor(random() * 7000)

/** Of about `SIZES[size]` bytes. Sessions with a seed have system and tools in common and messages of their own. */
function beginning({ size, model, stream }, seed) {
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
    metadata: { user_id: `user_0123456789abcdef_session_${sessionId(0)}` },
    messages: [{ role: 'user', content: 'Fix the failing test in src/server.ts and say why it failed.' }],
    stream,
  }
  const said = seed === undefined ? random : chance(seed)
  let index = (seed ?? 0) * 1000
  const grow = (most = Number.POSITIVE_INFINITY) => {
    const pair = turn(said, index++, Math.min(isSmall ? 900 : resultLength(said), most))
    body.messages.push(...pair)
    return Buffer.byteLength(JSON.stringify(pair))
  }
  let length = Buffer.byteLength(JSON.stringify(body))
  while (length < wanted - 900) length += grow(Math.max(200, wanted - length - 700))
  return { body, grow }
}

const bytesOf = (body) => Buffer.from(JSON.stringify(body))

/** What `user_id` ends with: always as long. */
export const sessionId = (count) => `00000000-0000-0000-0000-${String(count).padStart(12, '0')}`

/** An Anthropic Messages body as bytes, about `SIZES[size]` long. */
export const requestBody = (wanted) => bytesOf(beginning(wanted).body)

/** One session's bodies: the first about `SIZES[size]` long, each of `growsBy` others one call and its result longer. */
export function growingBodies({ growsBy, ...wanted }, seed) {
  const { body, grow } = beginning(wanted, seed)
  const bodies = [bytesOf(body)]
  while (bodies.length <= growsBy) {
    grow()
    bodies.push(bytesOf(body))
  }
  return bodies
}
