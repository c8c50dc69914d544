/** What an agent wraps around an output: the wrapper stays as it is, only what is inside is read. */
import { isObject, type Json, tryParseJson } from '../wire/json.ts'

/** A text taken apart: `seal` puts the body, or another one in its place, back into the same wrapper. */
export interface Envelope {
  readonly body: string
  readonly seal: (body: string) => string
  /** The wrapper tells an exit code other than 0. */
  readonly failed: boolean
}

/** A result of one output; several where JSON holds several long strings. */
export type Opened =
  | { readonly kind: 'one'; readonly envelope: Envelope }
  | {
      readonly kind: 'strings'
      readonly strings: readonly string[]
      readonly seal: Sealing
      readonly failed: boolean
    }

type Sealing = (strings: readonly string[]) => string

/** Strings of a wrapper shorter than this are not worth a look. */
const leastCharacters = 200

export function open(text: string): Opened {
  const strings = stringsIn(text)
  if (strings) return { kind: 'strings', ...strings }
  const { head, rest } = headOf(text)
  const { body, tail } = tailOf(rest, head !== '')
  return {
    kind: 'one',
    envelope: {
      body,
      failed: tellsFailure(head) || tellsFailure(tail) || lastWord.test(body.slice(-200)),
      seal: (inner) => head + inner + tail,
    },
  }
}

/** Codex, Gemini's and Qwen's shells, Claude's word for a failed command. */
const heads: readonly RegExp[] = [
  /^(?:(?:Chunk ID|Exit code|Wall time|Process exited with code|Process running with session ID|Original token count|Total output lines|Command|Warning|Status): ?[^\n]*\n|Process [^\n]{0,80}\n|Wall time[^\n]{0,60}\n){1,12}(?:Output:\n|\n?)/,
  /^Command: [^\n]*\nDirectory: [^\n]*\n(?:Output|Stdout): ?\n?/,
  /^(?:Exit code \d+|Error: Exit code \d+)\n/,
  /^Output: ?\n?(?=[\s\S]*\nExit Code: )/,
]
const codexHead = /^(?:Chunk ID|Exit code|Wall time|Process |Total output lines|Original token count)/

function headOf(text: string): { readonly head: string; readonly rest: string } {
  const start = text.slice(0, 4000)
  for (const shape of heads) {
    const head = shape.exec(start)?.[0] ?? ''
    if (head === '' || (shape === heads[0] && !(codexHead.test(head) && head.endsWith('Output:\n')))) continue
    return { head, rest: text.slice(head.length) }
  }
  return { head: '', rest: text }
}

/** What follows the output: Gemini's and Qwen's account of it, reminders of the client. */
const tails: readonly { readonly starts: string; readonly looks: RegExp; readonly needsHead: boolean }[] = [
  {
    starts: '\n<system-reminder>',
    looks: /^\n<system-reminder>[\s\S]*<\/system-reminder>\s*$/,
    needsHead: false,
  },
  { starts: '\n<bash_metadata>', looks: /^\n<bash_metadata>[\s\S]*<\/bash_metadata>\s*$/, needsHead: false },
  { starts: '\nError: ', looks: /^\nError: [\s\S]{0,2000}\nExit Code: [\s\S]{0,400}$/, needsHead: true },
  { starts: '\nStderr: ', looks: /^\nStderr: [\s\S]{0,2000}\nExit Code: [\s\S]{0,400}$/, needsHead: true },
  { starts: '\nExit Code: ', looks: /^\nExit Code: [\s\S]{0,400}$/, needsHead: true },
]

const longestTail = 8000

function tailOf(text: string, hasHead: boolean): { readonly body: string; readonly tail: string } {
  const end = text.slice(-longestTail)
  for (const { starts, looks, needsHead } of tails) {
    const at = needsHead && !hasHead ? -1 : end.lastIndexOf(starts)
    if (at === -1 || !looks.test(end.slice(at))) continue
    const cut = text.length - end.length + at
    return { body: text.slice(0, cut), tail: text.slice(cut) }
  }
  return { body: text, tail: '' }
}

/** Pi's, and many a script's. */
const lastWord =
  /(?:^|\n)(?:command )?(?:exited with|exit|failed with exit)(?: code| status)?:? [1-9]\d*\.?\s*$/i

const tellsFailure = (wrapper: string): boolean =>
  /(?:exit(?:ed with)? code:?|exit_code"?:|returned) ?(?!0\b)-?\d+/i.test(wrapper)

interface Strings {
  readonly strings: readonly string[]
  readonly seal: Sealing
  readonly failed: boolean
}

/** Names under which tools put what a program printed, or a text of their own. */
const outputNames = new Set([
  'stdout',
  'stderr',
  'output',
  'aggregated_output',
  'formatted_output',
  'logs',
  'text',
])

/** A JSON object, or a list of MCP's content, with long texts of several lines in it. */
function stringsIn(text: string): Strings | undefined {
  if (!/^\s*(?:\{\s*"|\[\s*\{\s*"type")/.test(text.slice(0, 200)) || !text.includes('\\n')) return undefined
  const value = tryParseJson(text)
  if (value === undefined || (!isObject(value) && !Array.isArray(value))) return undefined
  const found: string[] = []
  visit(value, '', 0, (name, each) => {
    if (outputNames.has(name) && each.length >= leastCharacters && each.includes('\n')) found.push(each)
    return each
  })
  if (found.length === 0 || new Set(found.map((each) => JSON.stringify(each))).size !== found.length)
    return undefined
  return {
    strings: found,
    failed: tellsFailure(text.slice(0, 400)) || tellsFailure(text.slice(-400)),
    seal: sealer(text, found),
  }
}

/** Each string is replaced where it stands in the client's own JSON, as it is written there or as we write it. */
const sealer =
  (text: string, found: readonly string[]): Sealing =>
  (strings) => {
    let sealed = text
    for (const [index, before] of found.entries()) {
      const literal = JSON.stringify(before)
      const at = sealed.indexOf(literal)
      const after = strings[index] ?? before
      if (after === before) continue
      if (at === -1) return text
      sealed = sealed.slice(0, at) + JSON.stringify(after) + sealed.slice(at + literal.length)
    }
    return sealed
  }

function visit(value: Json, name: string, depth: number, on: (name: string, text: string) => string): void {
  if (typeof value === 'string') on(name, value)
  else if (depth > 4 || value === null || typeof value !== 'object') return
  else if (Array.isArray(value)) for (const each of value) visit(each, name, depth + 1, on)
  else if (isObject(value))
    for (const [key, each] of Object.entries(value)) if (each !== undefined) visit(each, key, depth + 1, on)
}
