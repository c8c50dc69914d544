/**
 * Messages that differ in names and numbers only: what they have in common, told once, with `{}` for each part that
 * differs, and `{1}` where the first of these parts stands again.
 */

const slot = '{}'
const slotLike = /\{\d*\}/

/** It could be taken for a template. */
export const hasSlot = (text: string): boolean => slotLike.test(text)

/** What is quoted, and numbers: the parts in which messages of one kind differ. */
const varying = /(?<!\w)'[^'\n]*'(?!\w)|(?<!\w)"[^"\n]*"(?!\w)|`[^`\n]*`|\b\d+(?:\.\d+)*\b/g

const quotes = new Set(["'", '"', '`'])

/** Can stand without quotes among others. */
const bare = /^[^\s,'"`=][^\s,]*$/

export interface Pieces {
  /** One more than the parts that vary. */
  readonly literals: readonly string[]
  readonly values: readonly string[]
}

export function piecesOf(text: string): Pieces {
  const literals: string[] = []
  const values: string[] = []
  let from = 0
  for (const { 0: value, index } of text.matchAll(varying)) {
    literals.push(text.slice(from, index))
    values.push(value)
    from = index + value.length
  }
  literals.push(text.slice(from))
  return { literals, values }
}

/** The same for all messages of one kind. */
export const kindOf = ({ literals }: Pieces): string => literals.join('\0')

export interface Template {
  readonly text: string
  /** For each message, in their order: its own parts, as told behind its place. */
  readonly values: readonly string[]
}

interface Column {
  /** All have it around them: it stands in the template. */
  readonly quote: string
  /** The whole where it is the same in all messages. */
  readonly same: string | undefined
  /** With their quotes only where they could not be told from others without. */
  readonly values: readonly string[]
}

function withoutQuotes(value: string): string {
  const inner = value.slice(1, -1)
  return bare.test(inner) ? inner : value
}

function columnOf(values: readonly string[]): Column {
  const [first = ''] = values
  const same = values.every((value) => value === first) ? first : undefined
  const mark = first[0] ?? ''
  const isQuoted = quotes.has(mark) && values.every((value) => value.startsWith(mark))
  return isQuoted ? { quote: mark, same, values: values.map(withoutQuotes) } : { quote: '', same, values }
}

/** How each column is told, and which columns have values of their own. */
function told(columns: readonly Column[]): { marks: readonly string[]; own: readonly Column[] } {
  const own: Column[] = []
  const numbers = new Map<string, number>()
  const marks = columns.map(({ quote, same, values }) => {
    if (same !== undefined) return same
    const key = `${quote === ''}${values.join('\0')}`
    const number = numbers.get(key)
    if (number !== undefined) return `${quote}{${number}}${quote}`
    own.push({ quote, same, values })
    numbers.set(key, own.length)
    return quote + slot + quote
  })
  return { marks, own }
}

/** With more of them, nobody finds which stands where. */
const mostSlots = 3

/** What messages of one kind have in common. Undefined where it could not be told from what they say themselves. */
export function templateOf(messages: readonly Pieces[]): Template | undefined {
  const literals = messages[0]?.literals ?? []
  const columns = columnsOf(messages, literals.length - 1)
  const fixed = [...literals, ...columns.flatMap(({ same }) => same ?? [])]
  const { marks, own } = told(columns)
  if (own.length === 0 || own.length > mostSlots || fixed.some(hasSlot)) return undefined
  return {
    text: literals.map((literal, at) => literal + (marks[at] ?? '')).join(''),
    values: messages.map((_, at) => valuesAt(own, at)),
  }
}

function columnsOf(messages: readonly Pieces[], count: number): readonly Column[] {
  const columns: Column[] = []
  for (let at = 0; at < count; at += 1) {
    const values: string[] = []
    for (const message of messages) values.push(message.values[at] ?? '')
    columns.push(columnOf(values))
  }
  return columns
}

function valuesAt(columns: readonly Column[], at: number): string {
  let text = ''
  for (let index = 0; index < columns.length; index += 1)
    text += `${index > 0 ? ',' : ''}${columns[index]?.values[at] ?? ''}`
  return text
}

const code = /^(?:\w+ )?[A-Z]+\d+\b|^\w+(?:\/\w+)+ /
const trailing = /[ ([][\w./@-]*[-/\])][\w./@-]*\]?\)?$/

/** The rule that a message is of, as it names it: `W0511`, `lint/style/noNull`, `(fixme)`. Undefined where it does not. */
export function ruleOf(text: string): string | undefined {
  const [line = ''] = text.split('\n', 1)
  return (code.exec(line) ?? trailing.exec(line.slice(-80)))?.[0]
}

/** How many characters of the first text all of them have at that end: at most as many as are left of each. */
function alikeChars(
  texts: readonly string[],
  sideOf: (text: string, at: number) => string,
  taken: number,
): number {
  const [first = '', ...others] = texts
  let most = first.length - taken
  for (const text of others) {
    const end = Math.min(most, text.length - taken)
    let at = 0
    while (at < end && sideOf(text, at) === sideOf(first, at)) at += 1
    most = at
  }
  return most
}

const fromStart = (text: string, at: number): string => text.charAt(at)
const fromEnd = (text: string, at: number): string => text.charAt(text.length - 1 - at)

/** Whole words with the blank that ends them. */
function commonStart(texts: readonly string[]): string {
  const [first = ''] = texts
  return first.slice(0, first.lastIndexOf(' ', alikeChars(texts, fromStart, 0) - 1) + 1)
}

/** Whole words with the blank before them, and whole lines. */
function commonEnd(texts: readonly string[], taken: number): string {
  const [first = ''] = texts
  const from = first.length - alikeChars(texts, fromEnd, taken)
  const start = first.slice(from).search(/[ \n]/)
  return start < 0 ? '' : first.slice(from + start)
}

/** The lines below; where there are none and the message ends with its rule, that, with the blanks before it. */
function ending(text: string): string {
  const below = text.indexOf('\n')
  if (below >= 0) return text.slice(below)
  const said = text.slice(0, text.lastIndexOf(' ') + 1).trimEnd()
  return text.slice(said.length)
}

/** Messages of one rule that begin and end alike: what is between is told to the end of its line where it is several words. */
export function frameOf(texts: readonly string[]): Template | undefined {
  const start = commonStart(texts)
  const between = (end: string) => texts.map((text) => text.slice(start.length, text.length - end.length))
  const whole = commonEnd(texts, start.length)
  const end = between(whole).every((value) => bare.test(value)) ? whole : ending(whole)
  const values = between(end)
  const isTold = start !== '' && values.every((value) => /^\S(?:.*\S)?$/.test(value))
  if (!isTold || hasSlot(start) || hasSlot(end)) return undefined
  return { text: start + slot + end, values: values.map((value) => (bare.test(value) ? value : ` ${value}`)) }
}
