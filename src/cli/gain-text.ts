/** What `clutch gain` prints, for people and for programs. */
import type { ArmCost, Holdout } from '../store/savings-money.ts'
import { netTokens, savedTokens, type Tally, type TallyGroup, totalTally } from '../store/savings-tally.ts'
import { aligned } from './aligned.ts'

export interface Money {
  readonly micros: number
  /** Calls whose price nobody knows; not in `micros`. */
  readonly unpriced: number
  /** By agent or project. */
  readonly byKey: ReadonlyMap<string, number>
  /** What was shown again, at the price at which it had been saved: in all, and by agent or project. */
  readonly backMicros: number
  readonly backByKey: ReadonlyMap<string, number>
}

export interface Gain {
  readonly by: TallyGroup
  readonly sinceMs: number
  readonly rows: readonly Tally[]
  readonly money: Money
  readonly holdout: Holdout
  /** Filters that leave nothing out any more. */
  readonly demoted: readonly string[]
}

export function gainText(gain: Gain, isNet: boolean): string {
  const { by, rows, money, holdout, demoted } = gain
  if (rows.length === 0)
    return 'Nothing was made shorter in this time. What would have been: clutch discover\n'
  const hasMoney = by === 'agent' || by === 'project'
  const head = [
    by,
    'outputs',
    'tokens',
    'saved',
    'share',
    ...(isNet ? ['shown again', 'net'] : []),
    'recalls',
    'reruns',
  ]
  const cells = [...rows, totalTally(rows)].map((row) => [
    ...[row.key, count(row.firings), count(row.tokensBefore), count(savedTokens(row))],
    percent(row.tokensBefore === 0 ? 0 : savedTokens(row) / row.tokensBefore),
    ...(isNet ? [count(row.tokensBack), count(netTokens(row))] : []),
    ...[count(row.recalls), count(row.reruns)],
    ...(hasMoney ? [dollars(moneyOf(row.key, money, isNet))] : []),
  ])
  return [
    aligned([[...head, ...(hasMoney ? [isNet ? 'net money' : 'money'] : [])], ...cells]),
    `\nIn the gateway that was worth ${worth(money, isNet)}, by the part of the cache it would have been in`,
    money.unpriced > 0 ? `; the price of ${count(money.unpriced)} calls is not known.\n` : '.\n',
    holdoutText(holdout),
    demoted.length > 0
      ? `Asked for again too often, so they leave nothing out any more: ${demoted.join(', ')}.\n`
      : '',
  ].join('')
}

const worth = ({ micros, backMicros }: Money, isNet: boolean): string =>
  isNet
    ? `${dollars(micros)}, less ${dollars(backMicros)} for what was shown again: ${dollars(micros - backMicros)}`
    : dollars(micros)

function moneyOf(key: string, money: Money, isNet: boolean): number {
  const isTotal = key === 'total'
  const micros = isTotal ? money.micros : (money.byKey.get(key) ?? 0)
  const back = isTotal ? money.backMicros : (money.backByKey.get(key) ?? 0)
  return isNet ? micros - back : micros
}

function holdoutText({ heldOut, compressed, change }: Holdout): string {
  const arm = ({ sessions, perCall }: ArmCost): string =>
    `${count(sessions)} sessions at ${dollars(perCall)} a call`
  const arms = `Left raw: ${arm(heldOut)}; compressed: ${arm(compressed)}`
  if (!change) return `${arms}; too few to compare.\n`
  const more = change.share > 0 ? 'more' : 'less'
  const sure = Math.abs(change.share) > change.margin ? '' : ', which may be chance'
  return `${arms}: ${percent(Math.abs(change.share))} ${more}, give or take ${percent(change.margin)}${sure}.\n`
}

export const gainJson = ({ by, sinceMs, rows, money, holdout, demoted }: Gain): string =>
  `${JSON.stringify({
    by,
    since: new Date(sinceMs).toISOString(),
    rows: rows.map((row) => rowJson(row, money)),
    total: rowJson(totalTally(rows), money),
    saved_micros: money.micros,
    net_micros: money.micros - money.backMicros,
    unpriced_calls: money.unpriced,
    holdout: {
      held_out: armJson(holdout.heldOut),
      compressed: armJson(holdout.compressed),
      change: holdout.change ?? null,
    },
    demoted,
  })}\n`

const rowJson = (row: Tally, { byKey, backByKey }: Money) => ({
  key: row.key,
  outputs: row.firings,
  tokens_before: row.tokensBefore,
  tokens_after: row.tokensAfter,
  saved_tokens: savedTokens(row),
  recalls: row.recalls,
  reruns: row.reruns,
  tokens_shown_again: row.tokensBack,
  net_tokens: netTokens(row),
  ...(byKey.has(row.key) && {
    saved_micros: byKey.get(row.key),
    net_micros: (byKey.get(row.key) ?? 0) - (backByKey.get(row.key) ?? 0),
  }),
})

const armJson = ({ sessions, calls, perCall }: ArmCost) => ({
  sessions,
  calls,
  micros_per_call: Math.round(perCall),
})

const count = (value: number): string => Math.round(value).toLocaleString('en-US')
const percent = (share: number): string => `${(share * 100).toFixed(1)}%`
const dollars = (micros: number): string =>
  `${micros < 0 ? '-' : ''}$${(Math.abs(micros) / 1e6).toFixed(micros < 100_000 ? 4 : 2)}`
