/** `budgets` of config.json: whose calls may use how much, and what happens when that is spent. */
import type { Allowance, QuotaUnit } from '../conversation/quota.ts'
import { readAllowance } from './allowance.ts'
import { nearest } from './nearest.ts'
import type { FileBudget } from './schema.ts'
import type { Budget } from './settings.ts'
import type { Sources } from './sources.ts'

const unitOf = { requests: 'requests', tokens: 'tokens', cost: 'dollars' } as const satisfies Readonly<
  Record<string, QuotaUnit>
>
const fields = ['requests', 'tokens', 'cost'] as const

/** `profiles` and `keys`: the names that exist. */
export function resolveBudgets(
  sources: Sources,
  profiles: readonly string[],
  keys: readonly string[],
): readonly Budget[] {
  const { budgets, when_spent: usually } = sources.file.value
  if (budgets === undefined) return []
  return budgets.map((entry, index) => {
    const at = ['budgets', index]
    checkName(sources, entry.profile, [...at, 'profile'], 'profile', profiles)
    checkName(sources, entry.key, [...at, 'key'], 'key', keys)
    const whole = sources.inFile(entry, at)
    if (whole) sources.note(`budgets.${index}`, whole.source)
    const allowances = fields.flatMap((field) => allowancesIn(sources, entry, index, field))
    if (whole && fields.every((field) => entry[field] === undefined))
      sources.refuse(whole, `expected at least one of ${fields.join(', ')}`)
    return {
      ...(entry.profile !== undefined && { profile: entry.profile }),
      ...(entry.agent !== undefined && { agent: entry.agent }),
      ...(entry.key !== undefined && { key: entry.key }),
      allowances,
      whenSpent: entry.when_spent ?? usually ?? 'refuse',
    }
  })
}

function allowancesIn(
  sources: Sources,
  entry: FileBudget,
  index: number,
  field: (typeof fields)[number],
): readonly Allowance[] {
  return [entry[field] ?? []].flat().flatMap((text) => {
    const read = readAllowance(unitOf[field], text)
    if (typeof read !== 'string') return [read]
    sources.refuse({ place: sources.file.place(['budgets', index, field]) }, read)
    return []
  })
}

function checkName(
  sources: Sources,
  name: string | undefined,
  path: readonly (string | number)[],
  what: string,
  known: readonly string[],
): void {
  const said = sources.inFile(name, path)
  if (said && !known.includes(said.value))
    sources.refuse(said, `no ${what} is named ${said.value}`, nearest(said.value, known))
}
