/** The agents, in the order they are listed to people. To add one: a file beside this one, a line here. */
import type { Agent } from './agent.ts'
import { ante } from './ante.ts'
import { antigravity } from './antigravity.ts'
import { claude } from './claude.ts'
import { codex } from './codex.ts'
import { hermes } from './hermes.ts'
import { opencode } from './opencode.ts'
import { pi } from './pi.ts'
import { qwen } from './qwen.ts'

export const agents: readonly Agent[] = [claude, hermes, codex, qwen, pi, opencode, ante, antigravity]
