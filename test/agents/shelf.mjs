// The agents this proof runs. To add one: a file beside this one, a line here.
import { claude } from './claude.mjs'
import { codex, codexSocket } from './codex.mjs'
import { opencode } from './opencode.mjs'
import { pi } from './pi.mjs'
import { qwen } from './qwen.mjs'

/** The first dialect an agent lists is the one it speaks when nobody asks for another. */
export const agents = [claude, codex, codexSocket, qwen, opencode, pi]

export const upstreams = ['anthropic', 'openai-chat', 'openai-responses', 'gemini']
