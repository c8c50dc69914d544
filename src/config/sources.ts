/** Where values come from, in order of precedence, and the record of where each one came from. */
import type { LoadedConfigFile } from './config-file.ts'
import type { JsonPath } from './located-json.ts'
import type { ConfigProblem, Place } from './problem.ts'

/** A set of variables: the process environment or a `.env` file. */
export interface Layer {
  readonly name: string
  readonly values: Readonly<Record<string, string | undefined>>
  /** `env PORT`, `~/.xx/.env:3`. */
  readonly source: (name: string) => string
  readonly place: (name: string) => Place
}

export interface Found<T = string> {
  readonly value: T
  /** For people: `--port`, `env PORT`, `~/.xx/.env:3`, `~/.xx/config.json:12`, `default`. */
  readonly source: string
  /** For problems. */
  readonly place: Place
}

export const processLayer = (env: Readonly<Record<string, string | undefined>>): Layer => ({
  name: 'environment',
  values: env,
  source: (name) => `env ${name}`,
  place: (name) => ({ file: 'environment', field: name }),
})

/** Settings path (`limits.maxAttempts`) to source. A path stands for everything below it that has no entry of its own. */
export type Provenance = Readonly<Record<string, string>>

export class Sources {
  readonly file: LoadedConfigFile
  readonly problems: ConfigProblem[] = []
  readonly warnings: string[] = []
  readonly #flags: Readonly<Record<string, string | undefined>>
  readonly #layers: readonly Layer[]
  readonly #shownFile: string
  readonly #origins: Record<string, string> = {}

  constructor(
    flags: Readonly<Record<string, string | undefined>>,
    layers: readonly Layer[],
    file: LoadedConfigFile,
    shownFile: string,
  ) {
    this.#flags = flags
    this.#layers = layers
    this.file = file
    this.#shownFile = shownFile
  }

  get provenance(): Provenance {
    return { ...this.#origins }
  }

  note(path: string, source: string): void {
    this.#origins[path] = source
  }

  flag(name: string): Found | undefined {
    const value = this.#flags[name]
    if (value === undefined) return undefined
    return { value, source: `--${name}`, place: { file: 'command line', field: `--${name}` } }
  }

  /**
   * The first name that is set anywhere wins (an explicit name before a generic one), then the first layer that sets
   * it. Empty values count as not set.
   */
  variable(...names: readonly string[]): Found | undefined {
    for (const name of names) {
      for (const layer of this.#layers) {
        const value = layer.values[name]?.trim()
        if (value) return { value, source: layer.source(name), place: layer.place(name) }
      }
    }
    return undefined
  }

  /** Names in all layers that begin so, each from the first layer that has it. */
  variablesBeginning(prefix: string): readonly (Found & { readonly name: string })[] {
    const names = new Set(this.#layers.flatMap(({ values }) => Object.keys(values)))
    return [...names]
      .filter((name) => name.startsWith(prefix) && name.length > prefix.length)
      .flatMap((name) => {
        const found = this.variable(name)
        return found ? [{ ...found, name }] : []
      })
  }

  inFile<T>(value: T | undefined, path: JsonPath): Found<T> | undefined {
    if (value === undefined) return undefined
    const place = this.file.place(path)
    return { value, source: `${this.#shownFile}${place.line === undefined ? '' : `:${place.line}`}`, place }
  }

  /** Records a problem at the value's place. */
  refuse(found: Pick<Found<unknown>, 'place'>, message: string, near?: string): void {
    this.problems.push({ ...found.place, message, ...(near !== undefined && { nearest: near }) })
  }

  warn(message: string): void {
    this.warnings.push(message)
  }
}

export const byDefault = <T>(value: T): Found<T> => ({ value, source: 'default', place: {} })
