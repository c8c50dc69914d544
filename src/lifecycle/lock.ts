/** The daemon's lock: one file says who it is, so that nobody ever looks for it by port or by name. */
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { asList, asNumber, asObject, asText, tryParseJson } from '../wire/json.ts'
import { makePrivateFolder, replacePrivately } from '../world/private-files.ts'
import { isAlive, type ProcessIdentity } from '../world/process-identity.ts'

/** What a daemon says of itself. */
export interface Daemon extends ProcessIdentity {
  readonly version: string
  readonly sinceMs: number
  /** What it was started with besides its configuration: `--port 9000`. */
  readonly flags: readonly string[]
  /** Its listeners are open. */
  readonly ready: boolean
  /** With the ports that the system chose where 0 was asked for. */
  readonly listeners: readonly Address[]
  /** Earlier ones that handed over to it and finish what they have begun. */
  readonly leaving: readonly ProcessIdentity[]
  /** Why the last restart did not happen, and when. */
  readonly notRestarted?: { readonly atMs: number; readonly because: string }
}

export interface Address {
  readonly host: string
  readonly port: number
  readonly profile: string
}

/** What it was started with, as a verb reads flags: `{ port: '9000' }`. */
export function flagsOf({ flags }: Daemon): Readonly<Record<string, string>> {
  const names = flags.flatMap((word, at) =>
    at % 2 === 0 ? [[word.replace(/^--/, ''), flags[at + 1] ?? '']] : [],
  )
  return Object.fromEntries(names)
}

/** As people type it: `127.0.0.1:8082`. */
export const addressText = ({ host, port }: Pick<Address, 'host' | 'port'>): string =>
  `${host.includes(':') ? `[${host}]` : host}:${port}`

export type LockRead =
  | { readonly kind: 'none' }
  | { readonly kind: 'held'; readonly daemon: Daemon }
  /** Left behind by a process that is no more, or whose number another process has now. */
  | { readonly kind: 'stale'; readonly because: string; readonly text: string }

export const lockFileIn = (stateFolder: string): string => join(stateFolder, 'daemon.json')

const numberFileIn = (stateFolder: string): string => join(stateFolder, 'daemon.pid')

/** Throws what the disk throws, unless there is no such file. */
export function readLock(stateFolder: string): LockRead {
  const text = textOf(lockFileIn(stateFolder))
  if (text === undefined) return { kind: 'none' }
  const daemon = daemonIn(text)
  if (!daemon) return { kind: 'stale', because: 'it cannot be read', text }
  if (isAlive(daemon)) return { kind: 'held', daemon }
  return { kind: 'stale', because: `process ${daemon.pid}, which wrote it, is no more`, text }
}

/** One that cannot be read is none. Never throws. */
export function tryLock(stateFolder: string): LockRead {
  try {
    return readLock(stateFolder)
  } catch {
    return { kind: 'none' }
  }
}

/**
 * Takes the lock or tells who has it. It appears whole, by a link: of two that try at once one gets it. A stale one is
 * moved away first, and put back if it turns out to have been taken in the meantime. Throws what the disk throws.
 */
export function takeLock(stateFolder: string, own: Daemon): Extract<LockRead, { kind: 'held' }> | 'taken' {
  const file = lockFileIn(stateFolder)
  const draft = `${file}.${own.pid}.new`
  makePrivateFolder(dirname(file))
  writeFileSync(draft, textFor(own), { mode: 0o600 })
  try {
    for (;;) {
      if (linked(draft, file)) return 'taken'
      const found = readLock(stateFolder)
      if (found.kind === 'held') return found
      if (found.kind === 'stale') moveAway(file, found.text, own.pid)
    }
  } finally {
    rmSync(draft, { force: true })
  }
}

function moveAway(file: string, stale: string, pid: number): void {
  const away = `${file}.${pid}.stale`
  try {
    renameSync(file, away)
  } catch (error) {
    if (isCode(error, 'ENOENT')) return // somebody else was faster
    throw error
  }
  if (textOf(away) !== stale) linked(away, file)
  rmSync(away, { force: true })
}

/** With its number alone in a file beside it, for service managers. Throws what the disk throws. */
export function writeLock(stateFolder: string, own: Daemon): void {
  replacePrivately(lockFileIn(stateFolder), textFor(own))
  replacePrivately(numberFileIn(stateFolder), `${own.pid}\n`)
}

/** Removes it if it is that process's own. Never throws. */
export function releaseLock(stateFolder: string, pid: number): void {
  try {
    if (daemonIn(textOf(lockFileIn(stateFolder)) ?? '')?.pid !== pid) return
    rmSync(lockFileIn(stateFolder), { force: true })
    rmSync(numberFileIn(stateFolder), { force: true })
  } catch {
    // what cannot be read is not ours to remove
  }
}

function linked(from: string, to: string): boolean {
  try {
    linkSync(from, to)
    return true
  } catch (error) {
    if (isCode(error, 'EEXIST')) return false
    throw error
  }
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if (isCode(error, 'ENOENT')) return undefined
    throw error
  }
}

const isCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code

const textFor = (daemon: Daemon): string => `${JSON.stringify(daemon)}\n`

function daemonIn(text: string): Daemon | undefined {
  const value = tryParseJson(text)
  const { version, sinceMs, flags, ready, listeners, leaving, notRestarted } = asObject(value)
  const [identity] = identityIn(value)
  if (!identity) return undefined
  const failed = asObject(notRestarted)
  const because = asText(failed['because'])
  return {
    ...identity,
    version: asText(version) ?? '?',
    sinceMs: asNumber(sinceMs) ?? 0,
    flags: asList(flags).flatMap((flag) => asText(flag) ?? []),
    ready: ready === true,
    listeners: asList(listeners).flatMap(addressIn),
    leaving: asList(leaving).flatMap(identityIn),
    ...(because !== undefined && { notRestarted: { atMs: asNumber(failed['atMs']) ?? 0, because } }),
  }
}

function identityIn(value: unknown): readonly ProcessIdentity[] {
  const { pid, began, boot } = asObject(value)
  const [number, start, run] = [asNumber(pid), asText(began), asText(boot)]
  return number === undefined || start === undefined || run === undefined
    ? []
    : [{ pid: number, began: start, boot: run }]
}

function addressIn(value: unknown): readonly Address[] {
  const { host, port, profile } = asObject(value)
  const [name, number] = [asText(host), asNumber(port)]
  return name === undefined || number === undefined
    ? []
    : [{ host: name, port: number, profile: asText(profile) ?? 'default' }]
}
