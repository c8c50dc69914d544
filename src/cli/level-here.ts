/** How far an output may be shortened here: what was said for this one command, else what the configuration says of it. */
import { Levels } from '../compression/levels.ts'
import type { FoundCall } from '../compression/pairing/found.ts'
import type { Level } from '../compression/shorten.ts'
import type { MouthSettings } from '../config/mouth.ts'

export interface LevelQuestion {
  readonly call: FoundCall
  readonly agent: string | undefined
  /** Where no rule says otherwise. */
  readonly level: Level
  readonly isForced: boolean
}

export function levelHere({ call, agent, level, isForced }: LevelQuestion, { rules }: MouthSettings): Level {
  if (isForced) return level
  const whose = { agent: agent ?? 'unknown', profile: undefined, wish: undefined }
  return new Levels({ level, ...rules }).of(call, whose)
}
