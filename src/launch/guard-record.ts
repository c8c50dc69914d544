/** What the crash guard remembers of a launch: one private file each, beside it a note of how it ended. */
import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { AgentId } from '../agents/agent.ts'
import { agents } from '../agents/index.ts'
import { asFlag, asList, asNumber, asObject, asText, type JsonObject, tryParseJson } from '../wire/json.ts'
import { readText } from '../world/files.ts'
import { makeFolder } from '../world/make-folder.ts'
import { replacePrivately } from '../world/private-files.ts'
import type { ProcessIdentity } from '../world/process-identity.ts'

export interface GuardRecord {
  readonly id: string
  /** For people. */
  readonly name: string
  readonly cwd: string
  /** The program and its arguments, as they were started. */
  readonly argv: readonly string[]
  /** The words of `xx` that launch the same again, without the prompt; absent: a command of the user's own. */
  readonly words?: readonly string[]
  readonly agent?: AgentId
  /** The agent's own session, where it was known beforehand. */
  readonly session?: string
  readonly startedMs: number
  /** The run of the machine it was started in. */
  readonly boot: string
  /** Its terminal came from another machine. */
  readonly remote: boolean
  /** Its device, where the system tells it. */
  readonly terminal?: string
  /** The server of its own that holds its terminal; `folder`: a TMUX_TMPDIR of that time. */
  readonly tmux?: { readonly socket: string; readonly folder?: string }
  /** Without tmux: who waits for it. */
  readonly watcher?: ProcessIdentity
}

/** The exit code as a shell counts it: 128 + signal. */
export type Ending = number

export interface Remembered {
  readonly record: GuardRecord
  /** Absent: nobody saw it end. */
  readonly ending?: Ending
}

/** Without its ending; `.json` is the record, `.end` the note. */
export const recordPath = (folder: string, id: string): string => join(folder, id)

/** Throws what the disk throws. A note of an earlier end goes. */
export function writeRecord(folder: string, record: GuardRecord): void {
  makeFolder(folder, 0o700)
  const path = recordPath(folder, record.id)
  rmSync(`${path}.end`, { force: true })
  replacePrivately(`${path}.json`, `${JSON.stringify(record, null, 2)}\n`)
}

/** It ended as it should, or nobody wants it back. */
export function forget(folder: string, id: string): void {
  const path = recordPath(folder, id)
  for (const ending of ['json', 'end', 'last']) rmSync(`${path}.${ending}`, { force: true })
}

/** Where nobody but this process saw the end. Never throws: the agent's exit code matters more. */
export function noteEnding(folder: string, id: string, code: number): void {
  try {
    if (asWished.has(code)) forget(folder, id)
    else replacePrivately(`${recordPath(folder, id)}.end`, `${code}\n`)
  } catch {
    return
  }
}

/** It was done, interrupted (SIGINT), or asked to end (SIGTERM). */
export const asWished: ReadonlySet<Ending> = new Set([0, 130, 143])

/** Newest first. What is no record is left out. */
export function readRecords(folder: string): readonly Remembered[] {
  return namesIn(folder)
    .flatMap((name) => {
      const record = recordIn(join(folder, `${name}.json`), name)
      if (record === undefined) return []
      const ending = endingIn(join(folder, `${name}.end`))
      return [{ record, ...(ending !== undefined && { ending }) }]
    })
    .toSorted((a, b) => b.record.startedMs - a.record.startedMs)
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).flatMap((file) => /^([\w-]+)\.json$/.exec(file)?.[1] ?? [])
  } catch {
    return []
  }
}

function recordIn(file: string, id: string): GuardRecord | undefined {
  const read = readText(file)
  if (read.kind !== 'text') return undefined
  const json = asObject(tryParseJson(read.text))
  const cwd = asText(json['cwd'])
  const argv = textsIn(json['argv'])
  if (cwd === undefined || argv.length === 0) return undefined
  const agent = agents.find((one) => one.id === json['agent'])?.id
  const session = asText(json['session'])
  const watcher = identityIn(asObject(json['watcher']))
  const tmux = tmuxIn(asObject(json['tmux']))
  const terminal = asText(json['terminal'])
  return {
    id,
    name: asText(json['name']) ?? id,
    cwd,
    argv,
    ...('words' in json && { words: textsIn(json['words']) }),
    ...(agent !== undefined && { agent }),
    ...(session !== undefined && { session }),
    startedMs: asNumber(json['startedMs']) ?? 0,
    boot: asText(json['boot']) ?? '',
    remote: asFlag(json['remote']) ?? false,
    ...(terminal !== undefined && { terminal }),
    ...(tmux && { tmux }),
    ...(watcher && { watcher }),
  }
}

const textsIn = (value: JsonObject[string]): readonly string[] =>
  asList(value).flatMap((text) => asText(text) ?? [])

function tmuxIn({ socket, folder }: JsonObject): GuardRecord['tmux'] {
  const name = asText(socket)
  const moved = asText(folder)
  return name === undefined ? undefined : { socket: name, ...(moved !== undefined && { folder: moved }) }
}

function identityIn({ pid, began, boot }: JsonObject): ProcessIdentity | undefined {
  const number = asNumber(pid)
  return number === undefined
    ? undefined
    : { pid: number, began: asText(began) ?? '', boot: asText(boot) ?? '' }
}

function endingIn(file: string): Ending | undefined {
  const read = readText(file)
  const text = read.kind === 'text' ? read.text.trim() : ''
  return /^\d+$/.test(text) ? Number(text) : undefined
}
