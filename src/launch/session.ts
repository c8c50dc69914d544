/** One conversation with an agent, as its own records tell it. */
import type { AgentId } from '../agents/agent.ts'

export interface Session {
  readonly agent: AgentId
  readonly id: string
  /** The folder it was in; absent: not told. */
  readonly project?: string
  readonly lastMs: number
  /** The first thing the user said, one line. */
  readonly firstPrompt?: string
}
