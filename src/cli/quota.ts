/** `clutch quota`: what may be used, what has been, when it is free again; and what providers say of their own limits. */
import { asList, asNumber, asObject, asText, type Json } from '../wire/json.ts'
import { askAdmin } from './admin-client.ts'
import { aligned } from './aligned.ts'
import { readFlags } from './flags.ts'
import { exitCodes, type Io } from './io.ts'

const manual = `clutch quota: budgets, quotas, and the rate limits of providers, as the running gateway counts them

  --json                           for programs
  --config FILE, --port N          which gateway, as for clutch serve

Exit codes: 0 done, 64 wrong usage, 69 no gateway answers, 78 broken configuration
`

export async function quotaVerb(args: readonly string[], io: Io, nowMs = Date.now()): Promise<number> {
  const flags = readFlags(args, { json: 'switch', config: 'text', port: 'text', help: 'switch' })
  if (!flags.ok) {
    io.err(`clutch quota: ${flags.message}\nSee: clutch quota --help\n`)
    return exitCodes.usage
  }
  if (flags.switches.has('help')) {
    io.out(manual)
    return exitCodes.ok
  }
  const heard = await askAdmin({ ask: 'quota', flags: flags.texts }, io)
  if (typeof heard === 'number') return heard
  io.out(flags.switches.has('json') ? `${JSON.stringify(heard.body, null, 2)}\n` : inWords(heard.body, nowMs))
  return exitCodes.ok
}

function inWords(body: Json | undefined, nowMs: number): string {
  const { budgets, providers, heard } = asObject(body)
  const parts = [
    titled('budgets', asList(budgets).map(countRow)),
    titled('quotas', asList(providers).map(countRow)),
    titled(
      'providers say',
      asList(heard).flatMap((one) => heardRows(one, nowMs)),
    ),
  ].filter((part) => part !== '')
  return parts.length > 0
    ? parts.join('\n')
    : 'Nothing is limited here (see "budgets" and "quotas"), and no provider has said anything of its limits.\n'
}

const titled = (title: string, rows: readonly (readonly string[])[]): string =>
  rows.length === 0 ? '' : `${title}:\n${aligned(rows.map((row) => ['', ...row]))}`

/** `everybody  1500 of 2000000 tokens/day  free again 00:00`. */
function countRow(value: Json): readonly string[] {
  const row = asObject(value)
  const unit = asText(row['unit']) ?? ''
  const amount = (field: string): string => numberText(asNumber(row[field]) ?? 0, unit)
  const resets = asText(row['resets'])
  const spent = row['spent'] === true
  return [
    asText(row['of']) ?? '?',
    `${amount('used')} of ${amount('limit')} ${unit}/${asText(row['per']) ?? '?'}`,
    spent ? 'spent' : '',
    resets === undefined ? '' : `${spent ? 'free again' : 'starts anew'} ${clockText(resets)}`,
    spent ? (asText(row['when_spent']) ?? '') : '',
  ]
}

const numberText = (amount: number, unit: string): string =>
  unit === 'dollars' ? amount.toFixed(amount > 0 && amount < 0.01 ? 4 : 2) : String(amount)

function heardRows(value: Json, nowMs: number): readonly (readonly string[])[] {
  const { account, seen, limits } = asObject(value)
  const ago = Math.max(0, Math.round((nowMs - Date.parse(asText(seen) ?? '')) / 1000))
  return asList(limits).map((one) => {
    const { name, limit, remaining, reset } = asObject(one)
    const left = [
      asText(remaining) ?? '?',
      ...(asText(limit) === undefined ? [] : [`of ${asText(limit)}`]),
    ].join(' ')
    return [
      asText(account) ?? '?',
      asText(name) || 'all',
      `${left} left`,
      asText(reset) === undefined ? '' : `reset ${asText(reset)}`,
      `${ago} s ago`,
    ]
  })
}

const clockText = (iso: string): string => `${iso.slice(0, 16).replace('T', ' ')} UTC`
