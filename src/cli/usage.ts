/** `clutch usage`: what was used, by whom and what for, from the ledger; a running gateway is not disturbed. */
import { existsSync } from 'node:fs'
import { nearest } from '../config/nearest.ts'
import type { Settings } from '../config/settings.ts'
import { askLedger, isUsageGroup, type UsageAnswer, type UsageGroup, usageGroups } from '../store/usage.ts'
import { type FlagKinds, readFlags } from './flags.ts'
import { exitCodes, type Io } from './io.ts'
import { readSettings } from './read-settings.ts'
import { sinceOf, wrongSince } from './since.ts'
import { usageCsv, usageJson, usageTable } from './usage-table.ts'

const flagKinds: FlagKinds = {
  by: 'text',
  since: 'text',
  json: 'switch',
  csv: 'switch',
  config: 'text',
  help: 'switch',
}

const manual = `clutch usage: tokens and cost from the ledger

  --by WHAT        ${usageGroups.join(', ')} (default model)
  --since WHEN     7d, 12h, 4w, 2026-11-01 or all (default 7d)
  --json, --csv    for programs; money in micro-dollars, null where the price is unknown
  --config FILE    instead of ~/.xx/config.json

Exit codes: 0 done, 64 wrong usage, 69 no ledger to read, 78 broken configuration
`

interface Asked {
  readonly by: UsageGroup
  readonly sinceMs: number
  readonly since: string
  readonly form: 'table' | 'json' | 'csv'
}

export function usageVerb(args: readonly string[], io: Io, nowMs = Date.now()): number {
  const flags = readFlags(args, flagKinds)
  if (!flags.ok) return wrong(flags.message, io)
  if (flags.switches.has('help')) {
    io.out(manual)
    return exitCodes.ok
  }
  const asked = read(flags.texts, flags.switches, nowMs)
  if (typeof asked === 'string') return wrong(asked, io)
  const { config } = flags.texts
  const settings = readSettings(io, config)
  return typeof settings === 'number' ? settings : answer(asked, settings, io)
}

function wrong(message: string, io: Io): number {
  io.err(`clutch usage: ${message}\nSee: clutch usage --help\n`)
  return exitCodes.usage
}

/** A text says what is wrong. */
function read(
  { by = 'model', since = '7d' }: Readonly<Record<string, string>>,
  switches: ReadonlySet<string>,
  nowMs: number,
): Asked | string {
  if (!isUsageGroup(by)) {
    const near = nearest(by, usageGroups)
    return `cannot gather by "${by}"${near ? ` (did you mean ${near}?)` : ''}; there are ${usageGroups.join(', ')}`
  }
  const sinceMs = sinceOf(since, nowMs)
  if (sinceMs === undefined) return wrongSince(since)
  if (switches.has('json') && switches.has('csv')) return 'either --json or --csv'
  return { by, since, sinceMs, form: switches.has('json') ? 'json' : switches.has('csv') ? 'csv' : 'table' }
}

function answer(asked: Asked, settings: Settings, io: Io): number {
  const file = settings.ledger?.file
  if (file === undefined) {
    io.err('clutch usage: no ledger is kept: "ledger" is false in the configuration.\n')
    return exitCodes.unavailable
  }
  if (!existsSync(file)) {
    io.err(
      `clutch usage: there is no ledger yet at ${file}. It begins with the first call: run clutch serve.\n`,
    )
    return exitCodes.unavailable
  }
  try {
    print(asked, askLedger(file, asked), io)
    return exitCodes.ok
  } catch (error) {
    io.err(`clutch usage: ${error instanceof Error ? error.message : String(error)}\n`)
    return exitCodes.unavailable
  }
}

function print({ by, since, sinceMs, form }: Asked, { rows, oldestMs }: UsageAnswer, io: Io): void {
  if (form === 'json') io.out(usageJson(by, sinceMs, rows))
  else if (form === 'csv') io.out(usageCsv(by, rows))
  else if (rows.length > 0) io.out(usageTable(by, rows))
  else if (oldestMs === undefined) io.out('The ledger holds no calls yet.\n')
  else {
    const last = since === 'all' ? '' : ' Try --since all.'
    io.out(`No calls since ${new Date(sinceMs).toLocaleString()}.${last}\n`)
  }
}
