/** A home with files in memory, for tests of the configuration. */
import { type ConfigRequest, type Configuration, loadSettings } from '../../src/config/load.ts'
import type { ConfigProblem } from '../../src/config/problem.ts'
import type { Settings } from '../../src/config/settings.ts'
import type { ReadFile } from '../../src/world/files.ts'

export interface House extends Partial<Omit<ConfigRequest, 'readFile'>> {
  /** Path to text; `~/` is the home. */
  readonly files?: Readonly<Record<string, string>>
  /** `~/.xx/config.json`: a text, or a value to be written as one. */
  readonly config?: unknown
  /** `~/.xx/.env` */
  readonly dotEnv?: string | undefined
}

export const home = '/home/ada'

export function load({ files = {}, config, dotEnv, ...request }: House = {}): Configuration {
  return loadSettings({ flags: {}, env: {}, home, ...request, readFile: reader({ files, config, dotEnv }) })
}

export function reader({ files = {}, config, dotEnv }: House): ReadFile {
  const all: Record<string, string> = Object.fromEntries(
    Object.entries(files).map(([path, text]) => [path.replace(/^~/, home), text]),
  )
  if (config !== undefined) {
    all[`${home}/.xx/config.json`] = typeof config === 'string' ? config : JSON.stringify(config, null, 2)
  }
  if (dotEnv !== undefined) all[`${home}/.xx/.env`] = dotEnv
  return (path) => {
    const text = all[path]
    return text === undefined ? { kind: 'missing' } : { kind: 'text', text }
  }
}

export function settings(house: House = {}): Settings {
  const loaded = load(house)
  if (!loaded.ok) throw new Error(`broken: ${JSON.stringify(loaded.problems)}`)
  return loaded.settings
}

export function problems(house: House): readonly ConfigProblem[] {
  const loaded = load(house)
  return loaded.ok ? [] : loaded.problems
}
