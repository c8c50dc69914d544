/**
 * What upstreams' own counts say of our estimate, model by model: so many of their tokens for one of ours, and so many
 * that they put in front of every request. Told is what would have been enough for each of the last requests: an agent
 * that is told too little overruns its window, one that is told a little too much only compacts earlier.
 */
import { asList, asNumber, asObject, type Json } from '../wire/json.ts'

/** One request: our estimate, and what the upstream counted. */
interface Sample {
  readonly estimated: number
  readonly reported: number
}

/** What came longer ago may have been another tokenizer. */
const samplesKept = 32
/** Until so many were heard the estimate, which errs upwards, is not lowered. */
const enoughToLower = 8
const modelsKept = 100
/** Shorter requests tell of a provider's hidden words, not of its tokenizer. */
const smallestTokens = 500
/** Outside of it the upstream counts something else. */
const believable = { least: 0.25, most: 4 }
/** Nothing that was learnt is told too low by more than this; the furthest sample is rarely met again. */
const slack = 0.01

export class TokenBook {
  readonly #samples = new Map<string, readonly Sample[]>()

  /** `model` is `provider/model`; whether anything was learnt. */
  learn(model: string, estimated: number, reported: number): boolean {
    const sample = { estimated, reported }
    if (!isBelievable(sample)) return false
    const known = this.#samples.get(model) ?? []
    this.#samples.delete(model)
    this.#samples.set(model, [...known.slice(1 - samplesKept), sample])
    const [oldest] = this.#samples.keys()
    if (this.#samples.size > modelsKept && oldest !== undefined) this.#samples.delete(oldest)
    return true
  }

  /** Tokens to tell for a request that we estimate so. */
  count(model: string, estimated: number): number {
    const samples = this.#samples.get(model) ?? []
    if (samples.length === 0) return estimated
    const line = lineThrough(samples)
    const furthest = Math.max(...samples.map((sample) => sample.reported / at(line, sample.estimated)))
    const told = at(line, estimated) * furthest * (1 - slack)
    return samples.length < enoughToLower ? Math.max(estimated, told) : told
  }

  snapshot(): Json {
    return Object.fromEntries(
      [...this.#samples].map(([model, samples]) => [
        model,
        samples.map(({ estimated, reported }) => [Math.round(estimated), Math.round(reported)]),
      ]),
    )
  }

  /** Whatever was saved, by whichever version: what cannot be read is left out. */
  static from(saved: Json | undefined): TokenBook {
    const book = new TokenBook()
    for (const [model, samples] of Object.entries(asObject(saved)))
      for (const sample of asList(samples)) {
        const [estimated, reported] = asList(sample)
        book.learn(model, asNumber(estimated) ?? 0, asNumber(reported) ?? 0)
      }
    return book
  }
}

const isBelievable = ({ estimated, reported }: Sample): boolean =>
  estimated >= smallestTokens &&
  reported >= estimated * believable.least &&
  reported <= estimated * believable.most

/** What an upstream counts for an estimate: `each` for every token of it, and `first` before any. */
interface Line {
  readonly each: number
  readonly first: number
}

const at = ({ each, first }: Line, estimated: number): number => each * estimated + first

/** The line with the least relative errors (squared); through nothing where the samples do not tell of a start. */
function lineThrough(samples: readonly Sample[]): Line {
  let uu = 0
  let uv = 0
  let vv = 0
  let u = 0
  let v = 0
  for (const { estimated, reported } of samples) {
    const slope = estimated / reported
    const start = 1 / reported
    uu += slope * slope
    uv += slope * start
    vv += start * start
    u += slope
    v += start
  }
  const straight = { each: u / uu, first: 0 }
  const spread = uu * vv - uv * uv
  if (spread < uu * vv * leastSpread) return straight
  const each = (u * vv - v * uv) / spread
  const first = (v * uu - u * uv) / spread
  const least = Math.min(...samples.map(({ reported }) => reported))
  return each > 0 && first > 0 && first < least ? { each, first } : straight
}

/** Requests of nearly one size say nothing of what stands before them. */
const leastSpread = 0.01
