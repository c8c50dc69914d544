/** `--since`: 7d, 12h, 4w, 2026-11-01 or all. */
const minuteMs = 60_000
const units: Readonly<Record<string, number>> = {
  m: minuteMs,
  h: 60 * minuteMs,
  d: 24 * 60 * minuteMs,
  w: 7 * 24 * 60 * minuteMs,
}

/** A length of time back from now, or the start of a day where we are; undefined: neither. */
export function sinceOf(text: string, nowMs: number): number | undefined {
  if (text === 'all') return 0
  const [, amount = '', unit = ''] = /^(\d{1,6})([mhdw])$/.exec(text) ?? []
  const unitMs = units[unit]
  if (unitMs !== undefined) return Math.max(0, nowMs - Number(amount) * unitMs)
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return undefined
  const dayMs = Date.parse(`${text}T00:00:00`)
  return Number.isNaN(dayMs) ? undefined : dayMs
}

export const wrongSince = (said: string): string =>
  `--since takes 7d, 12h, 4w, 2026-11-01 or all, not "${said}"`
