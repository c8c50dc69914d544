/** `clutch gain`: what compression saved, counted once, net of what was asked for again; losses are shown as losses. */
import { existsSync } from 'node:fs'
import { nearest } from '../config/nearest.ts'
import { judgeFilters } from '../store/demoted.ts'
import snapshot from '../store/prices/snapshot.json' with { type: 'json' }
import { PriceBook } from '../store/prices.ts'
import { readSavings } from '../store/savings.ts'
import { type CallSaving, callSavings, compareHoldout, savedMicros } from '../store/savings-money.ts'
import {
  savedTokens,
  type Tally,
  type TallyGroup,
  tallyGroups,
  tallyOf,
  totalTally,
} from '../store/savings-tally.ts'
import { type FlagKinds, readFlags } from './flags.ts'
import { type Gain, gainJson, gainText, type Money } from './gain-text.ts'
import { exitCodes, type Io } from './io.ts'
import { readSettings } from './read-settings.ts'
import { sinceOf, wrongSince } from './since.ts'

const flagKinds: FlagKinds = {
  by: 'text',
  net: 'switch',
  since: 'text',
  json: 'switch',
  config: 'text',
  help: 'switch',
}

const manual = `clutch gain: what compression saved

  --by WHAT      ${tallyGroups.join(', ')} (default filter)
  --net          less what was asked for again (clutch show, or the command run again)
  --since WHEN   7d, 12h, 4w, 2026-11-01 or all (default 30d)
  --json         for programs; money in micro-dollars
  --config FILE  instead of ~/.xx/config.json

Every output counts once, however often it is sent again, and no further than agents keep of it. Money is what the
providers would have charged more, by the part of their cache; the holdout is what sessions cost that were left raw.
Exit codes: 0 done, 64 wrong usage, 78 broken configuration
`

export function gainVerb(args: readonly string[], io: Io, nowMs = Date.now()): number {
  const flags = readFlags(args, flagKinds)
  if (!flags.ok) return wrong(flags.message, io)
  if (flags.switches.has('help')) {
    io.out(manual)
    return exitCodes.ok
  }
  const { by: said = 'filter', since = '30d', config } = flags.texts
  const by = tallyGroups.find((group) => group === said)
  if (by === undefined) {
    const near = nearest(said, tallyGroups)
    return wrong(
      `cannot gather by "${said}"${near ? ` (did you mean ${near}?)` : ''}; there are ${tallyGroups.join(', ')}`,
      io,
    )
  }
  const sinceMs = sinceOf(since, nowMs)
  if (sinceMs === undefined) return wrong(wrongSince(since), io)
  const settings = readSettings(io, config)
  if (typeof settings === 'number') return settings
  const { stateFolder = '', ledger } = settings
  const gain = gainOf({ stateFolder, ledgerFile: ledger?.file, sinceMs, by })
  const isNet = flags.switches.has('net')
  io.out(flags.switches.has('json') ? gainJson(gain) : gainText(gain, isNet))
  return exitCodes.ok
}

function wrong(message: string, io: Io): number {
  io.err(`clutch gain: ${message}\nSee: clutch gain --help\n`)
  return exitCodes.usage
}

interface GainQuestion {
  readonly stateFolder: string
  readonly ledgerFile: string | undefined
  readonly sinceMs: number
  readonly by: TallyGroup
}

export function gainOf({ stateFolder, ledgerFile, sinceMs, by }: GainQuestion): Gain {
  const calls = callsIn(ledgerFile, sinceMs)
  const lines = readSavings(stateFolder, sinceMs)
  const ofGateway = lines.filter((line) => line.kind !== 'firing' || line.mouth === 'gateway')
  return {
    by,
    sinceMs,
    rows: tallyOf(lines, by),
    money: moneyBy(calls, by, tallyOf(ofGateway, by)),
    holdout: compareHoldout(calls),
    demoted: judgeFilters(stateFolder),
  }
}

/** Without a ledger there are tokens and no money. */
function callsIn(file: string | undefined, sinceMs: number): readonly CallSaving[] {
  if (file === undefined || !existsSync(file)) return []
  try {
    return callSavings(file, sinceMs)
  } catch {
    return []
  }
}

/** `rows`: what the gateway saved, by the same. */
function moneyBy(calls: readonly CallSaving[], by: TallyGroup, rows: readonly Tally[]): Money {
  const prices = new PriceBook(snapshot)
  const byKey = new Map<string, number>()
  let total = 0
  let unpriced = 0
  for (const call of calls.filter((each) => each.freshTokens + each.replayedTokens !== 0)) {
    const micros = savedMicros(call, prices)
    if (micros === undefined) unpriced += 1
    total += micros ?? 0
    const key = by === 'agent' ? call.agent : by === 'project' ? (call.project ?? 'unknown') : undefined
    if (key !== undefined) byKey.set(key, (byKey.get(key) ?? 0) + (micros ?? 0))
  }
  const shares = new Map(rows.map((row) => [row.key, shareBack(row)]))
  return {
    micros: total,
    unpriced,
    byKey,
    backMicros: total * shareBack(totalTally(rows)),
    backByKey: new Map([...byKey].map(([key, micros]) => [key, micros * (shares.get(key) ?? 0)])),
  }
}

/** Of what was saved, the share that was shown again after all; more than 1: all of it, and more. */
const shareBack = (row: Tally): number => (savedTokens(row) > 0 ? row.tokensBack / savedTokens(row) : 0)
