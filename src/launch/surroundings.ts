/** What a launch depends on besides its words. A value: whoever launches has looked it up before. */
import type { LaunchSettings } from '../config/launch.ts'
import type { Call } from './calls.ts'

export interface Surroundings {
  readonly settings: LaunchSettings
  readonly env: Readonly<Record<string, string | undefined>>
  /** The folder the agent works in. */
  readonly cwd: string
  readonly isRoot: boolean
  /** The agent's program, whole path; absent: not found (a dry run goes on without). */
  readonly program?: string
  /** Installed; absent: not asked, the newest known rows are used. */
  readonly version?: string
  /** What the gateway offers under this launch's profile; absent: it was not asked. */
  readonly served?: readonly ServedModel[]
  /** What the agent says of the models it knows; absent: it was not asked. */
  readonly ownCatalogue?: string
  /** Names this launch towards the gateway. */
  readonly launchId: string
  /** What a new session is to be called, where the agent lets us; absent: nobody needs to know. */
  readonly newSession?: string
  /** The last word of the session that goes on is the agent's; looked up only for agents that trip over it. */
  readonly endsWithAnswer?: boolean
  /** It is called by another agent, or by hand as one would. */
  readonly call?: Call
  /** Looked up only where an agent cannot continue by itself. */
  readonly newestSession?: string
}

export interface ServedModel {
  readonly id: string
  readonly contextTokens?: number
  readonly outputTokens?: number
}
