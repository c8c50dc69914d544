/** One call, read back from the ledger: what was planned, what was tried, how it ended. Reads while a gateway writes. */
import type { Usage } from '../conversation/reply.ts'
import { asList, asObject, asText, tryParseJson } from '../wire/json.ts'
import { openSqlite, type Sqlite, type SqlRow } from '../world/sqlite.ts'
import { maybeNumber, number, text } from './cells.ts'
import { isLedger } from './ledger.ts'
import type { LedgerCost, LedgerEntry, LedgerPlan } from './ledger-entry.ts'

/** undefined: the ledger has no call of that id (or has it no more). Throws SqliteError, and what SQLite throws. */
export function storyOf(file: string, id: string): LedgerEntry | undefined {
  const database = openSqlite(file)
  try {
    database.exec('pragma busy_timeout = 2000')
    database.exec('pragma query_only = 1')
    if (!isLedger(database)) return undefined
    // The id stands at the beginning of a row: no row has to be taken apart until it is found.
    const found = 'select call from call_rows where substr(row, 1, ?) = ? order by call desc limit 1'
    const start = `${JSON.stringify([id]).slice(0, -1)},`
    const [call] = database.prepare(`select * from calls where call = (${found})`).all([start.length, start])
    return call && storyFrom(call, attemptsOf(database, call))
  } finally {
    database.close()
  }
}

const attemptsOf = (database: Sqlite, call: SqlRow): LedgerEntry['attempts'] =>
  database
    .prepare('select * from attempts where call = ? order by attempt')
    .all([number(call, 'call')])
    .map((row) => ({
      provider: text(row, 'provider') ?? '',
      model: text(row, 'model') ?? '',
      dialect: text(row, 'dialect') ?? '',
      startedMs: number(row, 'started_ms'),
      ...known('firstWordMs', maybeNumber(row, 'first_word_ms')),
      ...known('failure', text(row, 'failure')),
      ...known('status', maybeNumber(row, 'status')),
      ...known('totalMs', maybeNumber(row, 'total_ms')),
      ...known('usage', row['input'] === null ? undefined : usageIn(row)),
      ...known('cost', costIn(row)),
    }))

const usageIn = (row: SqlRow): Usage => ({
  input: number(row, 'input'),
  cacheRead: number(row, 'cache_read'),
  cacheWrite: number(row, 'cache_write'),
  output: number(row, 'output'),
  ...known('thinking', maybeNumber(row, 'thinking')),
})

function costIn(row: SqlRow): LedgerCost | undefined {
  const prices = text(row, 'prices')
  return prices === undefined ? undefined : { micros: number(row, 'cost_micros'), prices }
}

function storyFrom(row: SqlRow, attempts: LedgerEntry['attempts']): LedgerEntry {
  const plan = planFrom(text(row, 'plan'))
  const lost = text(row, 'lost')
  return {
    id: text(row, 'id') ?? '',
    startedMs: number(row, 'started_ms'),
    totalMs: number(row, 'total_ms'),
    agent: text(row, 'agent') ?? '',
    ...known('session', text(row, 'session')),
    ...known('subagent', text(row, 'subagent')),
    ...known('project', text(row, 'project')),
    profile: text(row, 'profile') ?? '',
    ...known('role', text(row, 'role')),
    ...known('rule', text(row, 'rule')),
    asked: text(row, 'asked') ?? '',
    dialect: text(row, 'dialect') ?? '',
    stream: number(row, 'stream') === 1,
    ...known('status', maybeNumber(row, 'status')),
    ...known('failure', text(row, 'failure')),
    ...known('firstWordMs', maybeNumber(row, 'first_word_ms')),
    usage: usageIn(row),
    ...known('cost', costIn(row)),
    unpricedAttempts: number(row, 'unpriced_attempts'),
    savedTokens: number(row, 'saved_tokens'),
    lost: lost === undefined ? [] : lost.split(','),
    ...(plan && { plan }),
    ...known('instead', text(row, 'instead')),
    attempts,
  }
}

function planFrom(said: string | undefined): LedgerPlan | undefined {
  const plan = asObject(said === undefined ? undefined : tryParseJson(said))
  if (plan['targets'] === undefined) return undefined
  return {
    targets: asList(plan['targets']).flatMap((name) => asText(name) ?? []),
    skipped: asList(plan['skipped']).map((pair) => {
      const [name, because] = asList(pair)
      return { name: asText(name) ?? '', because: asText(because) ?? '' }
    }),
    ...(plan['stays'] === true && { stays: true }),
  }
}

/** A field where there is a value, nothing where there is none. */
function known<Name extends string, Value>(
  name: Name,
  value: Value | undefined,
): Partial<Record<Name, Value>> {
  const made: Partial<Record<Name, Value>> = {}
  if (value !== undefined) made[name] = value
  return made
}
