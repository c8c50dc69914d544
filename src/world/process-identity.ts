/** Which process a number means: numbers are given again, the moment a process began is not. */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

export interface ProcessIdentity {
  readonly pid: number
  /** When it began, in the system's own words: only good for being the same or not. */
  readonly began: string
  /** The run of the machine it lives in. */
  readonly boot: string
}

/** undefined: no such process, or this system does not tell. Never throws. */
export function identityOf(pid: number): ProcessIdentity | undefined {
  const began = beganOf(pid)
  return began === undefined ? undefined : { pid, began, boot: bootId() }
}

/** Is it still that very process? A zombie is not: nobody is in there any more. */
export function isAlive({ pid, began, boot }: ProcessIdentity): boolean {
  return boot === bootId() && beganOf(pid) === began
}

let knownBoot: string | undefined

/** Another one after each start of the machine; '' where that cannot be told. */
export function bootId(): string {
  knownBoot ??=
    textOf('/proc/sys/kernel/random/boot_id')?.trim() ??
    saidBy('sysctl', ['-n', 'kern.bootsessionuuid']) ??
    ''
  return knownBoot
}

function beganOf(pid: number): string | undefined {
  const stat = textOf(`/proc/${pid}/stat`)
  if (stat !== undefined) return beganIn(stat)
  if (process.platform === 'linux') return undefined
  if (process.platform === 'win32') return exists(pid) ? 'unknown' : undefined
  return saidBy('ps', ['-o', 'lstart=', '-p', String(pid)])
}

/** The program's name stands in brackets and may hold anything; the state is the first word behind it, the beginning the 20th. */
function beganIn(stat: string): string | undefined {
  const [state, ...words] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return state === 'Z' || state === 'X' ? undefined : words[18]
}

function exists(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}

function saidBy(program: string, args: readonly string[]): string | undefined {
  const { stdout, status } = spawnSync(program, [...args], { encoding: 'utf8', timeout: 2_000 })
  return status === 0 && stdout.trim() !== '' ? stdout.trim() : undefined
}
