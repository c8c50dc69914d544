/** One call as the ledger keeps it: who asked, what was planned, what it cost. Never what was said, never a secret. */
import type { Usage } from '../conversation/reply.ts'

export interface LedgerEntry {
  readonly id: string
  readonly startedMs: number
  readonly totalMs: number
  readonly agent: string
  readonly session?: string
  readonly subagent?: string
  readonly project?: string
  readonly profile: string
  readonly role?: string
  readonly rule?: string
  /** The model as the client named it. */
  readonly asked: string
  readonly dialect: string
  readonly stream: boolean
  readonly status?: number
  readonly failure?: string
  /** From the call's start. */
  readonly firstWordMs?: number
  readonly usage: Usage
  /** undefined: unknown. */
  readonly cost?: { readonly micros: number; readonly prices: string }
  readonly savedTokens: number
  readonly lost: readonly string[]
  /** Absent: one target and nothing else, so the attempts say it all. */
  readonly plan?: LedgerPlan
  /** In the order they were made; the last one answered, if any did. */
  readonly attempts: readonly LedgerAttempt[]
}

/** Names and reasons, none of them in an upstream's words. */
export interface LedgerPlan {
  /** `provider/model`, in the order in which they would be tried. */
  readonly targets: readonly string[]
  readonly skipped: readonly { readonly name: string; readonly because: string }[]
  /** The session stays with its own target, whichever the cascade begins with. */
  readonly stays?: boolean
}

export interface LedgerAttempt {
  readonly provider: string
  readonly model: string
  readonly dialect: string
  readonly startedMs: number
  /** From the attempt's start. */
  readonly firstWordMs?: number
  readonly failure?: string
  /** The upstream's own, when it refused. */
  readonly status?: number
}
