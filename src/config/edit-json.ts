/** Changes one value in the text of a JSON document and leaves every other byte as it is. Pure. */
import type { JsonPath } from './located-json.ts'

export type Edited =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly problem: string }

/**
 * `text` is a document that `parseLocatedJson` accepts; `value` is JSON on one or more lines. Objects that are missing
 * on the way are made. `undefined` takes the value away.
 */
export function editJson(text: string, path: JsonPath, value: string | undefined): Edited {
  const start = afterSpace(text, text.startsWith('\uFEFF') ? 1 : 0)
  return change({ text, indent: indentUnitOf(text) }, start, path, value, [])
}

interface Document {
  readonly text: string
  /** One step of indentation. */
  readonly indent: string
}

/** A part of an object or a list. */
interface Entry {
  readonly key: string
  /** Where its key begins, or the value where there is no key. */
  readonly at: number
  readonly valueAt: number
  readonly end: number
}

function change(
  document: Document,
  at: number,
  path: JsonPath,
  value: string | undefined,
  done: JsonPath,
): Edited {
  const { text } = document
  const [step, ...rest] = path
  if (step === undefined) return { ok: true, text: spliced(text, at, endOf(text, at), value ?? 'null') }
  const open = text[at]
  if (open !== '{' && open !== '[')
    return { ok: false, problem: `${done.join('.') || 'the document'} is neither an object nor a list` }
  const entries = entriesOf(text, at)
  const index = entries.findIndex(({ key }) => key === String(step))
  const found = entries[index]
  if (found && (rest.length > 0 || value !== undefined))
    return change(document, found.valueAt, rest, value, [...done, step])
  if (found) return { ok: true, text: without(text, at, entries, index) }
  if (value === undefined)
    return { ok: false, problem: `${[...done, step, ...rest].join('.')} is not in the file` }
  if (open === '[' && step !== entries.length && String(step) !== String(entries.length))
    return {
      ok: false,
      problem: `${done.join('.')} has ${entries.length} entries; the next one is ${entries.length}`,
    }
  return { ok: true, text: withNew(document, at, entries, step, nested(rest, value, document.indent)) }
}

const spliced = (text: string, from: number, to: number, put: string): string =>
  `${text.slice(0, from)}${put}${text.slice(to)}`

/** What is missing on the way down, as JSON. */
function nested(path: JsonPath, value: string, indent: string): string {
  const [step, ...rest] = path
  if (step === undefined) return value
  const inner = nested(rest, value, indent).replaceAll('\n', `\n${indent}`)
  return `{\n${indent}${JSON.stringify(String(step))}: ${inner}\n}`
}

function withNew(
  { text, indent }: Document,
  at: number,
  entries: readonly Entry[],
  step: string | number,
  value: string,
): string {
  const last = entries.at(-1)
  const key = text[at] === '{' ? `${JSON.stringify(String(step))}: ` : ''
  const outer = lineIndentAt(text, at)
  if (!last) {
    const inner = `${outer}${indent}`
    const put = `\n${inner}${key}${value.replaceAll('\n', `\n${inner}`)}\n${outer}`
    return spliced(text, at + 1, endOf(text, at) - 1, put)
  }
  const isOneLine = !text.slice(at, last.at).includes('\n')
  const inner = isOneLine ? outer : lineIndentAt(text, last.at)
  const put = `${key}${value.replaceAll('\n', `\n${inner}`)}`
  return spliced(text, last.end, last.end, isOneLine ? `, ${put}` : `,\n${inner}${put}`)
}

function without(text: string, at: number, entries: readonly Entry[], index: number): string {
  const [before, found, after] = [entries[index - 1], entries[index], entries[index + 1]]
  if (!found) return text
  if (after) return spliced(text, found.at, after.at, '')
  if (before) return spliced(text, before.end, found.end, '')
  return spliced(text, at + 1, endOf(text, at) - 1, '')
}

/** `at`: the opening bracket. */
function entriesOf(text: string, at: number): readonly Entry[] {
  const isObject = text[at] === '{'
  const entries: Entry[] = []
  for (let next = afterSpace(text, at + 1); text[next] !== '}' && text[next] !== ']'; ) {
    const keyEnd = isObject ? endOf(text, next) : next
    const valueAt = isObject ? afterSpace(text, afterSpace(text, keyEnd) + 1) : next
    const key: unknown = isObject ? JSON.parse(text.slice(next, keyEnd)) : entries.length
    const end = endOf(text, valueAt)
    entries.push({ key: String(key), at: next, valueAt, end })
    next = afterSpace(text, end)
    if (text[next] === ',') next = afterSpace(text, next + 1)
  }
  return entries
}

/** Behind the value that begins at `at`. */
function endOf(text: string, at: number): number {
  const first = text[at]
  if (first === '"') return behind(/"(?:[^"\\]|\\.)*"/y, text, at)
  if (first !== '{' && first !== '[') return behind(/[^\s,\]}]+/y, text, at)
  const last = entriesOf(text, at).at(-1)
  return afterSpace(text, last?.end ?? at + 1) + 1
}

function behind(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at
  return pattern.test(text) ? pattern.lastIndex : at + 1
}

const afterSpace = (text: string, at: number): number => behind(/(?:[ \t\n\r]*)(?=[^ \t\n\r])/y, text, at)

const lineIndentAt = (text: string, at: number): string =>
  /^[ \t]*/.exec(text.slice(text.lastIndexOf('\n', at - 1) + 1))?.[0] ?? ''

/** As the document has it, or two spaces. */
const indentUnitOf = (text: string): string => /\n([ \t]+)\S/.exec(text)?.[1] ?? '  '

/** `limits.max_attempts`, `listeners.0.port`, `quotas."openai/gpt-4.1".cooldown_seconds`; undefined: not a path. */
export function pathOf(typed: string): JsonPath | undefined {
  const steps = typed.match(/"[^"]*"|[^."]+/g) ?? []
  if (steps.length === 0 || typed !== steps.join('.')) return undefined
  return steps.map((step) => (step.startsWith('"') ? step.slice(1, -1) : step))
}
