/** pytest's tracebacks, long and short: which lines are source around a failure, and which are frames of libraries. */
import type { What } from './asides.ts'

const title = /^_{3,} \S.* _{3,}$/
const between = /^_ (?:_ )+_$|^_ _$/
const captured = /^-{3,} Captured .* -{3,}$/
const place = /^(\S.*):(\d+): (?:in )?\S*$|^(\S.*):(\d+): (?:in )?\S.*$/
const foreign =
  /(?:^|[/\\])(?:site-packages|dist-packages|_pytest|lib[/\\]python\d[\d.]*|lib64[/\\]python\d[\d.]*)[/\\]|^<frozen /
/** The title, the frame and the error say it again. */
const hint = /^(?:Hint: make sure your test modules|Traceback:$|ImportError while importing test module )/
const carets = /^ +[\^~]+$/
/** Under the two lines of a difference that tell it. */
const marks = /^E +\?[ +^-]+$/
const advice =
  /^E +(?:Omitting \d+ identical items, use -vv to show|Use -v+ to get (?:the full|more) diff)$|^> +use 'pytest --fixtures \[testpath\]' for help on them\.$/
/** A thing of which nothing is told but that it is there. */
const receiver = /^self = <|^\w+ = <[^<>]* object at 0x[0-9a-f]+>$/

const around: What = { aside: 'source around failures' }
const ofLibraries: What = { aside: 'frames of libraries' }

/** Seen by its first letter where it is neither: that is nearly every line. */
function isAdvice(line: string): boolean {
  const first = line[0]
  return (first === 'E' || first === '>') && (marks.test(line) || advice.test(line))
}

const isHint = (line: string): boolean => (line[0] === ' ' ? carets.test(line) : hint.test(line))

const isReceiver = (line: string): boolean => line.includes(' = <') && receiver.test(line)

/** Between two separators of the long form: one frame. What it shows beside the line it is at is only its surroundings. */
function frameWhats(lines: readonly string[], isLast: boolean): What[] {
  const at = lines.findIndex((line) => line.startsWith('>'))
  const error = lines.findIndex((line) => /^E(?: |$)/.test(line))
  const to = error < 0 ? lines.length : error
  const isForeign = lines.some((line) => place.test(line.slice(0, 1000)) && foreign.test(line.slice(0, 1000)))
  if (isForeign && !isLast) return lines.map((): What => ofLibraries)
  return lines.map((line, index): What => {
    const start = line.slice(0, 1000)
    if (isAdvice(start) || isReceiver(start)) return around
    const isSource = line.startsWith('     ') || (index < at && (line.startsWith('    ') || line === ''))
    return index < to && isSource ? around : undefined
  })
}

/** The short form: a place, and its line under it. */
function shortWhats(lines: readonly string[]): What[] {
  let inForeign = false
  return lines.map((whole): What => {
    const line = whole.slice(0, 1000)
    if (isHint(line) || isAdvice(line)) return around
    if (!line.startsWith('E ') && place.test(line)) inForeign = foreign.test(line)
    else if (!line.startsWith('    ')) inForeign = false
    return inForeign ? ofLibraries : undefined
  })
}

/** One failure: its title, its frames, what was captured. */
function failureWhats(lines: readonly string[]): What[] {
  const end = lines.findIndex((line) => captured.test(line.slice(0, 400)))
  const frames = end < 0 ? lines : lines.slice(0, end)
  const whats: What[] = []
  let from = 0
  for (let at = 0; at <= frames.length; at += 1) {
    if (at < frames.length && !between.test((frames[at] ?? '').slice(0, 400))) continue
    const frame = frames.slice(from, at)
    const isLong = frame.some((line) => line.startsWith('>'))
    for (const what of isLong ? frameWhats(frame, at === frames.length) : shortWhats(frame)) whats.push(what)
    if (at < frames.length) whats.push(around)
    from = at + 1
  }
  for (let at = frames.length; at < lines.length; at += 1) whats.push(undefined)
  return whats
}

/** The lines of the sections FAILURES and ERRORS. */
export function tracebackWhats(lines: readonly string[]): readonly What[] {
  const whats: What[] = []
  let from = 0
  for (let at = 0; at <= lines.length; at += 1) {
    if (at < lines.length && !title.test((lines[at] ?? '').slice(0, 400))) continue
    for (const what of failureWhats(lines.slice(from, at))) whats.push(what)
    if (at < lines.length) whats.push(undefined)
    from = at + 1
  }
  return whats
}
