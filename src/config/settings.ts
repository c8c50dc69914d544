/** The effective configuration: resolved once from files, environment and flags, then a value that nobody changes. */
import type { DialectId } from '../conversation/conversation.ts'
import type { Allowance } from '../conversation/quota.ts'
import type { Provider } from '../providers/provider.ts'

export interface Settings {
  readonly listeners: readonly Listener[]
  /** By name; `default` always exists. */
  readonly profiles: Readonly<Record<string, Profile>>
  /** Usable providers only, `sandbox` always last. By id. */
  readonly providers: Readonly<Record<string, ConfiguredProvider>>
  /** Other first words of model names, to the id they stand for. Usable providers only. */
  readonly aliases: Readonly<Record<string, string>>
  /** On the shelf but without a key: why they are not usable (for `unknown model` and auth messages). */
  readonly unusable: readonly { readonly id: string; readonly because: string }[]
  /** Where a model name without a known provider goes; absent: to its role. */
  readonly defaultProvider?: string
  /** Keys clients may present; empty: no key is asked for (loopback only). */
  readonly clientKeys: readonly string[]
  /** Keys with a name and limits of their own (`clutch keys`); they open the door as well. */
  readonly namedKeys?: readonly NamedKey[]
  /** Whose calls may use how much. */
  readonly budgets?: readonly Budget[]
  /** Local models behind every cascade: all that are found, or these (`provider` or `provider/model`). */
  readonly localLastResort?: true | Cascade
  readonly breaker?: BreakerSettings
  /** By `model` or `provider/model`. */
  readonly quotas?: Readonly<Record<string, ModelQuota>>
  /** Models that OpenRouter itself may try when the one asked for fails (`models` in its requests). */
  readonly nativeFallbacks?: Cascade
  /** Requests beyond it go to the role for long contexts. */
  readonly longContextTokens?: number
  readonly limits: Limits
  readonly timeouts: Timeouts
  readonly log: LogSettings
  /** Absent: no ledger is kept. */
  readonly ledger?: LedgerSettings
  /** Absent: tool results are left alone. */
  readonly compression?: CompressionSettings
  /** What outlives the process, for its owner alone; absent: nothing does. */
  readonly stateFolder?: string
  /** Warnings to print at start: likely misspelt `.env` lines, keys without effect. */
  readonly warnings: readonly string[]
}

export interface BreakerSettings {
  /** CB_FAILURE_THRESHOLD: so many failures in a row open it. */
  readonly failures: number
  /** CB_TIMEOUT_SECONDS: how long it stays open before one call may try. */
  readonly openMs: number
  /** An upstream's own waiting time is believed up to this; then the next call finds out. */
  readonly longestCooldownMs: number
}

export interface ModelQuota {
  readonly maxRequestsPerMinute?: number
  /** Rest after the limit was reached, or after a throttle that names no time. */
  readonly cooldownMs?: number
}

export interface Listener {
  readonly host: string
  readonly port: number
  readonly profile: string
}

/** A client's key; the key itself is known to its holder alone. */
export interface NamedKey {
  readonly name: string
  /** SHA-256 of the key, in hexadecimal digits. */
  readonly digest: string
  /** Calls with this key go to this profile and no other. */
  readonly profile?: string
  readonly allowances: readonly Allowance[]
  readonly whenSpent?: WhenSpent
}

/** What all calls that fit the selectors may use together; without selectors: all calls. */
export interface Budget {
  readonly profile?: string
  readonly agent?: string
  readonly key?: string
  readonly allowances: readonly Allowance[]
  readonly whenSpent: WhenSpent
}

/** What becomes of calls when a budget is spent: no answer, only targets that cost nothing, or the smallest role. */
export type WhenSpent = 'refuse' | 'next-target' | 'cheaper-role'

/** A named set of answers. */
export interface Profile {
  readonly name: string
  /** Nobody configured it: it is that one under an agent's name, so that each agent has a profile. */
  readonly like?: string
  readonly roles: Readonly<Partial<Record<Role, Cascade>>>
  /** Requests without a provider in the model name go here instead of the global default provider. */
  readonly defaultProvider?: string
  /** Every request goes to its role, whatever model it names. */
  readonly ignoreAskedModel?: boolean
  /** The agent's own model at its own provider, whatever the roles say; all else stays. */
  readonly bypass?: boolean
  /** `standby`: only models that cost nothing. */
  readonly lane?: 'interactive' | 'standby'
  /** From then on it answers nobody. */
  readonly expiresAtMs?: number
  /** It answers nobody, and this is why. */
  readonly closed?: string
  /** How tool results are shortened for those who ask here. */
  readonly compression?: CompressionLevel
}

