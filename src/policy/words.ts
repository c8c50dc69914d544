/** Amounts and times in words, for refusals and lists. */
import type { Allowance, QuotaUnit } from '../conversation/quota.ts'

/** `$5.00`, `2M tokens`, `60 requests`. */
export function amountText(unit: QuotaUnit, amount: number): string {
  if (unit === 'dollars') return `$${amount < 0.01 && amount > 0 ? amount.toFixed(4) : amount.toFixed(2)}`
  return `${shortNumber(amount)} ${unit}`
}

/** `$5.00 per day`. */
export const allowanceText = ({ unit, limit, per }: Allowance): string =>
  `${amountText(unit, limit)} per ${per}`

function shortNumber(amount: number): string {
  if (amount >= 1e6 && amount % 1e4 === 0) return `${amount / 1e6}M`
  if (amount >= 1e4 && amount % 100 === 0) return `${amount / 1e3}k`
  return String(Math.round(amount))
}

/** When something is over, to the minute, and how long that is from now. */
export function resetText(resetMs: number, nowMs: number): string {
  const at = `${new Date(resetMs).toISOString().slice(0, 16).replace('T', ' ')} UTC`
  return `${at} (in ${durationText(resetMs - nowMs)})`
}

function durationText(ms: number): string {
  const minutes = Math.max(1, Math.ceil(ms / 60_000))
  if (minutes < 120) return `${minutes} min`
  const hours = Math.ceil(minutes / 60)
  return hours < 48 ? `${hours} h` : `${Math.round(hours / 24)} days`
}
