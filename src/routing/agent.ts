/** Which agent is asking, by the headers it sends. */
export type AgentId = 'claude' | 'codex' | 'qwen' | 'opencode' | 'pi' | 'gemini' | 'hermes' | 'ante'

export type Headers = Readonly<Record<string, string | readonly string[] | undefined>>

/** First match counts. Qwen Code calls itself `claude-cli/0.…` when it speaks Messages. */
const signs: readonly (readonly [RegExp, AgentId])[] = [
  [/^claude-cli\/0\./, 'qwen'],
  [/^claude-(?:cli|code)\//, 'claude'],
  [/^codex/i, 'codex'],
  [/^QwenCode\//, 'qwen'],
  [/^opencode\//, 'opencode'],
  [/^pi\//, 'pi'],
  [/^GeminiCLI/, 'gemini'],
  [/^hermes/i, 'hermes'],
  [/^ante/i, 'ante'],
]

export function agentOf(headers: Headers): AgentId | undefined {
  const name = headerText(headers, 'user-agent') ?? ''
  return signs.find(([sign]) => sign.test(name))?.[1]
}

export function headerText(headers: Headers, name: string): string | undefined {
  const value = headers[name]
  return typeof value === 'string' && value !== '' ? value : undefined
}
