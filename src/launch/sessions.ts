/** The latest sessions of every agent, read where each agent keeps its own; nothing is ever written there. */
import { closeSync, fstatSync, openSync, readdirSync, readSync, statSync } from 'node:fs'
import { basename, join, relative, sep } from 'node:path'
import type { Agent, SessionFormat } from '../agents/agent.ts'
import { agents } from '../agents/index.ts'
import type { Session } from './session.ts'
import { openCodeSessions } from './session-database.ts'
import { lastRoleIn, readStart } from './session-start.ts'

export interface Homes {
  readonly home: string
  readonly env: Readonly<Record<string, string | undefined>>
}

/** Newest first. `perAgent`: as many of each. What cannot be read is left out. */
export function latestSessions(homes: Homes, perAgent: number, only?: Agent['id']): readonly Session[] {
  return agents
    .filter(({ id }) => only === undefined || id === only)
    .flatMap((agent) => sessionsOf(agent, homes, perAgent))
    .toSorted((a, b) => b.lastMs - a.lastMs)
}

export function sessionsOf(agent: Agent, homes: Homes, atMost: number): readonly Session[] {
  const place = placeOf(agent, homes)
  if (!agent.sessions || place === undefined) return []
  if (agent.sessions.format === 'opencode') return openCodeSessions(place, atMost)
  return filesIn(place, agent.sessions.format)
    .toSorted((a, b) => b.lastMs - a.lastMs)
    .slice(0, atMost)
    .map(({ path, lastMs }) => ({ agent: agent.id, lastMs, ...readSession(path, agent.sessions?.format) }))
}

export interface SessionPlace {
  readonly agent: Agent['id']
  readonly format: SessionFormat
  /** A file of one session, or the database of all. */
  readonly path: string
  readonly lastMs: number
}

/** Where whole sessions lie, of the agents that keep them in files. */
export function sessionPlaces(homes: Homes): readonly SessionPlace[] {
  return agents.flatMap((agent): readonly SessionPlace[] => {
    const path = placeOf(agent, homes)
    const format = agent.sessions?.format
    if (path === undefined || format === undefined || format === 'folders') return []
    if (format === 'opencode') return [{ agent: agent.id, format, path, lastMs: 0 }]
    return filesIn(path, format).map((found) => ({ agent: agent.id, format, ...found }))
  })
}

/** Whether the last word in it is the agent's. `id`: absent: the newest of this folder. Known for Pi only. */
export function endsWithAnswer(agent: Agent, homes: Homes, cwd: string, id?: string): boolean {
  const place = placeOf(agent, homes)
  if (agent.sessions?.format !== 'pi' || place === undefined) return false
  const path = filesIn(place, 'pi')
    .toSorted((a, b) => b.lastMs - a.lastMs)
    .map((file) => file.path)
    .find((file) => (id === undefined ? readSession(file, 'pi').project === cwd : file.includes(id)))
  return path !== undefined && lastRoleIn(endOf(path)) === 'assistant'
}

function placeOf({ sessions }: Agent, { home, env }: Homes): string | undefined {
  if (!sessions) return undefined
  const { folder, movedBy } = sessions
  const moved = movedBy && env[movedBy.variable]
  return moved ? join(moved, relative(movedBy.part, folder)) : join(home, folder)
}

interface Found {
  readonly path: string
  readonly lastMs: number
}

/** How deep below the folder the sessions lie, and what they look like. */
const shapes: Readonly<Record<Exclude<SessionFormat, 'opencode'>, { depth: number; like: RegExp }>> = {
  claude: { depth: 2, like: /^[0-9a-f-]{36}\.jsonl$/ },
  codex: { depth: 4, like: /^rollout-.*\.jsonl$/ },
  qwen: { depth: 3, like: /\.jsonl$/ },
  pi: { depth: 2, like: /\.jsonl$/ },
  folders: { depth: 1, like: /^[^.]/ },
}

function filesIn(folder: string, format: Exclude<SessionFormat, 'opencode'>): readonly Found[] {
  const { depth, like } = shapes[format]
  return entriesAt(folder, depth)
    .filter((path) => like.test(basename(path)))
    .flatMap(found)
}

function entriesAt(folder: string, depth: number): readonly string[] {
  try {
    const paths = readdirSync(folder).map((name) => join(folder, name))
    return depth === 1 ? paths : paths.flatMap((path) => entriesAt(path, depth - 1))
  } catch {
    return []
  }
}

function found(path: string): readonly Found[] {
  try {
    return [{ path, lastMs: statSync(path).mtimeMs }]
  } catch {
    return []
  }
}

/** Enough for the first prompt, however long the session. */
const startBytes = 256 * 1024

function readSession(path: string, format: SessionFormat | undefined) {
  const name = basename(path).replace(/\.jsonl$/, '')
  if (format === 'folders') return { id: name }
  return readStart(startOf(path), idFromName(name))
}

/** `rollout-<time>-<uuid>`, `<time>_<uuid>`, `<uuid>`. */
const idFromName = (name: string): string =>
  /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.exec(name)?.[0] ?? name

const startOf = (path: string): string => piece(path, () => 0)

const endOf = (path: string): string => piece(path, (size) => Math.max(0, size - startBytes))

function piece(path: string, from: (size: number) => number): string {
  const bytes = Buffer.alloc(startBytes)
  try {
    const file = openSync(path, 'r')
    try {
      return bytes
        .subarray(0, readSync(file, bytes, 0, startBytes, from(fstatSync(file).size)))
        .toString('utf8')
    } finally {
      closeSync(file)
    }
  } catch {
    return ''
  }
}

/** The last folder's name, for narrow tables. */
export const shortProject = (project: string | undefined): string => project?.split(sep).at(-1) ?? ''
