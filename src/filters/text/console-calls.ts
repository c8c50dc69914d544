/** What jest prints of a call of console: its name, what was said, an empty line, and where. Told from one line on, where first. */
import type { What } from './asides.ts'

const call = /^ *console\.\w+$/
const where = /^ +at (?:.* )?(\([^()]+:\d+:\d+\))$/
/** No such call has the source around it between. */
const source = /^ *>? *\d* \|/

/** Longer than this it is no call's text. */
const mostLines = 200

interface Call {
  readonly lines: readonly string[]
  readonly taken: number
}

function callAt(lines: readonly string[], from: number): Call | undefined {
  const name = lines[from] ?? ''
  if (!call.test(name.slice(0, 400))) return undefined
  const body = lines.slice(from + 1, from + mostLines)
  const end = body.findIndex((line) => where.test(line.slice(0, 1000)) || call.test(line.slice(0, 400)))
  const place = where.exec((body[end] ?? '').slice(0, 1000))?.[1]
  const text = body.slice(0, end).filter((line, at) => line !== '' || at < end - 1)
  const [first, ...rest] = text
  if (place === undefined || first === undefined || text.some((line) => source.test(line.slice(0, 400))))
    return undefined
  return { lines: [`${name} ${place} ${first.trimStart()}`, ...rest], taken: end + 2 }
}

interface Marked {
  readonly lines: readonly string[]
  readonly whats: readonly What[]
}

/** Those that stay. */
export function shortCalls(lines: readonly string[], whats: readonly What[]): Marked {
  const out: string[] = []
  const outWhats: What[] = []
  for (let at = 0; at < lines.length; ) {
    const found = whats[at] === undefined ? callAt(lines, at) : undefined
    const told = found?.lines ?? [lines[at] ?? '']
    out.push(...told)
    outWhats.push(...told.map(() => whats[at]))
    at += found?.taken ?? 1
    while (found && lines[at] === '' && call.test(lines[at + 1]?.slice(0, 400) ?? '')) at += 1
  }
  return { lines: out, whats: outWhats }
}
