/** `xx sessions`: the latest sessions of every agent, newest first; `xx resume` takes one of them up. */
import { statSync } from 'node:fs'
import type { AgentId } from '../agents/agent.ts'
import { agents } from '../agents/index.ts'
import { nearest } from '../config/nearest.ts'
import { quoteWord } from '../launch/quote.ts'
import { readShortForm } from '../launch/request.ts'
import type { Session } from '../launch/session.ts'
import { latestSessions, shortProject } from '../launch/sessions.ts'
import { exitCodes, type Io } from './io.ts'
import { runLaunch } from './launch.ts'

const usage = 'xx sessions [AGENT] [--json] [--all]'
const perAgent = 5

export function sessionsVerb(args: readonly string[], io: Io): number {
  const words = args.filter((word) => !word.startsWith('--'))
  const strange = args.find((word) => word.startsWith('-') && word !== '--json' && word !== '--all')
  const only = agents.find(({ id, letter }) => id === words[0] || letter === words[0])?.id
  if (strange !== undefined || words.length > 1 || (words[0] !== undefined && only === undefined)) {
    const wrong = strange ?? (only === undefined ? words[0] : words[1]) ?? ''
    const near = nearest(wrong, [...agents.map(({ id }) => id), '--json', '--all'])
    io.err(
      `xx sessions: do not know ${wrong}${near === undefined ? '' : ` (did you mean ${near}?)`}\n    try: ${usage}\n`,
    )
    return exitCodes.usage
  }
  const found = latestSessions(io, args.includes('--all') ? Number.POSITIVE_INFINITY : perAgent, only)
  io.out(
    args.includes('--json') ? `${JSON.stringify(found.map(asJson), null, 2)}\n` : table(found, Date.now()),
  )
  return exitCodes.ok
}

const asJson = ({ agent, id, project, lastMs, firstPrompt }: Session) => ({
  agent,
  id,
  project,
  last: new Date(lastMs).toISOString(),
  firstPrompt,
  resume: `xx ${codeOf(agent)} -s ${quoteWord(id)}`,
})

const codeOf = (agent: AgentId): string => `${agents.find(({ id }) => id === agent)?.letter ?? ''}sp`

function table(found: readonly Session[], nowMs: number): string {
  if (found.length === 0) return 'no sessions found\n'
  const rows = found.map((session, at) => {
    const { agent, id, project, lastMs, firstPrompt = '' } = session
    const place = shortProject(project).slice(0, 20).padEnd(20)
    const head = `${String(at + 1).padStart(3)}  ${age(nowMs - lastMs).padStart(4)}  ${agent.padEnd(11)}  ${place}`
    return `${head}  ${id.padEnd(36)}  ${firstPrompt.slice(0, 60)}\n`
  })
  return `${rows.join('')}\nxx resume N takes one up in its own folder; xx <AGENT>s -s ID in this one\n`
}

/** How long ago, in one unit. */
export function age(ms: number): string {
  const minutes = Math.max(0, Math.floor(ms / 60_000))
  if (minutes < 60) return `${minutes}m`
  return minutes < 48 * 60 ? `${Math.floor(minutes / 60)}h` : `${Math.floor(minutes / 1440)}d`
}

/** `xx resume [N | ID | AGENT]`: across agents, in the session's own folder; without a word it shows the list and asks. */
export async function resumeVerb(args: readonly string[], io: Io): Promise<number> {
  const [first, ...others] = args
  const isWord = first !== undefined && !first.startsWith('-')
  const found = latestSessions(io, perAgent)
  const typed = isWord ? first : await askNumber(found, io)
  const session = typed === undefined ? undefined : choose(typed, found, io)
  if (!session) {
    const because = typed === undefined ? 'it needs a number or an id' : `there is no session ${typed}`
    io.err(`xx resume: ${because}\n    try: xx sessions\n`)
    return exitCodes.usage
  }
  const words = [codeOf(session.agent), '-s', session.id, ...(isWord ? others : args)]
  const { project } = session
  if (project === undefined) return runLaunch(readShortForm(words), io)
  if (isFolder(project)) return runLaunch(readShortForm(words), { ...io, cwd: project })
  io.err(
    `xx resume: ${session.id} was in ${project}, which is gone\n    try: xx ${words.map(quoteWord).join(' ')}\n`,
  )
  return exitCodes.unavailable
}

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false

/** A number of the list, an agent's newest, or an id: whole, or its beginning where only one begins so. */
function choose(typed: string, found: readonly Session[], io: Io): Session | undefined {
  const agent = agents.find(({ id, letter }) => id === typed || letter === typed)
  if (agent) return found.find((session) => session.agent === agent.id)
  if (/^\d{1,3}$/.test(typed)) return found[Number(typed) - 1]
  const all = latestSessions(io, Number.POSITIVE_INFINITY)
  const whole = all.find(({ id }) => id === typed)
  const begun = all.filter(({ id }) => id.startsWith(typed))
  return whole ?? (begun.length === 1 ? begun[0] : undefined)
}

async function askNumber(found: readonly Session[], io: Io): Promise<string | undefined> {
  io.err(table(found, Date.now()))
  if (!process.stdin.isTTY || found.length === 0) return undefined
  const { createInterface } = await import('node:readline/promises')
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  try {
    return (await terminal.question('which? [1] ')).trim() || '1'
  } finally {
    terminal.close()
  }
}
