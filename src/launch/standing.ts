/** How a guarded launch stands: what was noted of it and what is still there become one verdict. Pure. */
import { asWished, type Ending, type GuardRecord, type Remembered } from './guard-record.ts'

/** `held`: its tmux still has it and nobody looks at it. `cut`: gone, and its terminal too. */
export type Sign = 'watched' | 'held' | 'gone' | 'cut'

type Because =
  | { readonly kind: 'exit'; readonly code: number }
  | { readonly kind: 'signal'; readonly signal: number }
  /** Whatever waited for it was killed with it. */
  | { readonly kind: 'unseen' }
  | { readonly kind: 'reboot' }
  | { readonly kind: 'terminal' }
  | { readonly kind: 'ssh' }

export type Standing =
  | { readonly kind: 'running' }
  /** Alive, without a terminal. */
  | { readonly kind: 'left'; readonly because: Because }
  | { readonly kind: 'lost'; readonly because: Because }
  /** It ended as it should, or refused to begin. */
  | { readonly kind: 'over' }

/** A program that fails sooner did not crash: it refused what it was given. */
const refusedWithinMs = 10_000

export interface Seen {
  readonly sign: Sign
  /** This run of the machine. */
  readonly boot: string
  /** When the end was noted. */
  readonly endedMs?: number
}

export function standingOf({ record, ending }: Remembered, { sign, boot, endedMs }: Seen): Standing {
  if (ending !== undefined) return afterEnding(record, ending, endedMs)
  if (sign === 'watched') return { kind: 'running' }
  if (sign === 'held') return { kind: 'left', because: terminalOf(record) }
  if (record.boot !== boot) return { kind: 'lost', because: { kind: 'reboot' } }
  return { kind: 'lost', because: sign === 'cut' ? terminalOf(record) : { kind: 'unseen' } }
}

function afterEnding(record: GuardRecord, ending: Ending, endedMs = Number.POSITIVE_INFINITY): Standing {
  if (asWished.has(ending)) return { kind: 'over' }
  if (ending === 128 + hangup) return { kind: 'lost', because: terminalOf(record) }
  if (ending > 128) return { kind: 'lost', because: { kind: 'signal', signal: ending - 128 } }
  if (endedMs - record.startedMs < refusedWithinMs) return { kind: 'over' }
  return { kind: 'lost', because: { kind: 'exit', code: ending } }
}

const hangup = 1

const terminalOf = ({ remote }: GuardRecord): Because => ({ kind: remote ? 'ssh' : 'terminal' })

/** For people. */
export function tellStanding(standing: Standing): string {
  switch (standing.kind) {
    case 'running':
      return 'running'
    case 'over':
      return 'over'
    case 'left':
      return `alive, ${tellBecause(standing.because)}`
    case 'lost':
      return tellBecause(standing.because)
  }
}

function tellBecause(because: Because): string {
  switch (because.kind) {
    case 'exit':
      return `crashed with exit code ${because.code}`
    case 'signal':
      return `killed by signal ${because.signal}`
    case 'unseen':
      return 'killed with all that watched it'
    case 'reboot':
      return 'the machine went down'
    case 'terminal':
      return 'its terminal was closed'
    case 'ssh':
      return 'its SSH connection was lost'
  }
}