export type Role =
  | 'big'
  | 'middle'
  | 'small'
  | 'toolcall'
  | 'background'
  | 'think'
  | 'long-context'
  | 'web-search'
  | 'image'

/** `provider/model` names in the user's order. */
export type Cascade = readonly string[]

export interface ConfiguredProvider {
  readonly provider: Provider
  readonly baseUrl: string
  /** Absent for providers that need none. Never printed. */
  readonly key?: string
  /** All keys, when there are several; `key` is the first of them. */
  readonly accounts?: readonly Account[]
  /** What the user allows this provider to be used for; each account of it has its own count. */
  readonly allowances?: readonly Allowance[]
  /** Where the key came from (`env OPENAI_API_KEY`, `~/.xx/.env:3`), for messages. */
  readonly keySource?: string
  /** The user's own additions (`headers`, CUSTOM_HEADER_*). */
  readonly headers: Readonly<Record<string, string>>
  /** The dialect to prefer where the provider speaks several; absent: the client's. */
  readonly dialect?: DialectId
}

export interface Account {
  /** For people and for the records: `1`, `2` … */
  readonly id: string
  /** Never printed. */
  readonly key: string
}

export interface Limits {
  /** Larger request bodies get 413 (CONTRACT 22). */
  readonly maxBodyBytes: number
  /** Per upstream answer read whole. */
  readonly maxReplyBytes: number
  /** MIN_TOKENS_LIMIT / MAX_TOKENS_LIMIT: output limits are clamped to this range when a request is translated. */
  readonly minOutputTokens?: number
  readonly maxOutputTokens?: number
  /** Attempts per call over all targets. */
  readonly maxAttempts: number
  /** Waiting (retry-after, back-off) per call over all attempts. */
  readonly maxWaitMs: number
  /** MAX_RETRIES: how often one target is asked again when its failure allows it. */
  readonly maxRetriesSameTarget: number
}

export interface Timeouts {
  /** REQUEST_TIMEOUT: upstream response head (and whole replies), default 300 s (CONTRACT 103). */
  readonly headMs: number
  /** Upstream silence inside a stream before it counts as dead (CONTRACT 101). */
  readonly idleMs: number
  /** Silence towards the client before a ping (CONTRACT 99). */
  readonly pingMs: number
  /** How long thoughts alone are held back so that a failure behind them can still be healed (CONTRACT 69). */
  readonly holdThinkingMs: number
  /** After the stop reason, how long to wait for the frame that ends the stream (CONTRACT 42). */
  readonly closingGraceMs: number
  /** A client must have sent its whole request by then. */
  readonly clientRequestMs: number
}

export interface LogSettings {
  readonly level: 'debug' | 'info' | 'warn' | 'error'
  /** Absent: logs go to stderr only. */
  readonly folder?: string
  readonly keepDays: number
  readonly maxFileBytes: number
}

export type CompressionLevel = 'off' | 'lossless' | 'balanced' | 'aggressive'

/** What is said of a path counts before what is said of a command, then tool, agent, profile, and at last `level`. */
export interface CompressionSettings {
  readonly level: CompressionLevel
  /** Shorter results are left alone. */
  readonly minTokens: number
  /** The share of sessions that are left raw, to know what compression is worth. */
  readonly holdout: number
  /** `claude`, `codex`, `qwen`, `opencode`, `pi`, `gemini`, `hermes`, `ante`, or the first word of its user agent. */
  readonly agents: Readonly<Record<string, CompressionLevel>>
  /** By names; `*` stands for any run of characters, here and below. */
  readonly tools: Readonly<Record<string, CompressionLevel>>
  readonly commands: Readonly<Record<string, CompressionLevel>>
  readonly paths: Readonly<Record<string, CompressionLevel>>
  /** For `clutch run`; absent: as it does by itself. */
  readonly run: { readonly holdMs?: number; readonly engine?: string }
  /** What was shortened, as it was. */
  readonly originals: { readonly maxBytes: number; readonly keepDays: number }
}

export interface LedgerSettings {
  readonly file: string
  readonly keepDays: number
}
