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
const byDefault = /^`#\[(?:warn|deny|forbid)\(([\w:]+)\)\]`(?: \(part of .*\))? on by default$/
const routine =
  /^to override `-|the lint level is defined here$|^`-[WDF] \S+` implied by `|^this `Result` may be an `Err` variant, which should be handled$/
/** What else there is in the language, and what a reader of its book knows. */
const lesson =
  /^(?:the following other types implement trait |items from traits can only be used if the trait is implemented and in scope$|the following trait defines an item |`Fn` and `FnMut` closures require captured values to be able to be consumed multiple times)/
const chainNote = /^note: the method call chain might not have had the expected associated types$/
/** Where it is defined stands below it, and is not told: who reads the message finds it by name. */
const defined =
  /^note: (?:associated |tuple )?(?:function|method|struct|enum|variant|constant|type|closure)s? defined here$/
/** Under the mark stands what the headline says. */
const saidAbove =
  /^(?:unknown field|not found in this scope|use of undeclared (?:type|crate or module|variable|constant) `[^`]*`|arguments to this \w+ are incorrect|required by a bound introduced by this call|`[^`]*` does not have this field|(?:method|function) cannot be called .*due to unsatisfied trait bounds)$/
/** What the code under a help does to the source: of two lines, the one to come. */
const suggested = /^ *\d+ +[|+~] /
const rowOf = /^ *(\d+) +[|+~-]/
/** The label at the place itself says what was expected there, too. */
const becauseOfReturn = /^(?:\d+ \| )?expected `([^`]*)` because of return type$/
const expectedNote = /^expected [^`]*`([^`]*)`$/
const foundNote = /^ +found [^`]*`([^`]*)`$/

/** What a warning says of how to be rid of it; its message and place say as much. */
const routineHelp =
  /^help: (?:if this is intentional, prefix it with an underscore|remove this `mut`|remove the whole|remove the unused import|remove these parentheses|use `let _ = \.\.\.` to ignore the resulting value)/

/** What is written at the end of the marks under a line: `^^^^ expected u32`. */
function labelOf(line: string): string {
  const at = line.indexOf('|')
  let start = at + 1
  while (start < line.length && ' |^~_+-'.includes(line[start] ?? '')) start += 1
  return at < 0 ? '' : line.slice(start)
}

interface Diagnostic {
  readonly isError: boolean
  /** Where it is; labels of other lines say which. */
  readonly row: string
  readonly text: string[]
  readonly noise: string[]
  lint: string | undefined
  /** The line of source that was drawn last. */
  drawnRow: string
  inSuggestion: boolean
  /** What stands under the last remark goes with it. */
  inNoise: boolean
}

function isToldLabel(label: string, line: string, { isError }: Diagnostic): boolean {
  if (label === '' || saidAbove.test(label)) return false
  return isError || ((line.includes('^') || label.startsWith('help: ')) && !routineHelp.test(label))
}

function readDrawing(line: string, diagnostic: Diagnostic): void {
  const { isError, text, noise, inSuggestion, inNoise, row } = diagnostic
  diagnostic.drawnRow = rowOf.exec(line)?.[1] ?? diagnostic.drawnRow
  const isCode = numbered.test(line)
  const label = isCode ? '' : labelOf(line)
  if (inNoise) noise.push(line)
  else if (isToldLabel(label, line, diagnostic))
    text.push(inSuggestion || diagnostic.drawnRow === row ? label : `${diagnostic.drawnRow} | ${label}`)
  else if (isError && inSuggestion && isCode && suggested.test(line)) text.push(line.trimStart())
  else noise.push(line)
}

function readRemark(line: string, said: string, diagnostic: Diagnostic): void {
  const link = clippyLink.exec(said)?.[1]
  const lint = byDefault.exec(said)?.[1]?.replace(/^clippy::/, '')
  diagnostic.lint = link ?? diagnostic.lint ?? lint
  diagnostic.inSuggestion = false
  diagnostic.inNoise =
    link !== undefined || lint !== undefined || [routine, lesson].some((form) => form.test(said))
  if (diagnostic.inNoise) diagnostic.noise.push(line)
  else diagnostic.text.push(line.trimStart())
}

function readSub(line: string, diagnostic: Diagnostic): void {
  diagnostic.inSuggestion = line.startsWith('help: ')
  diagnostic.inNoise =
    [routine, defined, chainNote].some((form) => form.test(line)) ||
    (!diagnostic.isError && routineHelp.test(line))
  ;(diagnostic.inNoise ? diagnostic.noise : diagnostic.text).push(line)
}

/** What was expected and what was found, where a label has said it. */
function withoutTypes({ text, noise }: Diagnostic): void {
  for (const [at, line] of text.entries()) {
    const expected = expectedNote.exec(line.replace(/^= note: /, ''))?.[1]
    const found = foundNote.exec(text[at + 1] ?? '')?.[1]
    const returned = becauseOfReturn.exec(line)?.[1]
    if (returned !== undefined && text.some((each) => each.startsWith(`expected \`${returned}\`, found `))) {
      noise.push(...text.splice(at, 1))
      continue
    }
    const isTold = text.some((each) => each.includes(`expected \`${expected}\`, found \`${found}\``))
    if (expected !== undefined && found !== undefined && isTold) noise.push(...text.splice(at, 2))
  }
}

