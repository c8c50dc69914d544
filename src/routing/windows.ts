/** How many tokens models hold, by family: data, first row that matches counts. */
interface Family {
  readonly match: RegExp
  /** The whole window, the answer included; where members differ, the largest: no request is refused for a guess. */
  readonly whole: number
  /** What a client may plan its input with, when that is less: where members differ, the smallest. */
  readonly plan?: number
  readonly output: number
}

const million = 1_000_000

const families: readonly Family[] = [
  { match: /\[1m\]$/i, whole: million, output: 64_000 },
  {
    match: /claude-(?:(?:opus|sonnet|haiku|fable|mythos)-(?:[5-9]|\d\d)|opus-4-[7-9])/i,
    whole: million,
    output: 64_000,
  },
  { match: /claude/i, whole: 200_000, output: 64_000 },
  { match: /gpt-4\.1/i, whole: 1_047_576, output: 32_768 },
  { match: /gpt-4o|gpt-4-turbo/i, whole: 128_000, output: 16_384 },
  { match: /gpt-oss/i, whole: 131_072, output: 32_768 },
  { match: /gpt-[5-9]|codex/i, whole: 400_000, plan: 272_000, output: 128_000 },
  { match: /\bo[134](?:-|$)/i, whole: 200_000, output: 100_000 },
  { match: /gemini/i, whole: 1_048_576, output: 65_536 },
  { match: /kimi|moonshot/i, whole: 262_144, output: 32_768 },
  { match: /glm-(?:4\.[6-9]|[5-9])/i, whole: 204_800, plan: 200_000, output: 98_304 },
  { match: /glm/i, whole: 204_800, plan: 128_000, output: 98_304 },
  { match: /minimax/i, whole: million, plan: 200_000, output: 65_536 },
  { match: /qwen.*coder|qwen[3-9]/i, whole: 262_144, output: 65_536 },
  { match: /deepseek/i, whole: 131_072, plan: 128_000, output: 32_768 },
  { match: /grok/i, whole: 2_000_000, plan: 256_000, output: 64_000 },
]

const familyOf = (model: string): Family | undefined => families.find(({ match }) => match.test(model))

/** The window grows to a million for clients that said `[1m]` or its header, where the family has such a window. */
const grown = (model: string, tokens: number, asksMillion: boolean): number =>
  asksMillion && /claude/i.test(model) ? Math.max(tokens, million) : tokens

/** The whole window, the answer included. undefined: not known, so not a reason. */
export function knownWindow(model: string, asksMillion = false): number | undefined {
  const family = familyOf(model)
  return family && grown(model, family.whole, asksMillion)
}

/** What a client that plans its compaction by it is told. */
export interface ModelWindow {
  readonly contextTokens: number
  readonly outputTokens: number
}

/** Small enough for most: a client that compacts too early loses less than one that never does. */
export const unknownWindow: ModelWindow = { contextTokens: 128_000, outputTokens: 32_000 }

export function plannedWindow(model: string, asksMillion = false): ModelWindow {
  const family = familyOf(model)
  if (!family) return unknownWindow
  const contextTokens = grown(model, family.plan ?? family.whole, asksMillion)
  return { contextTokens, outputTokens: family.output }
}
