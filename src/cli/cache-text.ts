/** What became of providers' caches: for people as two tables, for programs as JSON. */
import { isMissCause, type MissCause } from '../compression/cache-note.ts'
import type {
  CacheAnswer,
  CacheQuestion,
  CauseOfMisses,
  SessionCache,
  TurnCache,
} from '../store/cache-report.ts'
import { aligned } from './aligned.ts'

/** What each cause means, and what one can do. */
const meanings: Readonly<Record<MissCause, string>> = {
  'model-switch': 'another model or provider answered: its cache was empty',
  'account-switch': 'another key of the provider was used: each has a cache of its own',
  'own-edit': 'old results were shortened because that pays',
  tools:
    'the list of tools changed: xx turns on tool search, which keeps MCP servers out of it; elsewhere leave them as they are',
  system:
    'the system prompt changed: xx leaves out the billing line (CLAUDE_CODE_ATTRIBUTION_HEADER=0); else a date, a status',
  thinking: 'thinking or effort was changed in the session',
  rewind: 'the client went back or rewrote what was said',
  expired: 'nobody asked for longer than the provider keeps a prefix',
  unknown: 'the request went on as before; the provider dropped it',
}

export function cacheText({ causes, sessions, turns }: CacheAnswer): string {
  if (sessions.length === 0) return 'No calls whose cache was watched in that time.\n'
  const missed =
    causes.length === 0
      ? 'No cached prefix was missed.\n'
      : aligned([
          ['missed because', 'times', 'tokens', 'cost', ''],
          ...causes.flatMap((cause) => [causeCells(cause), ...detailCells(cause)]),
        ])
  const seen = aligned([
    ['session', 'agent', 'level', 'calls', 'read', 'same', 'kept', 'saved', 'missed', 'cost'],
    ...sessions.map(sessionCells),
  ])
  const each = turns.length === 0 ? '' : `\n${turnsText(turns)}`
  return `${missed}\n${seen}${each}
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

/** `3 × a billing line` under its cause. */
const detailCells = ({ details }: CauseOfMisses): readonly (readonly string[])[] =>
  details.map(({ detail, misses }) => ['', `${misses} ×`, detail])

const turnsText = (turns: readonly TurnCache[]): string =>
  aligned([
    ['turn', 'subagent', 'level', 'came in', 'same', 'sent', 'kept', 'read', 'missed', 'cost', 'because'],
    ...turns.map(turnCells),
  ])

function turnCells({ miss, ...turn }: TurnCache): readonly string[] {
  const all = turn.input + turn.cacheRead + turn.cacheWrite
  return [
    new Date(turn.startedMs).toISOString().slice(0, 19).replace('T', ' '),
    (turn.subagent ?? '').slice(0, 12),
    turn.level,
    count(turn.bodyBytes),
    count(turn.sameBytes),
    count(turn.sentBytes),
    count(turn.keptBytes),
    percent(all === 0 ? undefined : turn.cacheRead / all),
    ...(miss
      ? [
          count(miss.tokens),
          miss.micros === undefined ? 'unknown' : dollars(miss.micros),
          miss.causes.join(', ') + (miss.detail === undefined ? '' : ` (${miss.detail})`),
        ]
      : []),
  ]
}

const sessionCells = (each: SessionCache): readonly string[] => {
  const all = each.input + each.cacheRead + each.cacheWrite
  return [
    (each.session ?? '(none)').slice(0, 20) +
      (each.subagent === undefined ? '' : `/${each.subagent.slice(0, 12)}`),
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

export const cacheJson = (
  { sinceMs, session }: CacheQuestion,
  { causes, sessions, turns }: CacheAnswer,
): string =>
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
        details: each.details,
      })),
      sessions: sessions.map((each) => ({
        session: each.session ?? null,
        subagent: each.subagent ?? null,
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
      ...(session !== undefined && { turns: turns.map(turnJson) }),
    },
    null,
    2,
  )}\n`

const turnJson = ({ miss, ...turn }: TurnCache) => ({
  started: new Date(turn.startedMs).toISOString(),
  subagent: turn.subagent ?? null,
  level: turn.level,
  body_bytes: turn.bodyBytes,
  same_bytes: turn.sameBytes,
  sent_bytes: turn.sentBytes,
  kept_bytes: turn.keptBytes,
  input: turn.input,
  cache_read: turn.cacheRead,
  cache_write: turn.cacheWrite,
  miss: miss
    ? { causes: miss.causes, detail: miss.detail ?? null, tokens: miss.tokens, micros: miss.micros ?? null }
    : null,
})
