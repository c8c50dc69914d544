/** What became of providers' caches: for people as two tables, for programs as JSON. */
import { isMissCause, type MissCause } from '../compression/cache-note.ts'
import type { CacheAnswer, CacheQuestion, CauseOfMisses, SessionCache } from '../store/cache-report.ts'

/** What each cause means, and what one can do. */
const meanings: Readonly<Record<MissCause, string>> = {
  'model-switch': 'another model or provider answered: its cache was empty',
  'account-switch': 'another key of the provider was used: each has a cache of its own',
  'own-edit': 'old results were shortened because that pays',
  tools: 'the list of tools changed: keep MCP servers and tool search as they are within a session',
  system: 'the system prompt changed (a billing line, a date, a status)',
  thinking: 'thinking or effort was changed in the session',
  rewind: 'the client went back or rewrote what was said',
  expired: 'nobody asked for longer than the provider keeps a prefix',
  unknown: 'the request went on as before; the provider dropped it',
}

export function cacheText({ causes, sessions }: CacheAnswer): string {
  if (sessions.length === 0) return 'No calls whose cache was watched in that time.\n'
  const missed =
    causes.length === 0
      ? 'No cached prefix was missed.\n'
      : table([['missed because', 'times', 'tokens', 'cost', ''], ...causes.map(causeCells)])
  const seen = table([
    ['session', 'agent', 'level', 'calls', 'read', 'same', 'kept', 'saved', 'missed', 'cost'],
    ...sessions.map(sessionCells),
  ])
  return `${missed}\n${seen}
read: of the input, from the cache. same: of each request, as in the one before. kept: the same of what was sent on.
saved: tokens that tool results were shorter by, each counted once.
`
}

const causeCells = ({ cause, misses, tokens, micros, unpriced }: CauseOfMisses): readonly string[] => [
  cause,
  String(misses),
  count(tokens),
  unpriced === misses ? 'unknown' : dollars(micros),
  isMissCause(cause) ? meanings[cause] : '',
]

const sessionCells = (each: SessionCache): readonly string[] => {
  const all = each.input + each.cacheRead + each.cacheWrite
  return [
    (each.session ?? '(none)').slice(0, 20),
    each.agent,
    each.level,
    String(each.calls),
    percent(all === 0 ? undefined : each.cacheRead / all),
    percent(each.sameShare),
    percent(each.keptShare),
    count(each.savedTokens),
    each.misses === 0 ? '' : `${each.misses} (${count(each.missTokens)})`,
    each.misses === 0 ? '' : dollars(each.missMicros),
  ]
}

const percent = (share: number | undefined): string =>
  share === undefined ? '' : `${Math.round(share * 1000) / 10} %`

const count = (tokens: number): string =>
  tokens < 10_000
    ? String(tokens)
    : tokens < 999_500
      ? `${Math.round(tokens / 1e3)}k`
      : `${(tokens / 1e6).toFixed(1)}M`

const dollars = (micros: number): string => `$${(micros / 1e6).toFixed(micros < 1_000_000 ? 4 : 2)}`

function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  return rows
    .map(
      (row) =>
        `${row
          .map((cell, at) => cell.padEnd(widths[at] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('')
}

export const cacheJson = ({ sinceMs, session }: CacheQuestion, { causes, sessions }: CacheAnswer): string =>
  `${JSON.stringify(
    {
      since: new Date(sinceMs).toISOString(),
      session: session ?? null,
      causes: causes.map((each) => ({
        cause: each.cause,
        misses: each.misses,
        tokens: each.tokens,
        cost_micros: each.micros,
        unpriced: each.unpriced,
      })),
      sessions: sessions.map((each) => ({
        session: each.session ?? null,
        agent: each.agent,
        level: each.level,
        calls: each.calls,
        input: each.input,
        cache_read: each.cacheRead,
        cache_write: each.cacheWrite,
        same_share: each.sameShare ?? null,
        kept_share: each.keptShare ?? null,
        saved_tokens: each.savedTokens,
        misses: each.misses,
        miss_tokens: each.missTokens,
        miss_micros: each.missMicros,
      })),
    },
    null,
    2,
  )}\n`
