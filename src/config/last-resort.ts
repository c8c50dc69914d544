/** `local_last_resort`: which models on this machine may close a cascade. */
import { nearest } from './nearest.ts'
import type { Roster } from './providers.ts'
import type { Settings } from './settings.ts'
import type { Sources } from './sources.ts'

export function resolveLastResort(
  sources: Sources,
  { providers }: Roster,
): Pick<Settings, 'localLastResort'> {
  const said = sources.inFile(sources.file.value.local_last_resort, ['local_last_resort'])
  if (!said || said.value === false) return {}
  sources.note('localLastResort', said.source)
  if (said.value === true) return { localLastResort: true }
  const local = Object.values(providers).flatMap(({ provider }) => (provider.local ? [provider.id] : []))
  for (const [index, name] of said.value.entries()) {
    const [id = ''] = name.split('/')
    if (local.includes(id)) continue
    const place = sources.file.place(['local_last_resort', index])
    sources.refuse({ place }, `no provider on this machine is named ${id}`, nearest(id, local))
  }
  return { localLastResort: said.value }
}
