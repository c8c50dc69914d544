/** A compressor in memory, with a filter of our own whose doings are easy to see. */
import type { Birth, Births, Scope, ScopeMemory, Telling } from '../../src/compression/births.ts'
import type { FilterSets } from '../../src/compression/filter-set.ts'
import type { CompressionSettings } from '../../src/config/settings.ts'
import type { Filter } from '../../src/filters/filter.ts'
import { Compressor } from '../../src/gateway/compress.ts'
import type { OriginalShelf } from '../../src/gateway/tell.ts'
import { VirtualClock } from '../gateway/rig.ts'

export const settingsWith = (changes: Partial<CompressionSettings> = {}): CompressionSettings => ({
  level: 'balanced',
  minTokens: 100,
  holdout: 0,
  agents: {},
  tools: {},
  commands: {},
  paths: {},
  run: {},
  originals: { maxBytes: 1 << 20, keepDays: 30 },
  ...changes,
})

/** Leaves out lines that begin with `noise`, and says how many. */
export const quiet: Filter = {
  id: 'quiet',
  suggests: ({ program }) => program === 'chatter',
  confirms: (lines) => lines.some((line) => line.startsWith('noise')),
  shorten: ({ lines, hidden, tier }) => {
    if (tier === 0) return undefined
    const kept: string[] = []
    let left = 0
    const tell = (): void => {
      if (left > 0) kept.push(hidden(left, 'noise'))
      left = 0
    }
    for (const line of lines) {
      if (line.startsWith('noise')) left++
      else {
        tell()
        kept.push(line)
      }
    }
    tell()
    return { lines: kept, tier: 1 }
  },
  examples: [],
}

/** What `chatter` printed: one line that counts, much noise. */
export const chatter = (fact: string, lines = 60): string =>
  [
    ...Array.from({ length: lines }, (_, at) => `noise of a machine at work, piece number ${at} of ${fact}`),
    `fact: ${fact}`,
    ...Array.from({ length: lines }, (_, at) => `noise at the end, piece number ${at}, ${at * 7}`),
  ].join('\n')

/** A store without a disk. It outlives the compressors that use it. */
export class MemoryBirths implements Births {
  isLost = false
  readonly scopes = new Map<string, { filterSet: string; told: Map<string, Telling> }>()
  readonly births = new Map<string, Birth>()

  scope(id: string): ScopeMemory | undefined {
    return this.scopes.get(id)
  }
  begin({ id }: Scope, filterSet: string): void {
    if (!this.scopes.has(id)) this.scopes.set(id, { filterSet, told: new Map() })
  }
  toldElsewhere(place: string, content: string): Telling | undefined {
    return [...this.scopes.values()]
      .flatMap(({ told }) => told.get(place) ?? [])
      .findLast((telling) => telling.content === content)
  }
  birth(name: string): Birth | undefined {
    return this.births.get(name)
  }
  tell({ id }: Scope, telling: Telling, birth: Birth): void {
    this.births.set(telling.birth, birth)
    this.scopes.get(id)?.told.set(telling.place, telling)
  }
}

export class MemoryOriginals implements OriginalShelf {
  readonly texts = new Map<string, string>()
  refuses = false
  put(text: string): string | undefined {
    if (this.refuses) return undefined
    const known = [...this.texts].find(([, kept]) => kept === text)?.[0]
    const id = known ?? `r${(0xabcde + this.texts.size).toString(16)}`
    this.texts.set(id, text)
    return id
  }
}

export function oneSet(filters: readonly Filter[] = [quiet], id = 'fs1'): FilterSets {
  const set = { id, filters }
  return { folders: [], begin: () => set, known: (asked) => (asked === id ? set : undefined) }
}

export interface ShelterOptions {
  readonly settings?: Partial<CompressionSettings>
  readonly births?: Births
  readonly originals?: OriginalShelf
  readonly filters?: readonly Filter[]
  readonly filterSet?: string
  readonly sets?: FilterSets
  readonly clock?: VirtualClock
  readonly stopwatch?: () => () => number
}

export function shelter(options: ShelterOptions = {}) {
  const births = options.births ?? new MemoryBirths()
  const originals = options.originals ?? new MemoryOriginals()
  const compressor = new Compressor({
    settings: { compression: settingsWith(options.settings) },
    births,
    originals,
    sets: options.sets ?? oneSet(options.filters, options.filterSet),
    clock: options.clock ?? new VirtualClock(),
    stopwatch: options.stopwatch ?? (() => () => 0),
  })
  return { compressor, births, originals }
}
