/** `clutch complete -- WORDS`: what shells ask when somebody presses tab. Never fails, never complains. */

import { agents } from '../agents/index.ts'
import { readLaunchSettings } from '../config/launch.ts'
import { loadSettings } from '../config/load.ts'
import { type Candidate, complete, type KnownWords } from '../launch/completion.ts'
import { latestSessions, shortProject } from '../launch/sessions.ts'
import { Catalogue } from '../server/models.ts'
import { exitCodes, type Io } from './io.ts'

const perAgent = 10

export function completeVerb(
  args: readonly string[],
  io: Io,
  verbs: Pick<KnownWords, 'clutchVerbs' | 'proxiesVerbs'>,
): number {
  const words = args[0] === '--' ? args.slice(1) : args
  const found = complete(words, { ...verbs, ...knownHere(io) })
  io.out(found.map(lineOf).join(''))
  return exitCodes.ok
}

const lineOf = ({ word, means }: Candidate): string =>
  `${word}${means === undefined ? '' : `\t${means.replace(/\s+/g, ' ')}`}\n`

function knownHere(io: Io): Omit<KnownWords, 'clutchVerbs' | 'proxiesVerbs'> {
  const { env, home, cloneDir } = io
  const around = { env, home, ...(cloneDir !== undefined && { cloneDir }) }
  const settings = () => {
    const loaded = loadSettings({ ...around, flags: {} })
    return loaded.ok ? loaded.settings : undefined
  }
  return {
    profiles: () => Object.keys(settings()?.profiles ?? {}),
    providers: () => Object.keys(settings()?.providers ?? {}),
    models: () => {
      const all = settings()
      const profile = all?.profiles['default']
      return all && profile ? new Catalogue(profile, all).list().map(({ id }) => id) : []
    },
    sessions: (letter) => {
      const only = agents.find((agent) => agent.letter === letter)?.id
      return latestSessions(io, perAgent, only).map(({ id, project, firstPrompt = '' }) => ({
        word: id,
        means: `${shortProject(project)} ${firstPrompt.slice(0, 50)}`.trim(),
      }))
    },
    tiers: () => {
      const read = readLaunchSettings(around)
      const own = read.ok ? Object.keys(read.settings.tiers).filter((name) => name.length === 1) : []
      return [...new Set([...'dnkqmf', ...own])]
    },
  }
}
