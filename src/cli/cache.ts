/** `clutch cache`: what providers read from their caches, what they missed, why, and what that cost. */
import { existsSync } from 'node:fs'
import { askCache, type CacheQuestion } from '../store/cache-report.ts'
import { cacheJson, cacheText } from './cache-text.ts'
import { type FlagKinds, readFlags } from './flags.ts'
import { exitCodes, type Io } from './io.ts'
import { readSettings } from './read-settings.ts'
import { sinceOf, wrongSince } from './since.ts'

const flagKinds: FlagKinds = {
  since: 'text',
  session: 'text',
  json: 'switch',
  config: 'text',
  help: 'switch',
}

const manual = `clutch cache: what providers' prompt caches missed, why, and what it cost; from the ledger

  --since WHEN     7d, 12h, 4w, 2026-11-01 or all (default 7d)
  --session ID     one session, by the beginning of its name: each of its requests, what of it stayed, in and out
  --json           for programs; money in micro-dollars
  --config FILE    instead of ~/.xx/config.json

Exit codes: 0 done, 64 wrong usage, 69 no ledger to read, 78 broken configuration
`

export function cacheVerb(args: readonly string[], io: Io, nowMs = Date.now()): number {
  const flags = readFlags(args, flagKinds)
  if (!flags.ok) return wrong(flags.message, io)
  if (flags.switches.has('help')) {
    io.out(manual)
    return exitCodes.ok
  }
  const { since = '7d', session, config } = flags.texts
  const sinceMs = sinceOf(since, nowMs)
  if (sinceMs === undefined) return wrong(wrongSince(since), io)
  const settings = readSettings(io, config)
  if (typeof settings === 'number') return settings
  const file = settings.ledger?.file
  return answer(file, { sinceMs, session }, flags.switches.has('json'), io)
}

function wrong(message: string, io: Io): number {
  io.err(`clutch cache: ${message}\nSee: clutch cache --help\n`)
  return exitCodes.usage
}

function answer(file: string | undefined, question: CacheQuestion, asJson: boolean, io: Io): number {
  if (file === undefined || !existsSync(file)) {
    const because = file === undefined ? '"ledger" is false in the configuration' : `there is none at ${file}`
    io.err(`clutch cache: no ledger: ${because}.\n`)
    return exitCodes.unavailable
  }
  try {
    const found = askCache(file, question)
    io.out(asJson ? cacheJson(question, found) : cacheText(found))
    return exitCodes.ok
  } catch (error) {
    io.err(`clutch cache: ${error instanceof Error ? error.message : String(error)}\n`)
    return exitCodes.unavailable
  }
}
