/** How much models hold, by family: for clients that plan their compaction by it. First row that matches counts. */
export interface ModelWindow {
  readonly contextTokens: number
  readonly outputTokens: number
}

const families: readonly (readonly [RegExp, number, number])[] = [
  [/\[1m\]$/i, 1_000_000, 64_000],
  [/claude|opus|sonnet|haiku/i, 200_000, 64_000],
  [/gpt-4\.1/i, 1_047_576, 32_768],
  [/gpt-4o|gpt-4-turbo/i, 128_000, 16_384],
  [/gpt-[5-9]|codex/i, 272_000, 128_000],
  [/\bo[134](?:-|$)/i, 200_000, 100_000],
  [/gemini/i, 1_048_576, 65_536],
  [/kimi|moonshot/i, 262_144, 32_768],
  [/glm/i, 200_000, 98_304],
  [/minimax/i, 200_000, 65_536],
  [/qwen.*coder|qwen[3-9]/i, 262_144, 65_536],
  [/deepseek/i, 128_000, 32_768],
  [/grok/i, 256_000, 64_000],
]
/** Small enough for most: a client that compacts too early loses less than one that never does. */
const unknown: ModelWindow = { contextTokens: 128_000, outputTokens: 32_000 }

export function windowOf(model: string): ModelWindow {
  const family = families.find(([pattern]) => pattern.test(model))
  return family ? { contextTokens: family[1], outputTokens: family[2] } : unknown
}
