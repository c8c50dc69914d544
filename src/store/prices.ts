/** What models cost: a dated snapshot as data, and the arithmetic. A price that nobody knows stays unknown. */
import type { Usage } from '../conversation/reply.ts'
import { shelf } from '../providers/index.ts'

/** Micro-dollars for a million tokens. Without a cache price, cached tokens cost what fresh ones cost. */
interface Rates {
  readonly input: number
  readonly output: number
  readonly cacheRead?: number
  readonly cacheWrite?: number
}

export interface Price extends Rates {
  /** Other rates for the whole request when its input, cached or not, is longer. */
  readonly long?: Rates & { readonly aboveTokens: number }
}

export interface PriceSnapshot {
  /** The day, and a hash of the prices: says in the ledger what a cost was computed with. */
  readonly id: string
  readonly models: Readonly<Record<string, Readonly<Record<string, Price>>>>
}

export interface Cost {
  readonly micros: number
  /** The snapshot, or `free`: known to cost nothing whatever the snapshot says. */
  readonly prices: string
}

const free: Cost = { micros: 0, prices: 'free' }
const million = 1_000_000

export class PriceBook {
  readonly #snapshot: PriceSnapshot
  /** By provider, then by model; names repeat, and looking for a price takes several steps. `null`: unknown. */
  readonly #known = new Map<string, Map<string, Price | typeof free | null>>()

  constructor(snapshot: PriceSnapshot) {
    this.#snapshot = snapshot
  }

  /** undefined: the price is unknown, or the provider did not say what was used. */
  costOf(provider: string, model: string, usage: Usage): Cost | undefined {
    const price = this.#known.get(provider)?.get(model) ?? this.#find(provider, model)
    if (price === free) return free
    if (price === undefined || !('input' in price) || isSilent(usage)) return undefined
    return { micros: microsFor(usage, price), prices: this.#snapshot.id }
  }

  #find(provider: string, model: string): Price | typeof free | undefined {
    const models = this.#known.get(provider) ?? new Map<string, Price | typeof free | null>()
    const known = models.get(model)
    if (known !== undefined) return known ?? undefined
    const price = isFree(provider, model) ? free : priceIn(this.#snapshot, provider, model)
    if (models.size >= maxKnown) models.clear()
    models.set(model, price ?? null)
    this.#known.set(provider, models)
    return price
  }
}

const maxKnown = 2_000

/** Models on this machine, the sandbox, and what is called free. */
const isFree = (provider: string, model: string): boolean =>
  provider === 'sandbox' || shelf[provider]?.local === true || model.endsWith(':free')

const isSilent = ({ input, cacheRead, cacheWrite, output }: Usage): boolean =>
  input + cacheRead + cacheWrite + output === 0

function priceIn({ models }: PriceSnapshot, provider: string, model: string): Price | undefined {
  const list = (Object.hasOwn(models, provider) ? models[provider] : undefined) ?? {}
  const listed = namesOf(model).find((name) => Object.hasOwn(list, name))
  return listed === undefined ? undefined : list[listed]
}

/** A dated or latest name costs what the plain one costs. */
function namesOf(model: string): readonly string[] {
  const plain = model.replace(/^models\//, '')
  return [model, plain, plain.replace(/-(?:\d{8}|\d{4}-\d{2}-\d{2}|latest)$/, '')]
}

/** Whole micro-dollars. */
function microsFor({ input, cacheRead, cacheWrite, output }: Usage, price: Price): number {
  const isLong = price.long !== undefined && input + cacheRead + cacheWrite > price.long.aboveTokens
  const rates = isLong && price.long ? price.long : price
  const total =
    input * rates.input +
    cacheRead * (rates.cacheRead ?? rates.input) +
    cacheWrite * (rates.cacheWrite ?? rates.input) +
    output * rates.output
  return Math.round(total / million)
}
