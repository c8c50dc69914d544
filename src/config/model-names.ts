/** Model names as people write them, made whole: `provider/model`, and the provider that plain names go to. */
import { providers as onShelf } from '../providers/index.ts'
import { openai } from '../providers/openai.ts'
import { sandbox } from '../providers/sandbox.ts'
import { targetOf } from '../providers/target.ts'
import { nearest } from './nearest.ts'
import type { Roster } from './providers.ts'
import type { Found, Sources } from './sources.ts'

export class ModelNames {
  readonly #sources: Sources
  readonly #roster: Roster
  /** What the user chose, or what the seeds' settings imply: OpenRouter, or the place OPENAI_BASE_URL names. */
  readonly chosen: Found | undefined

  constructor(sources: Sources, roster: Roster) {
    this.#sources = sources
    this.#roster = roster
    const said =
      sources.variable('DEFAULT_PROVIDER') ??
      sources.inFile(sources.file.value.default_provider, ['default_provider'])
    this.chosen = this.provider(said) ?? this.#implied()
  }

  /** The sandbox, when there is nothing else: no other provider is ever taken for one that was not named. */
  get only(): string | undefined {
    const [first] = Object.keys(this.#roster.providers)
    return first === undefined || first === sandbox.id ? sandbox.id : undefined
  }

  /** Where plain names in settings go when nothing else says so: there must be some place. */
  get last(): string {
    const [first = sandbox.id] = Object.keys(this.#roster.providers)
    return this.chosen?.value ?? (this.#roster.providers[openai.id] ? openai.id : first)
  }

  /** The id behind what was said; a name nobody knows is a problem. */
  provider(said: Found | undefined): Found | undefined {
    if (!said) return undefined
    const id = this.#roster.aliases[said.value] ?? said.value
    if (this.#roster.providers[id]) return { ...said, value: id }
    const because = this.#unusable(id)
    if (because !== undefined) {
      this.#sources.warn(`${said.source}: ${id} cannot be used: ${because}`)
      return { ...said, value: id }
    }
    const known = [...Object.keys(this.#roster.providers), ...this.#roster.unusable.map((one) => one.id)]
    this.#sources.refuse(said, `no provider is named ${said.value}`, nearest(said.value, known))
    return undefined
  }

  /** `provider/model` for each name, doubles removed; `home` is where a profile wants plain names to go. */
  whole(names: Found<readonly string[]>, home?: string): readonly string[] {
    return [...new Set(names.value.map((name) => this.#whole(name, names.source, home)))]
  }

  #whole(name: string, source: string, wanted: string | undefined): string {
    const home = wanted ?? this.last
    const plain = wanted !== undefined && !name.includes('/')
    const target = (plain ? undefined : targetOf(name, this.#roster, home)) ?? { provider: home, model: name }
    const because = this.#unusable(target.provider)
    if (because !== undefined) this.#sources.warn(`${source}: ${name} cannot be reached: ${because}`)
    else if (target.model === name && name.includes('/')) this.#doubt(name, source, home)
    return `${target.provider}/${target.model}`
  }

  /** A first word that nearly names a provider is said aloud where such names are not usual. */
  #doubt(name: string, source: string, home: string): void {
    if (this.#roster.providers[home]?.provider.vendorPrefixes) return
    const first = name.slice(0, name.indexOf('/'))
    const near = nearest(first, [...Object.keys(this.#roster.providers), ...onShelf.map(({ id }) => id)])
    const hint = near === undefined ? '' : ` (did you mean ${near}?)`
    this.#sources.warn(`${source}: no provider is named ${first}${hint}; ${name} goes to ${home} as it is`)
  }

  #implied(): Found | undefined {
    const id = this.#roster.providers['openrouter'] ? 'openrouter' : this.#roster.fromOpenaiBaseUrl
    if (id === undefined) return undefined
    const source = this.#sources.provenance[`providers.${id}`] ?? 'default'
    return { value: id, source: `default, because ${id} is configured (${source})`, place: {} }
  }

  #unusable(id: string): string | undefined {
    return this.#roster.unusable.find((provider) => provider.id === id)?.because
  }
}
