/** The hook's own shortening, for when no gateway runs. */
import type { Level } from '../compression/shorten.ts'
import type { MouthSettings } from '../config/mouth.ts'
import { filters } from '../filters/index.ts'
import { shortenKept } from '../server/shorten-kept.ts'
import { Originals, originalsFolder } from '../store/originals.ts'
import { ownFilters } from '../store/own-filters.ts'
import type { HookResult } from './hook-shape.ts'
import { levelHere } from './level-here.ts'

export async function shortenForHook(
  asked: HookResult,
  level: Level,
  settings: MouthSettings,
): Promise<string | undefined> {
  const { agent, project, session, ...result } = asked
  const { stateFolder, originals: limits } = settings
  const isForced = settings.isLevelForced
  const here = levelHere({ call: result, agent, level, isForced }, settings)
  const own = project === undefined ? [] : await ownFilters({ cwd: project, ...settings })
  return shortenKept(
    { ...result, failed: false },
    {
      ...{ level: here, stateFolder, mouth: 'hook' },
      filters: [...own, ...filters],
      originals: new Originals({ folder: originalsFolder(stateFolder), ...limits }),
      whose: { agent, ...(project !== undefined && { project }), ...(session !== undefined && { session }) },
    },
  )
}
