/** The filters and the store as `clutch run` uses them; loaded when a command has printed something. */
import { commandOf } from '../compression/command-line.ts'
import { LiveShortener, liveLine } from '../compression/live.ts'
import { liveNoiseOf } from '../compression/live-noise.ts'
import { omission } from '../compression/omission.ts'
import type { Level } from '../compression/shorten.ts'
import type { MouthSettings } from '../config/mouth.ts'
import { filters } from '../filters/index.ts'
import { cappedTokens, type KeptOrder, noteKept, shortenKept, type Whose } from '../server/shorten-kept.ts'
import { Originals, originalsFolder } from '../store/originals.ts'
import { ownFilters } from '../store/own-filters.ts'
import { levelHere } from './level-here.ts'
import type { LiveShortening, Shortening } from './run-output.ts'

export interface RunShortenOrder {
  readonly settings: MouthSettings
  readonly level: Level
  /** Said for this one command. */
  readonly isForced: boolean
  readonly commandLine: string
  readonly whose: Whose
  readonly cwd: string
  /** Known by the time the whole output is. */
  readonly failed: () => boolean
}

export async function shorteningFor(order: RunShortenOrder): Promise<Shortening> {
  const { commandLine, settings, failed, whose } = order
  const call = { tool: 'Bash', commandLine }
  const level = levelHere({ ...order, call, agent: whose.agent }, settings)
  const { stateFolder, originals: limits } = settings
  const originals = new Originals({ folder: originalsFolder(stateFolder), ...limits })
  const own = await ownFilters({ cwd: order.cwd, ...settings })
  const kept: KeptOrder = {
    level,
    filters: [...own, ...filters],
    originals,
    stateFolder,
    mouth: 'run',
    whose,
  }
  return {
    whole: (text) => shortenKept({ ...call, failed: failed(), text }, kept),
    live: () => (level === 'off' ? undefined : shortenLive(commandLine, kept)),
  }
}

function shortenLive(commandLine: string, kept: KeptOrder): LiveShortening | undefined {
  const growing = kept.originals.begin()
  if (!growing) return undefined
  const noiseOf = kept.level === 'lossless' ? () => undefined : liveNoiseOf(commandOf(commandLine))
  const lines = new LiveShortener({ noiseOf, hidden: (count, what) => omission(count, what, growing.id) })
  return {
    lines,
    clean: liveLine,
    keep: (text, ended) => {
      growing.keep(text)
      if (!ended) return
      const tokensBefore = cappedTokens(text)
      const share = Math.max(0, text.length - lines.hiddenChars) / Math.max(1, text.length)
      const tokensAfter = Math.min(tokensBefore, Math.round(tokensBefore * share))
      noteKept(kept, { original: growing.id, filter: 'live', tier: 1, tokensBefore, tokensAfter })
    },
  }
}
