/** One call as the ledger keeps it: who asked, what was planned, what it cost. Never what was said, never a secret. */
import type { Usage } from '../conversation/reply.ts'

export interface LedgerEntry {
  readonly id: string
  readonly startedMs: number
  readonly totalMs: number
  readonly agent: string
  readonly session?: string | undefined
  readonly subagent?: string | undefined
  /** The session of the agent that called this one. */
  readonly parent?: string | undefined
  readonly project?: string | undefined
  readonly profile: string
  readonly role?: string | undefined
  readonly rule?: string | undefined
  /** The model as the client named it. */
  readonly asked: string
  readonly dialect: string
  readonly stream: boolean
  readonly status?: number | undefined
  readonly failure?: string | undefined
  /** From the call's start. */
  readonly firstWordMs?: number | undefined
  /** Of the reply that the client heard. */
  readonly usage: Usage
  /** Of all attempts whose cost is known. undefined: nothing of it is. */
  readonly cost?: LedgerCost | undefined
  /** Attempts that used an amount nobody knows; `cost` is without them. */
  readonly unpricedAttempts: number
  readonly savedTokens: number
  readonly lost: readonly string[]
  /** Absent: one target and nothing else, so the attempts say it all. */
  readonly plan?: LedgerPlan | undefined
  /** The cascade's first choice, when another model answered, and why: `alpha/m1: overloaded`. */
  readonly instead?: string | undefined
  /** Absent: nobody watched the provider's cache. */
  readonly cache?: LedgerCache | undefined
  /** In the order they were made; the last one answered, if any did. */
  readonly attempts: readonly LedgerAttempt[]
}

/** Names and reasons, none of them in an upstream's words. */
export interface LedgerPlan {
  /** `provider/model`, in the order in which they would be tried. */
  readonly targets: readonly string[]
  readonly skipped: readonly { readonly name: string; readonly because: string }[]
  /** The session stays with its own target, whichever the cascade begins with. */
  readonly stays?: boolean | undefined
}

export interface LedgerAttempt {
  readonly provider: string
  readonly model: string
  readonly dialect: string
  readonly startedMs: number
  /** From the attempt's start. */
  readonly firstWordMs?: number | undefined
  readonly failure?: string | undefined
  /** From the attempt's start to its end. */
  readonly totalMs?: number | undefined
  /** The upstream's own, when it refused. */
  readonly status?: number | undefined
  /** undefined: it used something, and nobody said how much. */
  readonly usage?: Usage | undefined
  readonly cost?: LedgerCost | undefined
}

/** What the call meant for the provider's prompt cache. Bytes are the request's. */
export interface LedgerCache {
  readonly level: string
  readonly bodyBytes: number
  /** From the start, as in the request before: as the client sent it, and as it was sent on. */
  readonly sameBytes: number
  readonly keptBytes: number
  readonly savedBytes: number
  readonly miss?: LedgerMiss | undefined
}

/** A prefix that was in the cache and was not read from it. */
export interface LedgerMiss {
  /** The most certain first. */
  readonly causes: readonly string[]
  readonly detail?: string | undefined
  readonly tokens: number
  /** What it cost beyond reading them. undefined: nobody knows. */
  readonly micros?: number | undefined
}

export interface LedgerCost {
  readonly micros: number
  /** The price snapshot, `free`, or `none`: nothing was used. */
  readonly prices: string
}
