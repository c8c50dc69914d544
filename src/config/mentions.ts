/** Which providers the settings speak of: as the first word of a model name, or by themselves. */
import { providers } from '../providers/index.ts'
import type { Sources } from './sources.ts'
import { settingVariables } from './variables.ts'

export function spokenOf(sources: Sources): ReadonlySet<string> {
  const inVariables = settingVariables.flatMap((name) => sources.variable(name)?.value.split(',') ?? [])
  const texts = [...inVariables, ...textsIn(sources.file.value)]
  const lastResort = sources.file.value.local_last_resort === true ? localIds : []
  return new Set([...texts.map((text) => text.trim().split('/')[0] ?? ''), ...lastResort])
}

const localIds = providers.flatMap(({ id, local }) => (local ? [id] : []))

function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value]
  if (typeof value !== 'object' || value === null) return []
  return Object.values(value).flatMap(textsIn)
}
