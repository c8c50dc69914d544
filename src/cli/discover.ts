/** `clutch discover`: what compression would have saved in the sessions that agents keep on this machine. Reads only. */
import type { AgentId } from '../agents/agent.ts'
import { agents } from '../agents/index.ts'
import { commandOf } from '../compression/command-line.ts'
import { callFromText } from '../compression/pairing/found.ts'
import { shorten } from '../compression/shorten.ts'
import { estimateTokens } from '../compression/tokens.ts'
import { nearest } from '../config/nearest.ts'
import { filters } from '../filters/index.ts'
import { type PastResult, type PastSession, pastSessions } from '../launch/transcripts.ts'
import { aligned } from './aligned.ts'
import { type FlagKinds, readFlags } from './flags.ts'
import { exitCodes, type Io } from './io.ts'
import { sinceOf, wrongSince } from './since.ts'

const flagKinds: FlagKinds = {
  agent: 'text',
  since: 'text',
  sessions: 'text',
  lossless: 'switch',
  json: 'switch',
  help: 'switch',
}

const manual = `clutch discover: what compression would have saved in the sessions that agents keep on this machine

  --agent ID      one agent only
  --since WHEN    7d, 12h, 4w, 2026-11-01 or all (default 30d)
  --sessions N    the latest N of them (default 50)
  --lossless      what the level of that name would have saved
  --json          for programs

Counted is what the agents kept of each output, once: what they cut themselves is nobody's saving. Nothing is written,
nothing leaves this machine.
Exit codes: 0 done, 64 wrong usage
`

interface Row {
  readonly command: string
  outputs: number
  shortened: number
  tokensBefore: number
  tokensAfter: number
}

interface Asked {
  readonly only: AgentId | undefined
  readonly sinceMs: number
  readonly most: number
  readonly level: 'lossless' | 'balanced'
}

export function discoverVerb(args: readonly string[], io: Io, nowMs = Date.now()): number {
  const flags = readFlags(args, flagKinds)
  if (!flags.ok) return wrong(flags.message, io)
  if (flags.switches.has('help')) {
    io.out(manual)
    return exitCodes.ok
  }
  const asked = read(flags.texts, flags.switches, nowMs)
  if (typeof asked === 'string') return wrong(asked, io)
  const sessions = pastSessions(io, asked.sinceMs)
    .filter(({ agent }) => asked.only === undefined || agent === asked.only)
    .slice(0, asked.most)
  const rows = rowsOf(sessions, asked.level)
  io.out(flags.switches.has('json') ? json(sessions, rows) : text(sessions, rows))
  return exitCodes.ok
}

function wrong(message: string, io: Io): number {
  io.err(`clutch discover: ${message}\nSee: clutch discover --help\n`)
  return exitCodes.usage
}

/** A text says what is wrong. */
function read(
  { agent, since = '30d', sessions = '50' }: Readonly<Record<string, string>>,
  switches: ReadonlySet<string>,
  nowMs: number,
): Asked | string {
  const ids = agents.map(({ id }) => id)
  const only = ids.find((id) => id === agent)
  if (agent !== undefined && only === undefined) {
    const near = nearest(agent, ids)
    return `there is no agent "${agent}"${near ? ` (did you mean ${near}?)` : ''}`
  }
  const sinceMs = sinceOf(since, nowMs)
  if (sinceMs === undefined) return wrongSince(since)
  if (!/^[1-9]\d{0,5}$/.test(sessions)) return `--sessions takes a number, not "${sessions}"`
  return { only, sinceMs, most: Number(sessions), level: switches.has('lossless') ? 'lossless' : 'balanced' }
}

/** Most saved first. */
function rowsOf(sessions: readonly PastSession[], level: Asked['level']): readonly Row[] {
  const rows = new Map<string, Row>()
  for (const { results } of sessions) {
    const seen = new Set<string>()
    for (const result of results()) {
      const command = commandIn(result)
      const key = `${command} ${result.text}`
      if (seen.has(key)) continue
      seen.add(key)
      count(rowFor(rows, command), result, level)
    }
  }
  return [...rows.values()].toSorted((a, b) => savedBy(b) - savedBy(a) || b.tokensBefore - a.tokensBefore)
}

function rowFor(rows: Map<string, Row>, command: string): Row {
  const row = rows.get(command) ?? { command, outputs: 0, shortened: 0, tokensBefore: 0, tokensAfter: 0 }
  rows.set(command, row)
  return row
}

const savedBy = ({ tokensBefore, tokensAfter }: Row): number => tokensBefore - tokensAfter

/** The program, with its verb where programs have verbs; the tool where it is no shell. */
function commandIn({ tool, args }: PastResult): string {
  const { commandLine } = callFromText(tool, args)
  if (commandLine === undefined) return tool
  const command = commandOf(commandLine)
  if (!command) return 'shell'
  const verb = command.args.find((word) => !word.startsWith('-'))
  const hasVerbs = ['git', 'npm', 'pnpm', 'yarn', 'cargo', 'go', 'docker', 'kubectl', 'gh'].includes(
    command.program,
  )
  return hasVerbs && verb !== undefined && /^[\w-]+$/.test(verb)
    ? `${command.program} ${verb}`
    : command.program
}

function count(row: Row, { tool, args, text, failed }: PastResult, level: Asked['level']): void {
  const result = { ...callFromText(tool, args), text, failed }
  const outcome = shorten(result, { level, originalId: 'r00000', filters })
  const before = estimateTokens(text)
  row.outputs += 1
  row.tokensBefore += before
  row.tokensAfter += outcome.kind === 'raw' ? before : estimateTokens(outcome.text)
  if (outcome.kind === 'shortened') row.shortened += 1
}

const mostRows = 25

function text(sessions: readonly PastSession[], rows: readonly Row[]): string {
  if (sessions.length === 0) return 'No sessions of agents were found in this time.\n'
  const helped = rows.filter((row) => savedBy(row) > 0)
  const [before, after] = [sum(rows, 'tokensBefore'), sum(rows, 'tokensAfter')]
  const table = helped
    .slice(0, mostRows)
    .map((row) => [
      ...[row.command, number(row.outputs), number(row.tokensBefore), number(savedBy(row))],
      percent(savedBy(row) / row.tokensBefore),
    ])
  return [
    `${number(sessions.length)} sessions, ${number(sum(rows, 'outputs'))} tool results, ${number(before)} tokens.\n\n`,
    table.length > 0 ? aligned([['command', 'outputs', 'tokens', 'would save', 'share'], ...table]) : '',
    helped.length > mostRows ? `… and ${helped.length - mostRows} more\n` : '',
    `\n${percent(before === 0 ? 0 : (before - after) / before)} of all that tools gave back; files that were read stay as they are.\n`,
  ].join('')
}

const json = (sessions: readonly PastSession[], rows: readonly Row[]): string =>
  `${JSON.stringify({
    sessions: sessions.length,
    outputs: sum(rows, 'outputs'),
    tokens_before: sum(rows, 'tokensBefore'),
    tokens_after: sum(rows, 'tokensAfter'),
    commands: rows.map((row) => ({
      command: row.command,
      outputs: row.outputs,
      shortened: row.shortened,
      tokens_before: row.tokensBefore,
      tokens_after: row.tokensAfter,
    })),
  })}\n`

const sum = (rows: readonly Row[], field: 'outputs' | 'tokensBefore' | 'tokensAfter'): number =>
  rows.reduce((all, row) => all + row[field], 0)

const number = (value: number): string => Math.round(value).toLocaleString('en-US')
const percent = (share: number): string => `${(share * 100).toFixed(1)}%`
