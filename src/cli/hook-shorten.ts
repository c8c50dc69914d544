/** The hook's own shortening, for when no gateway runs. */
import type { Level } from '../compression/shorten.ts'
import type { MouthSettings } from '../config/mouth.ts'
import { filters } from '../filters/index.ts'
import { shortenKept } from '../server/shorten-kept.ts'
import { Originals, originalsFolder } from '../store/originals.ts'
import type { HookResult } from './hook-call.ts'

export function shortenForHook(asked: HookResult, level: Level, settings: MouthSettings): string | undefined {
  const { agent, project, session, ...result } = asked
  const { stateFolder, originals: limits } = settings
  return shortenKept(
    { ...result, failed: false },
    {
      ...{ level, filters, stateFolder, mouth: 'hook' },
      originals: new Originals({ folder: originalsFolder(stateFolder), ...limits }),
      whose: { agent, ...(project !== undefined && { project }), ...(session !== undefined && { session }) },
    },
  )
}
