/** What was used, for people: a table; for programs: JSON and CSV. */
import { totalOf, type UsageRow } from '../store/usage.ts'

const columns = ['calls', 'failed', 'input', 'cached', 'output', 'cost'] as const

export function usageTable(by: string, rows: readonly UsageRow[]): string {
  const table = [
    [by, ...columns],
    ...rows.map((row) => cells(row, row.key ?? nameOfNone(by))),
    ...(rows.length > 1 ? [cells(totalOf(rows), 'total')] : []),
  ]
  const widths =
    table[0]?.map((_, column) => Math.max(...table.map((line) => line[column]?.length ?? 0))) ?? []
  const lines = table.map((line) =>
    line.map((cell, column) => padded(cell, widths[column] ?? 0, column === 0)).join('  '),
  )
  return `${lines.map((line) => line.trimEnd()).join('\n')}\n`
}

const padded = (cell: string, width: number, isName: boolean): string =>
  isName ? cell.padEnd(width) : cell.padStart(width)

const nameOfNone = (by: string): string =>
  by === 'model' || by === 'provider' ? '(none answered)' : `(no ${by})`

function cells(row: UsageRow, name: string): readonly string[] {
  const input = row.input + row.cacheRead + row.cacheWrite
  return [
    name,
    String(row.calls),
    row.failed === 0 ? '' : String(row.failed),
    tokens(input),
    input === 0 ? '' : `${Math.round((row.cacheRead / input) * 100)} %`,
    tokens(row.output),
    costText(row),
  ]
}

/** `1.2M`: three digits say enough to people. */
function tokens(count: number): string {
  if (count < 1_000) return String(count)
  const [amount, unit] = count < 999_500 ? [count / 1e3, 'k'] : [count / 1e6, 'M']
  return `${amount < 9.95 ? amount.toFixed(1) : Math.round(amount)}${unit}`
}

/** What is unknown is said beside what is known, and never counted as nothing. */
function costText({ costMicros, unpriced, calls }: UsageRow): string {
  if (unpriced === 0) return dollars(costMicros)
  if (unpriced === calls && costMicros === 0) return 'unknown'
  return `${dollars(costMicros)} + ${unpriced} unknown`
}

const dollars = (micros: number): string =>
  `$${(micros / 1e6).toFixed(micros > 0 && micros < 1_000_000 ? 4 : 2)}`

/** Tokens whole, money in micro-dollars; `cost_micros` is null where no call of the row has a known price. */
const plain = (row: UsageRow) => ({
  calls: row.calls,
  failed: row.failed,
  input: row.input,
  cache_read: row.cacheRead,
  cache_write: row.cacheWrite,
  output: row.output,
  cost_micros: row.unpriced === row.calls && row.calls > 0 && row.costMicros === 0 ? null : row.costMicros,
  unpriced_calls: row.unpriced,
  saved_tokens: row.savedTokens,
  attempts: row.attempts,
})

export const usageJson = (by: string, sinceMs: number, rows: readonly UsageRow[]): string =>
  `${JSON.stringify(
    {
      by,
      since: new Date(sinceMs).toISOString(),
      rows: rows.map((row) => ({ [by]: row.key ?? null, ...plain(row) })),
      total: plain(totalOf(rows)),
    },
    null,
    2,
  )}\n`

export function usageCsv(by: string, rows: readonly UsageRow[]): string {
  const head = [by, ...Object.keys(plain(totalOf([])))]
  const lines = rows.map((row) => [row.key ?? '', ...Object.values(plain(row))])
  return [head, ...lines].map((line) => `${line.map(csvCell).join(',')}\n`).join('')
}

/** A leading `=`, `+`, `-` or `@` would be a formula to a spreadsheet; what agents send must not be one. */
function csvCell(value: string | number | null): string {
  if (typeof value !== 'string') return value === null ? '' : String(value)
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