/** The code that a help proposes says what to do. */
function withoutHelps({ text, noise }: Diagnostic): void {
  for (const [at, line] of text.entries()) {
    if (!line.startsWith('help: ') || !suggested.test(text[at + 1] ?? '')) continue
    noise.push(line)
    text.splice(at, 2, `help: ${text[at + 1]}`)
  }
}

function readLine(line: string, diagnostic: Diagnostic): void {
  const { text, noise, inNoise } = diagnostic
  const said = remark.exec(line)?.[1]
  const place = elsewhere.exec(line)?.[1]
  if (said !== undefined) readRemark(line, said, diagnostic)
  else if (place !== undefined) {
    if (inNoise || place.startsWith('/rustc/')) noise.push(line)
    else text.push(line.trimStart())
  } else if (sub.test(line)) readSub(line, diagnostic)
  else if (drawn.test(line) || numbered.test(line)) readDrawing(line, diagnostic)
  else (inNoise && /^\s/.test(line) ? noise : text).push(line)
}

function bodyOf(
  lines: readonly string[],
  from: number,
  { isError, row }: Pick<Diagnostic, 'isError' | 'row'>,
): { diagnostic: Diagnostic; next: number } {
  const diagnostic: Diagnostic = {
    isError,
    row,
    text: [],
    noise: [],
    lint: undefined,
    drawnRow: row,
    inSuggestion: false,
    inNoise: false,
  }
  let at = from
  for (; at < lines.length && lines[at] !== ''; at += 1) {
    if (headline.test(lines[at] ?? '') && arrow.test((lines[at + 1] ?? '').slice(0, 1000))) break
    readLine((lines[at] ?? '').slice(0, 4000), diagnostic)
  }
  withoutTypes(diagnostic)
  if (isError) withoutHelps(diagnostic)
  return { diagnostic, next: at }
}

function readWhole(lines: readonly string[], from: number): Read | undefined {
  const line = lines[from] ?? ''
  const place = headline.test(line) ? arrow.exec((lines[from + 1] ?? '').slice(0, 1000)) : null
  if (!place) return undefined
  const [, path = '', row = '', column = ''] = place
  const { diagnostic, next } = bodyOf(lines, from + 2, { isError: line.startsWith('error'), row })
  const said = diagnostic.lint === undefined ? line : `${line} #${diagnostic.lint}`
  const finding = { path, at: `${row}:${column}`, text: [said, ...diagnostic.text] }
  const items = findingItems(finding, lines.slice(from, next))
  return { items: [...items, ...diagnostic.noise.map((each) => noiseItem('source of findings', each))], next }
}

/** Whole diagnostics, and those of `--message-format short`. */
export const rustcReaders: readonly Reader[] = [readWhole, oneLineReader(oneLine)]
