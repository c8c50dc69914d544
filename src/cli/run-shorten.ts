/** The filters and the store as `clutch run` uses them; loaded when a command has printed something. */
import { commandOf } from '../compression/command-line.ts'
import { LiveShortener, liveLine } from '../compression/live.ts'
import { liveNoiseOf } from '../compression/live-noise.ts'
import { omission } from '../compression/omission.ts'
import { readMouthSettings } from '../config/mouth.ts'
import { filters } from '../filters/index.ts'
import { quoteWord } from '../launch/quote.ts'
import { cappedTokens, type KeptOrder, noteKept, shortenKept } from '../server/shorten-kept.ts'
import { Originals, originalsFolder } from '../store/originals.ts'
import { ownFilters } from '../store/own-filters.ts'
import { agentAround } from './agent-around.ts'
import type { Io } from './io.ts'
import { levelHere } from './level-here.ts'
import type { RunAsked } from './run-asked.ts'
import type { RunPlan } from './run-order.ts'
import type { LiveShortening, Shortening } from './run-output.ts'

export async function shorteningFor(asked: RunAsked, plan: RunPlan, io: Io): Promise<Shortening> {
  const settings = readMouthSettings(io)
  const agent = agentAround(io.env)?.agent
  const call = { tool: 'Bash', commandLine: commandLineOf(asked) }
  const level = levelHere({ ...plan, call, agent }, settings)
  const { stateFolder, originals: limits } = settings
  const originals = new Originals({ folder: originalsFolder(stateFolder), ...limits })
  const own = await ownFilters({ cwd: io.cwd, ...settings })
  const kept: KeptOrder = {
    level,
    filters: [...own, ...filters],
    originals,
    stateFolder,
    mouth: 'run',
    whose: { project: io.cwd, ...(agent !== undefined && { agent }) },
  }
  return {
    whole: (text, failed) => shortenKept({ ...call, failed, text }, kept),
    live: () => (level === 'off' ? undefined : shortenLive(call.commandLine, kept)),
  }
}

/** As one would type it. */
const commandLineOf = ({ line, program, args }: RunAsked): string =>
  line ?? [program, ...args].map(quoteWord).join(' ')

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
