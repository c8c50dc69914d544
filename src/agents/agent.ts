/** A coding agent: its programs, its command lines, and how it is pointed at a gateway. One file each, pure data. */
import type { DialectId } from '../conversation/conversation.ts'

export type AgentId = 'claude' | 'hermes' | 'codex' | 'qwen' | 'pi' | 'opencode' | 'ante' | 'antigravity'

/** What a launch can be: `ask…` is headless, one prompt and an answer on stdout. */
export const formNames = ['start', 'continue', 'pick', 'resume', 'ask', 'ask-continue', 'ask-resume'] as const
export type FormName = (typeof formNames)[number]

/**
 * Words as they are typed. Slots: `{bypass}`, `{gateway}`, `{model}`, `{native}` become any number of words,
 * `{session}` and `{prompt}` one.
 */
export interface Form {
  readonly words: readonly string[]
  /** The agent has no such flag: the launcher looks up its newest session in this folder and names it. */
  readonly needsNewest?: true
  /** Approvals are off in this form whatever is asked. */
  readonly neverAsks?: true
}

/** The agent has no such form. `closest` is one that it has. */
interface Missing {
  readonly missing: string
  readonly closest: FormName
}

type Forms = Readonly<Record<FormName, Form | Missing>>

/** Where the agent's requests are to go. */
export interface Gateway {
  /** Without a trailing slash; `/p/…` and `/s/…` included. */
  readonly url: string
  /** What the agent presents to the gateway; any word where the gateway asks for none. */
  readonly key: string
  /** What to ask for; absent: what the agent asks for by itself. */
  readonly model: string | undefined
  /** For titles and other side work; absent: the agent's own choice. */
  readonly smallModel: string | undefined
  /** The window of the model that answers first, the answer included; absent: not known. */
  readonly contextTokens: number | undefined
  readonly outputTokens: number | undefined
  /** The folder's name, for the gateway's accounts; printable ASCII. */
  readonly project: string | undefined
  /** The agent's own model names are to arrive as they are. */
  readonly ownModels: boolean
  /** What the gateway offers besides; empty: nobody was asked. */
  readonly offered: readonly Offered[]
  /** What the agent said of the models it knows itself; absent: it was not asked. */
  readonly ownCatalogue: string | undefined
  /** Where a file of this name will lie while the agent runs. */
  readonly fileAt: (name: string) => string
}

export interface Offered {
  readonly id: string
  readonly contextTokens?: number
}

/** Everything goes into the child's environment and arguments; no file of the user's is touched. */
export interface Pointing {
  readonly env: Readonly<Record<string, string>>
  readonly args?: readonly string[]
  /** By name; each lies at `fileAt(name)`. */
  readonly files?: Readonly<Record<string, string>>
}

/** How earlier versions differ. */
export interface Earlier {
  /** Versions below this one. */
  readonly before: string
  readonly forms?: Partial<Forms>
  readonly point?: (gateway: Gateway) => Pointing
  /** For `xx doctor` and the docs. */
  readonly says: string
}

/** How its sessions are kept, which decides who reads them. */
export type SessionFormat = 'claude' | 'codex' | 'qwen' | 'pi' | 'opencode' | 'folders'

interface SessionPlace {
  readonly format: SessionFormat
  /** Below the home directory. */
  readonly folder: string
  /** A variable that moves the first part of `folder` (`CODEX_HOME` for `.codex`). */
  readonly movedBy?: { readonly variable: string; readonly part: string }
}

export interface Agent {
  readonly id: AgentId
  /** Its letter in codes. */
  readonly letter: string
  readonly title: string
  /** Names of its program, the first one found is used. */
  readonly programs: readonly string[]
  /** Spoken to the gateway. */
  readonly dialect: DialectId
  /** The version these rows were run with; absent: they come from its documentation alone. */
  readonly verified?: string
  readonly install: string
  /** Version probe; the first x.y.z it prints counts. */
  readonly version: { readonly args: readonly string[]; readonly oldest?: string; readonly because?: string }
  /** Prints what it knows of models, as the form in which it can be told of others. */
  readonly catalogue?: readonly string[]
  readonly earlier?: readonly Earlier[]
  /** Versions that may trip over a session whose last word is the agent's own. */
  readonly stumbles?: { readonly before: string; readonly says: string }
  readonly approvals: { readonly bypass: readonly string[] } | { readonly neverAsked: string }
  /** `{model}` is the name; what the gateway serves may need another spelling than the agent's own models. */
  readonly model: { readonly gateway: readonly string[]; readonly direct: readonly string[] }
  /** What to ask a gateway for when the user names nothing; absent: the agent's own models will do. */
  readonly usualModel?: string
  /** Through a gateway, too, it has a model of its own to ask for. */
  readonly bringsModel?: true
  /** Names for which the agent does less than it can. */
  readonly doubtfulModel?: { readonly unless: RegExp; readonly because: string }
  /** Give a new session the id `{session}`, a UUID; absent: it chooses by itself. */
  readonly newSession?: readonly string[]
  /** Its own requests name the session; otherwise the gateway learns it from the URL. */
  readonly namesItsSession: boolean
  readonly forms: Forms
  readonly point: (gateway: Gateway) => Pointing
  /** Variables that would lead it past the gateway; unset on the routes through it. */
  readonly detours: readonly string[]
  /** Variables that point it at a gateway; unset on the direct route. */
  readonly gatewayVariables: readonly string[]
  /** Keys, unset on the direct route only where one of the gateway's variables was inherited with them. */
  readonly keyVariables: readonly string[]
  readonly sessions?: SessionPlace
  /** Refuses to run without approvals as root, unless this variable is set. */
  readonly rootNeeds?: string
  readonly cannot: readonly string[]
}
