/** What pairing finds in a body: the calls that a model made, and the texts that tools gave back. */

import { isObject, tryParseJson } from '../../wire/json.ts'
import type { Span } from '../../wire/span.ts'
import { eachField, objectStart, passOver, stringValue } from './walk.ts'

/** What is known of a call: enough to guess what printed its result. */
export interface FoundCall {
  readonly tool: string
  readonly commandLine?: string
  readonly path?: string
}

/** A text inside a tool result: a string literal in the client's bytes. */
export interface FoundText {
  readonly callId: string
  /** Which of the result's texts: 0, 1 … */
  readonly part: number
  /** With its quotes. */
  readonly span: Span
  readonly failed: boolean
}

/** Gathers what stands in the items of a conversation, one item after the other. */
export interface Finds {
  readonly call: (id: string, call: FoundCall) => void
  readonly text: (text: FoundText) => void
  /** The latest call without an id of its own, by its tool's name, that no result has been given to. */
  readonly takeNameless: (tool: string) => string | undefined
  readonly nameless: (call: FoundCall) => void
}

/** Reads the item at `at`: index after it. Throws Unreadable. */
export type ItemReader = (bytes: Uint8Array, at: number, finds: Finds) => number

const longestArgument = 16 * 1024

/** Arguments as an object in the bytes. Throws Unreadable. */
export function callFromObject(tool: string, bytes: Uint8Array, at: number): FoundCall {
  if (bytes[at] !== objectStart) return { tool }
  const values: Record<string, unknown> = {}
  eachField(bytes, at, (name, valueAt) => {
    const end = passOver(bytes, valueAt)
    if (end - valueAt <= longestArgument) {
      const key = argumentNames.find((known) => name.is(known))
      if (key !== undefined)
        values[key] = stringValue(bytes, valueAt) ?? tryParseJson(textBetween(bytes, valueAt, end))
    }
    return end
  })
  return callFrom(tool, values)
}

/** Arguments as JSON text. */
export function callFromText(tool: string, args: string | undefined): FoundCall {
  const parsed = args === undefined ? undefined : tryParseJson(args)
  return isObject(parsed) ? callFrom(tool, parsed) : { tool }
}

const commandNames = ['command', 'cmd', 'script'] as const
const pathNames = ['file_path', 'path', 'filePath', 'absolute_path', 'notebook_path', 'file'] as const
const argumentNames: readonly string[] = [...commandNames, ...pathNames]

/** A path beside a command says that the command is a word of the tool's own (`view`, `create`), unless it is a shell. */
function callFrom(tool: string, values: Readonly<Record<string, unknown>>): FoundCall {
  const commandLine = firstOf(commandNames, values, lineOf)
  const path = firstOf(pathNames, values, (value) => (typeof value === 'string' ? value : undefined))
  const isShell = commandLine !== undefined && (path === undefined || /\s/.test(commandLine))
  return {
    tool,
    ...(isShell && { commandLine }),
    ...(path !== undefined && { path }),
  }
}

function firstOf<T>(
  names: readonly string[],
  values: Readonly<Record<string, unknown>>,
  read: (value: unknown) => T | undefined,
): T | undefined {
  for (const name of names) {
    const value = read(values[name])
    if (value !== undefined) return value
  }
  return undefined
}

/** `["bash", "-lc", "git status"]` is `git status`; other lists are joined as a shell would need them. */
function lineOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : value
  if (!Array.isArray(value) || value.length === 0) return undefined
  const words = value.filter((word): word is string => typeof word === 'string')
  if (words.length !== value.length) return undefined
  const [shell = '', flag = '', script] = words
  if (words.length === 3 && /(?:^|[/\\])(?:ba|z|da|k)?sh$/.test(shell) && /^-\w*c$/.test(flag)) return script
  return words.map(quoted).join(' ')
}

const quoted = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`

const decoder = new TextDecoder()
const textBetween = (bytes: Uint8Array, start: number, end: number): string =>
  decoder.decode(bytes.subarray(start, end))
