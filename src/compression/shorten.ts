/** One tool result, shortened: a pure function of what it is given, so that the same result is the same bytes for ever. */
import type { Filter, Tier } from '../filters/filter.ts'

export const levels = ['off', 'lossless', 'balanced', 'aggressive'] as const
export type Level = (typeof levels)[number]

export interface ToolResult {
  /** The tool's name as the agent calls it: `Bash`, `shell`, `Read`, `mcp__x__y`. */
  readonly tool: string
  /** Where the tool is a shell: what it was told to run. */
  readonly commandLine?: string
  /** Where the tool is about a file: which. */
  readonly path?: string
  /** The client said that it failed. A non-zero exit code in the text says it too. */
  readonly failed: boolean
  readonly text: string
}

export interface ShortenOptions {
  readonly level: Level
  /** The short id of the original, told with every omission. */
  readonly originalId: string
  readonly filters: readonly Filter[]
}

export type Outcome =
  | { readonly kind: 'raw'; readonly because: string }
  | {
      readonly kind: 'shortened'
      readonly text: string
      readonly tier: Tier
      readonly filter: string
      readonly hiddenLines: number
    }

/** Never throws, never makes a text longer. */
export function shorten(_result: ToolResult, { level }: ShortenOptions): Outcome {
  return { kind: 'raw', because: level === 'off' ? 'compression is off' : 'no filter fits' }
}
