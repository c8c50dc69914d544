/**
 * What `clutch run`, `clutch show` and the hook must know before they may work, read without the whole schema: they are
 * called for every command and have no time for it. The gateway checks the same file in full when it starts.
 */
import { join, resolve } from 'node:path'
import { asNumber, asObject, asText, type Json, type JsonObject } from '../wire/json.ts'
import { type ReadFile, readText } from '../world/files.ts'
import { parseLocatedJson } from './located-json.ts'
import { describeProblem } from './problem.ts'
import type { CompressionLevel, CompressionSettings } from './settings.ts'

/** The same as the engine's own, which is not read for a command that prints nothing. */
export const levelWords: readonly CompressionLevel[] = ['off', 'lossless', 'balanced', 'aggressive']

export const levelNamed = (word: string): CompressionLevel | undefined =>
  levelWords.find((each) => each === word)

export interface MouthSettings {
  /** `~/.xx`, or XX_HOME. */
  readonly folder: string
  readonly stateFolder: string
  /** As said: `off`, `lossless`, `balanced`, `aggressive`; whoever uses it knows what is a level. */
  readonly level: string | undefined
  /** Somebody said so for this one command; no rule counts then. */
  readonly isLevelForced: boolean
  readonly rules: LevelRules
  readonly run: {
    /** How long output may wait for the rest of it; undefined: whoever runs knows. */
    readonly holdMs: number | undefined
    /** Another program that runs and shortens in our place (`rtk`). */
    readonly engine: string | undefined
  }
  readonly originals: { readonly maxBytes?: number; readonly keepDays?: number }
  /** What is wrong with the file; nothing of it counts then. */
  readonly problem?: string
}

type LevelRules = Pick<CompressionSettings, 'agents' | 'tools' | 'commands' | 'paths'>

export interface MouthRequest {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly home: string
  readonly readFile?: ReadFile
}

export function readMouthSettings({ env, home, readFile = readText }: MouthRequest): MouthSettings {
  const folder = env['XX_HOME'] ? resolve(home, env['XX_HOME']) : join(home, '.xx')
  const path = join(folder, 'config.json')
  const read = readFile(path)
  const json = read.kind === 'text' ? parseLocatedJson(read.text) : ({ ok: true, value: {} } as const)
  const problem =
    read.kind === 'unreadable'
      ? `${path}: cannot be read (${read.because})`
      : json.ok
        ? undefined
        : describeProblem({ file: path, ...json.position, message: json.message })
  const said = json.ok ? asObject(json.value)['compression'] : undefined
  const file = asObject(said)
  return {
    folder,
    stateFolder: join(folder, 'state'),
    level: levelSaid(env, asText(said) ?? asText(file['level'])),
    isLevelForced: Boolean(env['CLUTCH_COMPRESS']?.trim()),
    rules: rulesIn(file),
    run: runSaid(env, asObject(file['run'])),
    originals: originalsSaid(asObject(file['originals'])),
    ...(problem !== undefined && { problem }),
  }
}

/** A command's own environment counts first; the seeds' switch turns everything off as well. */
function levelSaid(env: MouthRequest['env'], inFile: string | undefined): string | undefined {
  const said = env['CLUTCH_COMPRESS']?.trim().toLowerCase()
  return said ? (isNo(said) ? 'off' : said) : inFile
}

const isNo = (word: string): boolean => ['0', 'no', 'false', 'none'].includes(word)

const rulesIn = (file: JsonObject): LevelRules => ({
  agents: levelsIn(file['agents']),
  tools: levelsIn(file['tools']),
  commands: levelsIn(file['commands']),
  paths: levelsIn(file['paths']),
})

const levelsIn = (said: Json | undefined): Readonly<Record<string, CompressionLevel>> =>
  Object.fromEntries(
    Object.entries(asObject(said)).flatMap(([glob, word]) => {
      const level = levelNamed(String(word))
      return level === undefined ? [] : [[glob, level]]
    }),
  )

function runSaid(env: MouthRequest['env'], file: JsonObject): MouthSettings['run'] {
  const hold = env['CLUTCH_RUN_HOLD_MS']
  const holdMs = hold !== undefined && /^\d{1,7}$/.test(hold) ? Number(hold) : asNumber(file['hold_ms'])
  return { holdMs, engine: asText(file['engine']) }
}

function originalsSaid(file: JsonObject): MouthSettings['originals'] {
  const maxMib = asNumber(file['max_mib'])
  const keepDays = asNumber(file['keep_days'])
  return {
    ...(maxMib !== undefined && { maxBytes: maxMib * 1024 * 1024 }),
    ...(keepDays !== undefined && { keepDays }),
  }
}
