/** What the parts of `clutch run` tell each other. */
import type { ChildProcess } from 'node:child_process'
import type { Level } from '../compression/shorten.ts'
import type { Io } from './io.ts'
import type { RunAsked } from './run-asked.ts'

/** How it is run. */
export interface RunPlan {
  readonly kind: 'plan'
  readonly level: Level
  /** Somebody said so for this one command. */
  readonly isForced: boolean
  readonly holdMs?: number
  /** Another program that runs it in our place. */
  readonly engine?: string
}

/** Whose output it is, and what is known of it. */
export interface FollowOrder {
  readonly child: ChildProcess
  readonly asked: RunAsked
  readonly plan: RunPlan
  readonly io: Io
}
