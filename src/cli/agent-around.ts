/** Which agent runs us, by what agents set for the commands that they run. */

type Env = Readonly<Record<string, string | undefined>>

export interface AgentAround {
  /** As in the ledger. */
  readonly agent: string
  /** `2.1.329`, where it is told. */
  readonly version?: string
}

const signs: readonly (readonly [variable: string, agent: string])[] = [
  ['CLAUDECODE', 'claude'],
  ['CODEX_SANDBOX', 'codex'],
  ['CODEX_THREAD_ID', 'codex'],
  ['OPENCODE', 'opencode'],
  ['QWEN_CODE', 'qwen'],
  ['GEMINI_CLI', 'gemini'],
]

export function agentAround(env: Env): AgentAround | undefined {
  const agent = signs.find(([variable]) => env[variable])?.[1] ?? /^[a-z]+/.exec(env['AI_AGENT'] ?? '')?.[0]
  if (agent === undefined) return undefined
  // `claude-code_2-1-329_harness`
  const version = /_(\d+)-(\d+)-(\d+)(?:_|$)/
    .exec(env['AI_AGENT'] ?? '')
    ?.slice(1, 4)
    .join('.')
  return { agent, ...(version !== undefined && { version }) }
}
