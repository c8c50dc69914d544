/** How far a tool result may be shortened: what is said of it most closely counts. */
import type { CompressionSettings } from '../config/settings.ts'
import type { FoundCall } from './pairing/found.ts'
import { levelSaidIn } from './said-level.ts'
import { type Level, levels } from './shorten.ts'

export interface Whose {
  /** As in the ledger. */
  readonly agent: string
  readonly profile: Level | undefined
  /** What the request itself says. */
  readonly wish: Level | undefined
}

type Rules = readonly (readonly [RegExp, Level])[]

type LevelSettings = Pick<CompressionSettings, 'level' | 'agents' | 'tools' | 'commands' | 'paths'>

/** The settings, made ready to be asked often. */
export class Levels {
  readonly #settings: LevelSettings
  readonly #agents: Rules
  readonly #tools: Rules
  readonly #commands: Rules
  readonly #paths: Rules

  constructor(settings: LevelSettings) {
    this.#settings = settings
    this.#agents = rulesOf(settings.agents)
    this.#tools = rulesOf(settings.tools)
    this.#commands = rulesOf(settings.commands)
    this.#paths = rulesOf(settings.paths)
  }

  /** Where nothing is said of the tool, its command or its path. */
  base({ agent, profile, wish }: Whose): Level {
    return wish ?? ruleFor(this.#agents, agent) ?? profile ?? this.#settings.level
  }

  /** Some result may be treated so. */
  reaches(level: Level, whose: Whose): boolean {
    if (whose.wish === 'off') return level === 'off'
    const rules = [...this.#tools, ...this.#commands, ...this.#paths]
    return this.base(whose) === level || rules.some(([, each]) => each === level)
  }

  /** A request that says `off` means all of it. */
  of({ tool, commandLine, path }: FoundCall, whose: Whose): Level {
    if (whose.wish === 'off') return 'off'
    return (
      (commandLine === undefined ? undefined : levelSaidIn(commandLine)) ??
      ruleFor(this.#paths, path) ??
      ruleFor(this.#commands, commandLine) ??
      ruleFor(this.#tools, tool) ??
      this.base(whose)
    )
  }
}

export const asLevel = (word: unknown): Level | undefined => levels.find((level) => level === word)

const ruleFor = (rules: Rules, text: string | undefined): Level | undefined =>
  text === undefined ? undefined : rules.find(([pattern]) => pattern.test(text))?.[1]

/** The first that fits counts. */
const rulesOf = (said: Readonly<Record<string, Level>>): Rules =>
  Object.entries(said).map(([glob, level]) => [patternOf(glob), level])

const patternOf = (glob: string): RegExp => new RegExp(`^${glob.split('*').map(escaped).join('[\\s\\S]*')}$`)

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
