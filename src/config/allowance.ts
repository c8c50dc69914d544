/** Allowances as people write them: `60/minute`, `2M/day`, `$5/day`. */
import { type Allowance, type Period, periods, type QuotaUnit } from '../conversation/quota.ts'

const form = /^\$?(\d+(?:\.\d+)?)\s*([kmb]?)\s*(?:\/|per\s)\s*(\w+)$/i
const multiples: Readonly<Record<string, number>> = { '': 1, k: 1e3, m: 1e6, b: 1e9 }
const short: Readonly<Record<string, Period>> = {
  min: 'minute',
  h: 'hour',
  d: 'day',
  daily: 'day',
  w: 'week',
  weekly: 'week',
  monthly: 'month',
}

const examples: Readonly<Record<QuotaUnit, string>> = {
  requests: '60/minute',
  tokens: '2M/day',
  dollars: '5/day or 0.50/hour',
}

/** A text that is no allowance comes back as the end of a sentence that says what one looks like. */
export function readAllowance(unit: QuotaUnit, text: string): Allowance | string {
  const [, digits = '', multiple = '', word = ''] = form.exec(text.trim()) ?? []
  const per = periodOf(word.toLowerCase())
  const limit = Number(digits) * (multiples[multiple.toLowerCase()] ?? 1)
  if (digits === '' || per === undefined || (unit !== 'dollars' && !Number.isInteger(limit)))
    return `expected ${unit} within a time such as ${examples[unit]}, found ${JSON.stringify(text)}`
  return { unit, per, limit }
}

const periodOf = (word: string): Period | undefined =>
  periods.find((period) => period === word || `${period}s` === word) ?? short[word]
