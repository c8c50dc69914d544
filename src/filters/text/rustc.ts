/** One diagnostic of rustc or clippy: what it says and where, its labels, notes and suggestions; the source is left out. */
import { findingItems, noiseItem, oneLineReader, type Read, type Reader } from './report.ts'

const headline = /^(warning|error)(?:\[\w+\])?: \S/
const arrow = /^ *--> (\S.*):(\d+):(\d+)$/
const oneLine = /^(?<path>\S[^:]*):(?<row>\d+):(?<column>\d+): (?<said>(?:warning|error)(?:\[\w+\])?: .*)$/
const elsewhere = /^ *(?:-->|:::) (\S.*:\d+:\d+)$/
const remark = /^ *= (?:note|help|warning): (\S.*)$/
const sub = /^(?:note|help|warning|error): \S/
const numbered = /^ *\d+ +[|+~-]/
const drawn = /^ *(?:\|.*|\.\.\.)$/
const clippyLink = /^for further information visit https?:\/\/\S*#(\w+)$/
/** Said once for each lint, behind its first warning: the lint is all there is to know. */
const byDefault = /^`(#\[(?:warn|deny|forbid)\([\w:]+\)\])`(?: \(part of .*\))? on by default$/
const routine = /^to override `-|the lint level is defined here$|^`-[WDF] \S+` implied by `/

/** What a warning says of how to be rid of it; its message and place say as much. */
const routineHelp =
  /^help: (?:if this is intentional, prefix it with an underscore|remove this `mut`|remove the whole|remove the unused import)/

/** What is written at the end of the marks under a line: `^^^^ expected u32`. */
function labelOf(line: string): string {
  const at = line.indexOf('|')
  let start = at + 1
  while (start < line.length && ' |^~_+-'.includes(line[start] ?? '')) start += 1
  return at < 0 ? '' : line.slice(start)
}

interface Diagnostic {
  readonly isError: boolean
  readonly text: string[]
  readonly noise: string[]
  lint: string | undefined
  inSuggestion: boolean
}

function readDrawing(line: string, { isError, text, noise, inSuggestion }: Diagnostic): void {
  const label = numbered.test(line) ? '' : labelOf(line)
  if (!isError && routineHelp.test(label)) noise.push(line)
  else if (label !== '' && (isError || line.includes('^') || label.startsWith('help: '))) text.push(label)
  else if (isError && inSuggestion && numbered.test(line)) text.push(line.trimStart())
  else noise.push(line)
}

function readRemark(line: string, said: string, diagnostic: Diagnostic): void {
  const link = clippyLink.exec(said)?.[1]
  if (link !== undefined) diagnostic.lint = link
  const lint = byDefault.exec(said)?.[1]
  if (link !== undefined || routine.test(said)) diagnostic.noise.push(line)
  else if (lint !== undefined) diagnostic.text.push(lint)
  else diagnostic.text.push(line.trimStart())
}

function readLine(line: string, diagnostic: Diagnostic): void {
  const said = remark.exec(line)?.[1]
  const place = elsewhere.exec(line)?.[1]
  if (said !== undefined) readRemark(line, said, diagnostic)
  else if (place !== undefined) {
    const isTold = !place.startsWith('/rustc/') && diagnostic.text.at(-1)?.endsWith('defined here') !== true
    ;(isTold ? diagnostic.text : diagnostic.noise).push(isTold ? line.trimStart() : line)
  } else if (sub.test(line)) {
    diagnostic.inSuggestion = line.startsWith('help: ')
    ;(routine.test(line) ? diagnostic.noise : diagnostic.text).push(line)
  } else if (drawn.test(line) || numbered.test(line)) readDrawing(line, diagnostic)
  else diagnostic.text.push(line)
}

function bodyOf(
  lines: readonly string[],
  from: number,
  isError: boolean,
): { diagnostic: Diagnostic; next: number } {
  const diagnostic: Diagnostic = { isError, text: [], noise: [], lint: undefined, inSuggestion: false }
  let at = from
  for (; at < lines.length && lines[at] !== ''; at += 1) {
    if (headline.test(lines[at] ?? '') && arrow.test((lines[at + 1] ?? '').slice(0, 1000))) break
    readLine((lines[at] ?? '').slice(0, 4000), diagnostic)
  }
  return { diagnostic, next: at }
}

function readWhole(lines: readonly string[], from: number): Read | undefined {
  const line = lines[from] ?? ''
  const place = headline.test(line) ? arrow.exec((lines[from + 1] ?? '').slice(0, 1000)) : null
  if (!place) return undefined
  const { diagnostic, next } = bodyOf(lines, from + 2, line.startsWith('error'))
  const said = diagnostic.lint === undefined ? line : `${line} #${diagnostic.lint}`
  const [, path = '', row = '', column = ''] = place
  const finding = { path, at: `${row}:${column}`, text: [said, ...diagnostic.text] }
  const items = findingItems(finding, lines.slice(from, next))
  return { items: [...items, ...diagnostic.noise.map((each) => noiseItem('source of findings', each))], next }
}

/** Whole diagnostics, and those of `--message-format short`. */
export const rustcReaders: readonly Reader[] = [readWhole, oneLineReader(oneLine)]
