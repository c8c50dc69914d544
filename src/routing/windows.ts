/** How many tokens models hold, by family: data, first row that matches counts. An unknown model is never held too small. */
const families: readonly (readonly [RegExp, number])[] = [
  [/\[1m\]$/i, 1_000_000],
  [/claude-(?:(?:opus|sonnet|haiku|fable|mythos)-(?:[5-9]|\d\d)|opus-4-[7-9])/i, 1_000_000],
  [/claude/i, 200_000],
  [/gpt-4\.1/i, 1_047_576],
  [/gpt-4o|gpt-4-turbo/i, 128_000],
  [/gpt-oss/i, 131_072],
  [/gpt-[5-9]|codex/i, 400_000],
  [/\bo[134](?:-|$)/i, 200_000],
  [/gemini/i, 1_048_576],
  [/kimi-k2|moonshot/i, 262_144],
  [/glm-[45]/i, 204_800],
  [/minimax/i, 1_000_000],
  [/qwen3?-coder|qwen3/i, 262_144],
  [/deepseek/i, 131_072],
]

/** The whole window, the answer included; `asked` said `[1m]` or its header. undefined: not known, so not a reason. */
export function knownWindow(model: string, million = false): number | undefined {
  const found = families.find(([family]) => family.test(model))?.[1]
  return found !== undefined && million && /claude/i.test(model) ? Math.max(found, 1_000_000) : found
}
