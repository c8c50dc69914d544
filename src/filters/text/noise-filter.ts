/** A filter that leaves out noise off a list and touches nothing else. */
import type { Command, Example, Filter } from '../filter.ts'
import { harmlessFrom, leaveOut, type NoiseList } from './noise.ts'

interface NoiseFilter {
  readonly id: string
  readonly suggests: (command: Command) => boolean
  /** Noise whatever happened. */
  readonly noise: NoiseList
  /** Noise where the command did what it was told. */
  readonly noiseOfSuccess?: NoiseList
  /** What is left is a log. */
  readonly leavesLog?: true
  readonly examples: readonly Example[]
}

export function noiseFilter({
  id,
  suggests,
  noise,
  noiseOfSuccess = [],
  leavesLog,
  examples,
}: NoiseFilter): Filter {
  const always = harmlessFrom(noise)
  const either = harmlessFrom([...noise, ...noiseOfSuccess])
  return {
    id,
    ...(leavesLog ? { leavesLog } : {}),
    suggests,
    confirms: (lines) => lines.some((line) => either(line) !== undefined),
    shorten: ({ lines, tier, hidden, failed }) => {
      if (tier < 1) return undefined
      const left = leaveOut(lines, failed ? always : either, { hidden, lastStays: failed })
      return left === lines ? undefined : { lines: left, tier: 1 }
    },
    examples,
  }
}
