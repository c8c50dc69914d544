/** Who listens on a port, as far as this machine tells: Linux only, and only for processes we may look at. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

export interface PortHolder {
  readonly pid: number
  readonly command: string
}

const listening = '0A'

/** undefined when it cannot be told. Never throws. */
export function portHolder(port: number): PortHolder | undefined {
  const inodes = new Set([...listenersIn('/proc/net/tcp', port), ...listenersIn('/proc/net/tcp6', port)])
  if (inodes.size === 0) return undefined
  const pid = listed('/proc')
    .filter((name) => /^\d+$/.test(name))
    .find((name) => holdsAny(`/proc/${name}/fd`, inodes))
  return pid === undefined ? undefined : { pid: Number(pid), command: commandOf(pid) }
}

function listenersIn(table: string, port: number): string[] {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`
  return read(table)
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local, , state]) => local?.endsWith(suffix) && state === listening)
    .flatMap((columns) => columns[9] ?? [])
}

const holdsAny = (folder: string, inodes: ReadonlySet<string>): boolean =>
  listed(folder).some((name) => inodes.has(/^socket:\[(\d+)\]$/.exec(linkOf(`${folder}/${name}`))?.[1] ?? ''))

const commandOf = (pid: string): string =>
  read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim().slice(0, 160)

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

function listed(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path)
  } catch {
    return ''
  }
}
