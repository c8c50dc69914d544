/** Who listens on a port, as far as this machine tells, and only for processes we may look at. */
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

export interface PortHolder {
  readonly pid: number
  readonly command: string
}

const listening = '0A'

/** undefined when it cannot be told. Never throws. */
export function portHolder(port: number): PortHolder | undefined {
  if (process.platform === 'darwin') return portHolderByLsof(port)
  const inodes = new Set([...listenersIn('/proc/net/tcp', port), ...listenersIn('/proc/net/tcp6', port)])
  if (inodes.size === 0) return undefined
  const pid = listed('/proc')
    .filter((name) => /^\d+$/.test(name))
    .find((name) => holdsAny(`/proc/${name}/fd`, inodes))
  return pid === undefined ? undefined : { pid: Number(pid), command: commandOf(pid) }
}

/** One field a line: `p` and the number, `c` and the name. */
function portHolderByLsof(port: number): PortHolder | undefined {
  const args = ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fpc']
  const { stdout } = spawnSync('lsof', args, { encoding: 'utf8', timeout: 2_000 })
  const [, pid, command = ''] = /^p(\d+)\nc(.*)$/m.exec(stdout ?? '') ?? []
  return pid === undefined ? undefined : { pid: Number(pid), command }
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
