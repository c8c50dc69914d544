/** How a command is run where its own words, its environment or the configuration say something about it. */
import type { Level } from '../compression/shorten.ts'
import { levelNamed, levelWords, readMouthSettings } from '../config/mouth.ts'
import { findCommand } from './find-command.ts'
import type { Io } from './io.ts'
import type { NotRun, RunAsked } from './run-asked.ts'
import type { RunPlan } from './run-order.ts'

export function planRun(asked: RunAsked, io: Io): RunPlan | NotRun {
  if (asked.level !== undefined && levelNamed(asked.level) === undefined)
    return { kind: 'wrong', why: 'no-level', word: asked.level }
  const settings = readMouthSettings(io)
  if (settings.problem !== undefined) io.err(`clutch run: ${settings.problem}: output is not shortened\n`)
  const level = settings.problem === undefined ? levelOf(asked.level ?? settings.level, io) : 'off'
  const holdMs = asked.holdMs ?? settings.run.holdMs
  const engine = level === 'off' || asked.line !== undefined ? undefined : engineHere(settings.run.engine, io)
  return {
    kind: 'plan',
    level,
    isForced: asked.level !== undefined || settings.isLevelForced,
    ...(holdMs !== undefined && { holdMs }),
    ...(engine !== undefined && { engine }),
  }
}

/** `off` where the word is none of ours: better nothing than something else. */
function levelOf(said: string | undefined, io: Io): Level {
  const level = said === undefined ? 'balanced' : levelNamed(said)
  if (level === undefined)
    io.err(`clutch run: "${said}" is no level (${levelWords.join(', ')}): output is not shortened\n`)
  return level ?? 'off'
}

/** The program that the configuration names, if it is there. */
function engineHere(engine: string | undefined, io: Io): string | undefined {
  if (engine === undefined) return undefined
  const found = findCommand(engine, io.env)
  if (found.kind === 'program') return engine
  io.err(`clutch run: compression.run.engine: ${found.because}; using our own filters\n`)
  return undefined
}
