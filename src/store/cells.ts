/** What a row of the database holds, when it is of the kind that is asked for. */
import type { SqlRow } from '../world/sqlite.ts'

export function text(row: SqlRow, column: string): string | undefined {
  const value = row[column]
  return typeof value === 'string' ? value : undefined
}

export function maybeNumber(row: SqlRow, column: string): number | undefined {
  const value = row[column]
  return typeof value === 'number' ? value : undefined
}

/** 0 where there is none: sums of nothing. */
export const number = (row: SqlRow, column: string): number => maybeNumber(row, column) ?? 0
