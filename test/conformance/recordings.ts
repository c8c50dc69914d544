/** Recorded replies of every upstream dialect, by name. */
import type { DialectId } from '../../src/conversation/conversation.ts'
import { recordings as anthropic } from '../dialects/anthropic/fixtures/replies.ts'
import { recorded as gemini } from '../dialects/gemini/fixtures/replies.ts'
import { recorded as chat } from '../dialects/openai-chat/fixtures/replies.ts'
import { replies as responses } from '../dialects/openai-responses/fixtures/replies.ts'

export interface Recording {
  readonly name: string
  readonly stream: string
}

const recordings: Readonly<Record<DialectId, readonly Recording[]>> = {
  anthropic: Object.entries(anthropic).map(([name, stream]) => ({ name, stream })),
  'openai-chat': chat.map(({ name, stream }) => ({ name, stream })),
  'openai-responses': Object.entries(responses).map(([name, stream]) => ({ name, stream })),
  gemini: gemini.map(({ name, sse }) => ({ name, stream: sse })),
}

/** The ones to be cut at every byte: short, and between them every kind of part and end. */
const cutNames: Readonly<Record<DialectId, readonly string[]>> = {
  anthropic: [
    'text',
    'thinkingThenText',
    'oneTool',
    'parallelTools',
    'noArguments',
    'length',
    'errorMidStream',
    'webSearch',
  ],
  'openai-chat': [
    'text',
    'thinking and text, cached prompt',
    'one tool, after some text',
    'parallel tools, interleaved',
    'whole calls in one delta, all with index 0, and "stop"',
    'a tool without arguments',
    'length, in the middle of a call',
    'no [DONE], heartbeats after the finish',
    'an error in the middle',
  ],
  'openai-responses': ['oneTool', 'parallelTools', 'thinkingAndText', 'length', 'errorMidStream'],
  gemini: gemini.map(({ name }) => name),
}
export const cutRecordings = (dialect: DialectId): readonly Recording[] =>
  cutNames[dialect].map((wanted) => {
    const found = recordings[dialect].find(({ name }) => name === wanted)
    if (!found) throw new Error(`no recording ${wanted} of ${dialect}`)
    return found
  })

/** The ones to be split at every byte: the first that are complete; a Responses stream says everything three times. */
export const splitRecordings = (dialect: DialectId): readonly Recording[] =>
  cutRecordings(dialect)
    .filter(({ stream }) => bytesUntilEnd(dialect, stream) < Number.POSITIVE_INFINITY)
    .slice(0, dialect === 'openai-responses' ? 2 : 4)

/** What stands in the event that says a reply is complete, per dialect. */
const endings: Readonly<Record<DialectId, RegExp>> = {
  anthropic: /"stop_reason":"/,
  'openai-chat': /"finish_reason":"(?!error)/,
  'openai-responses': /^data: \{"type":"response\.(completed|incomplete)"/,
  gemini: /"finishReason":"(?!MALFORMED)|"blockReason":"/,
}

/** How many bytes it takes until the upstream has said that it is done; Infinity when it never does. */
export function bytesUntilEnd(dialect: DialectId, stream: string): number {
  let at = 0
  for (const line of stream.split('\n')) {
    if (line.startsWith('data:') && endings[dialect].test(line))
      return Buffer.byteLength(stream.slice(0, at) + line.trimEnd())
    at += line.length + 1
  }
  return Number.POSITIVE_INFINITY
}
