/** The door for hooks: a tool result comes in, what is to stand in its place goes out. */
import { dirname } from 'node:path'
import { Levels } from '../compression/levels.ts'
import type { Settings } from '../config/settings.ts'
import { filters } from '../filters/index.ts'
import { Originals, originalsFolder } from '../store/originals.ts'
import { ownFilters } from '../store/own-filters.ts'
import { asObject, asText, type Json } from '../wire/json.ts'
import { shortenKept } from './shorten-kept.ts'

/** A text says what is missing; `text` is absent where the result stays as it is. */
export type MouthDoor = (asked: Json | undefined) => Promise<{ readonly text?: string } | string>

export function createMouthDoor(settings: () => Settings): MouthDoor {
  return async (asked) => {
    const said = asObject(asked)
    const [tool, text] = [asText(said['tool']), asText(said['text'])]
    if (tool === undefined || text === undefined)
      return 'Say what: {"tool": "Bash", "commandLine": "…", "text": "…"}.'
    const { compression, stateFolder, profiles } = settings()
    if (!compression || stateFolder === undefined) return {}
    const call = { tool, ...textField('commandLine', said), ...textField('path', said) }
    const agent = asText(said['agent']) ?? 'unknown'
    const whose = { agent, profile: profiles['default']?.compression, wish: undefined }
    const cwd = asText(said['project'])
    const own = cwd === undefined ? [] : await ownFilters({ cwd, folder: dirname(stateFolder), stateFolder })
    const shorter = shortenKept(
      { ...call, text, failed: said['failed'] === true },
      {
        ...{ stateFolder, mouth: 'hook' },
        filters: [...own, ...filters],
        level: new Levels(compression).of(call, whose),
        originals: new Originals({ folder: originalsFolder(stateFolder), ...compression.originals }),
        whose: { agent, ...textField('project', said), ...textField('session', said) },
      },
    )
    return shorter === undefined ? {} : { text: shorter }
  }
}

function textField<Name extends string>(
  name: Name,
  said: Readonly<Record<string, Json | undefined>>,
): Partial<Record<Name, string>> {
  const made: Partial<Record<Name, string>> = {}
  const value = asText(said[name])
  if (value !== undefined && value !== '') made[name] = value
  return made
}
