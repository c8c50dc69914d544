/** The filters and the store as `clutch run` uses them; loaded when a command has printed something. */
import { commandOf } from '../compression/command-line.ts'
import { LiveShortener, liveLine } from '../compression/live.ts'
import { liveNoiseOf } from '../compression/live-noise.ts'
import { omission } from '../compression/omission.ts'
import { type Level, shorten } from '../compression/shorten.ts'
import type { MouthSettings } from '../config/mouth.ts'
import { textTokens } from '../conversation/tokens.ts'
import { filters } from '../filters/index.ts'
import { Originals, originalsFolder } from '../store/originals.ts'
import { noteSaving } from '../store/savings.ts'
import type { LiveShortening, Shortening } from './run-output.ts'

export interface RunShortenOrder {
  readonly settings: MouthSettings
  readonly level: Exclude<Level, 'off'>
  readonly commandLine: string
  readonly agent: string | undefined
  readonly project: string
  /** Known by the time the whole output is. */
  readonly failed: () => boolean
}

/** Shorter ones are nobody's trouble. */
const leastChars = 400
/** What agents keep of a command's output; nothing beyond it can be saved. */
const clientCapChars = 30_000

export function shorteningFor(order: RunShortenOrder): Shortening {
  const { stateFolder, originals: limits } = order.settings
  const originals = new Originals({ folder: originalsFolder(stateFolder), ...limits })
  return {
    whole: (text) => (text.length < leastChars ? undefined : shortenWhole(text, order, originals)),
    live: () => shortenLive(order, originals),
  }
}

function shortenWhole(text: string, order: RunShortenOrder, originals: Originals): string | undefined {
  const originalId = originals.put(text)
  if (originalId === undefined) return undefined
  const { commandLine, level } = order
  const result = { tool: 'Bash', commandLine, failed: order.failed(), text }
  const outcome = shorten(result, { level, originalId, filters })
  originals.sweepAtMostEvery(dayMs)
  if (outcome.kind === 'raw') return undefined
  note(order, {
    original: originalId,
    filter: outcome.filter,
    tier: outcome.tier,
    tokensBefore: cappedTokens(text),
    tokensAfter: cappedTokens(outcome.text),
  })
  return outcome.text
}

const dayMs = 24 * 60 * 60 * 1000

function shortenLive(order: RunShortenOrder, originals: Originals): LiveShortening | undefined {
  const growing = originals.begin()
  if (!growing) return undefined
  const noiseOf = order.level === 'lossless' ? () => undefined : liveNoiseOf(commandOf(order.commandLine))
  const lines = new LiveShortener({ noiseOf, hidden: (count, what) => omission(count, what, growing.id) })
  return {
    lines,
    clean: liveLine,
    keep: (text, ended) => {
      growing.keep(text)
      if (!ended) return
      const tokensBefore = cappedTokens(text)
      const kept = Math.max(0, text.length - lines.hiddenChars)
      const tokensAfter = Math.min(tokensBefore, Math.round((tokensBefore * kept) / Math.max(1, text.length)))
      note(order, { original: growing.id, filter: 'live', tier: 1, tokensBefore, tokensAfter })
    },
  }
}

const cappedTokens = (text: string): number => Math.round(textTokens(text.slice(0, clientCapChars)))

interface Noted {
  readonly original: string
  readonly filter: string
  readonly tier: number
  readonly tokensBefore: number
  readonly tokensAfter: number
}

function note({ settings, agent, project }: RunShortenOrder, noted: Noted): void {
  noteSaving(settings.stateFolder, {
    kind: 'firing',
    atMs: Date.now(),
    mouth: 'run',
    ...noted,
    project,
    ...(agent !== undefined && { agent }),
  })
}
