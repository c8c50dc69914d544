/** `clutch show`: an original, whole or in part, by the id that stands where something was left out. */
import { readMouthSettings } from '../config/mouth.ts'
import { textTokens } from '../conversation/tokens.ts'
import { judgeFilters } from '../store/demoted.ts'
import { type OriginalFound, Originals, originalLimits, originalsFolder } from '../store/originals.ts'
import { noteSaving } from '../store/savings.ts'
import { readFlags } from './flags.ts'
import type { Io } from './io.ts'

const manual = `clutch show ID: what a tool printed, before its output was shortened

  --grep RE        only lines that fit the regular expression, with their numbers
  --lines A:B      only lines A to B (A: to the end, :B from the beginning, A one line)
  --json           for programs

Exit codes: 0 shown, 1 no line fits, 64 wrong usage, 66 there is no such original
`

const exits = { shown: 0, nothingFits: 1, usage: 64, unknown: 66 } as const

interface Asked {
  readonly id: string
  readonly grep?: RegExp
  readonly lines: { readonly from: number; readonly to: number }
  readonly whole: boolean
  readonly json: boolean
}

export function showVerb(args: readonly string[], io: Io, nowMs = Date.now()): number {
  if (args.includes('--help') || args.includes('-h')) {
    io.out(manual)
    return exits.shown
  }
  const asked = read(args)
  if (typeof asked === 'string') {
    io.err(`clutch show: ${asked}\nSee: clutch show --help\n`)
    return exits.usage
  }
  const { stateFolder, originals: limits } = readMouthSettings(io)
  const originals = new Originals({ folder: originalsFolder(stateFolder), ...limits, nowMs: () => nowMs })
  const found = originals.read(asked.id)
  if (found.kind !== 'text') {
    io.err(`clutch show: ${missing(asked.id, found, originals.keepDays)}\n`)
    return exits.unknown
  }
  const { text, fits } = part(found.text, asked)
  noteSaving(stateFolder, {
    kind: 'recall',
    atMs: nowMs,
    original: asked.id.startsWith('r') ? asked.id : `r${asked.id}`,
    tokens: Math.round(textTokens(text)),
  })
  judgeFilters(stateFolder)
  io.out(text)
  return fits ? exits.shown : exits.nothingFits
}

const flagKinds = { grep: 'text', lines: 'text', json: 'switch' } as const

/** A text says what is wrong. */
function read(args: readonly string[]): Asked | string {
  const flags = readFlags(args, flagKinds, 'operands')
  if (!flags.ok) return flags.message
  const [id, ...others] = flags.operands
  if (id === undefined)
    return 'it needs the id of an original, as in [+12 lines hidden: … — clutch show r7f3a2]'
  if (others.length > 0) return `one id at a time; what is "${others[0]}"?`
  const { lines: said, grep } = flags.texts
  const lines = rangeFrom(said)
  if (!lines) return '--lines takes A:B, as in 120:180, 120: or :40'
  const pattern = grep === undefined ? undefined : patternFrom(grep)
  if (typeof pattern === 'string') return pattern
  return {
    id,
    lines,
    whole: grep === undefined && said === undefined,
    json: flags.switches.has('json'),
    ...(pattern && { grep: pattern }),
  }
}

/** A text says what is wrong. */
function patternFrom(said: string): RegExp | string {
  try {
    return new RegExp(said, 'u')
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

function rangeFrom(said: string | undefined): Asked['lines'] | undefined {
  if (said === undefined) return { from: 1, to: Number.POSITIVE_INFINITY }
  const [, from = '', colon = '', to = ''] = /^(\d*)(?:([:-])(\d*))?$/.exec(said) ?? []
  if (from === '' && to === '') return undefined
  const first = from === '' ? 1 : Number(from)
  const last = to === '' ? (colon === '' ? first : Number.POSITIVE_INFINITY) : Number(to)
  return first >= 1 && last >= first ? { from: first, to: last } : undefined
}

/** A regular expression of anybody's is tried on so much of a line: some take for ever on a long one. */
const searchedChars = 4_000

function part(text: string, asked: Asked): { readonly text: string; readonly fits: boolean } {
  const { id, grep, whole, json, lines: range } = asked
  if (whole) return { text: json ? `${JSON.stringify({ id, text })}\n` : text, fits: true }
  const fitting = text
    .replace(/\n$/, '')
    .split('\n')
    .map((line, index) => ({ number: index + 1, line }))
    .slice(range.from - 1, range.to)
    .filter(({ line }) => grep === undefined || grep.test(line.slice(0, searchedChars)))
  if (json) return { text: `${JSON.stringify({ id, lines: fitting })}\n`, fits: fitting.length > 0 }
  const rows = fitting.map(({ number, line }) => (grep === undefined ? `${line}\n` : `${number}:${line}\n`))
  return { text: rows.join(''), fits: fitting.length > 0 }
}

function missing(id: string, found: Exclude<OriginalFound, { kind: 'text' }>, keepDays: number): string {
  const again = 'Run the command again; CLUTCH_COMPRESS=off clutch run … leaves its output alone.'
  if (found.kind === 'gone') {
    const on = new Date(found.removedMs).toISOString().slice(0, 10)
    return `${id} was removed on ${on}: unused for ${keepDays} days, or in the way of newer ones. ${again}`
  }
  const mib = originalLimits.entryBytes / 1024 / 1024
  return `there is no original ${id} on this machine (those beyond ${mib} MiB are not kept). ${again}`
}
