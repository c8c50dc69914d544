/**
 * The filters of a gateway that serves many projects: built in, the user's own, and those of trusted projects, less what
 * was regretted. Read beside the path of calls and again when a file changes: who begins then gets the new ones, who
 * began before keeps what it has.
 */
import { createHash } from 'node:crypto'
import { basename } from 'node:path'
import type { FilterSet, FilterSets } from '../compression/filter-set.ts'
import { ownFilter } from '../compression/own-filter.ts'
import { shortHash } from '../conversation/tool-names.ts'
import type { Filter } from '../filters/filter.ts'
import type { Clock } from '../world/clock.ts'
import { watchFiles } from '../world/watch-files.ts'
import { demotedFile, demotedIn, judgeNowAndThen, trustedFilters } from './demoted.ts'
import { type CountingFilters, countingFilters, type OwnFilterFile } from './own-filters.ts'

export interface FilterShelfOrder {
  readonly builtIn: readonly Filter[]
  /** Of the program: the same filter may answer otherwise in another one. */
  readonly version: string
  /** `~/.xx` */
  readonly folder: string
  readonly stateFolder: string
  readonly clock: Clock
}

/** People's filters as they are now, under the name of what is in them. */
interface Own {
  readonly digest: string
  readonly filters: readonly Filter[]
}

const none: Own = { digest: '', filters: [] }
/** Of sets that sessions began with; a session of long ago finds none and gets nothing new shortened. */
const mostSets = 100

export class FilterShelf implements FilterSets {
  readonly #order: FilterShelfOrder
  readonly #base: string
  readonly #sets = new Map<string, FilterSet>()
  #user = none
  #projects: ReadonlyMap<string, Own> = new Map()
  #demoted: readonly string[] = []
  #endWatch: (() => void) | undefined
  #endJudging: (() => void) | undefined
  #closed = false

  constructor(order: FilterShelfOrder) {
    this.#order = order
    this.#base = `${order.version}-${shortHash(order.builtIn.map(({ id }) => id).join(' '))}`
    this.#demoted = demotedIn(order.stateFolder)
  }

  get folders(): readonly string[] {
    return [...this.#projects.keys()]
  }

  /** Reads everything, and goes on watching it. Never rejects. */
  async open(): Promise<void> {
    await this.#read()
    if (!this.#closed) this.#endJudging = judgeNowAndThen(this.#order.stateFolder, this.#order.clock)
  }

  close(): void {
    this.#closed = true
    this.#endWatch?.()
    this.#endJudging?.()
  }

  begin(folder: string | undefined): FilterSet {
    const own = folder === undefined ? undefined : this.#projects.get(folder)
    return this.#set(own ?? this.#user, this.#demoted)
  }

  known(id: string): FilterSet | undefined {
    return this.#sets.get(id) ?? this.#madeAgain(id)
  }

  /** After a restart: its name says what was in it. */
  #madeAgain(id: string): FilterSet | undefined {
    const [base, ...words] = id.split(' ')
    const digest = words.find((word) => word.startsWith('@'))?.slice(1) ?? ''
    const own = [none, this.#user, ...this.#projects.values()].find((each) => each.digest === digest)
    if (base !== this.#base || !own) return undefined
    const demoted = words.flatMap((word) => (word.startsWith('-') ? decodeURIComponent(word.slice(1)) : []))
    return this.#set(own, demoted)
  }

  #set({ digest, filters }: Own, demoted: readonly string[]): FilterSet {
    const without = demoted.map((filter) => `-${encodeURIComponent(filter)}`)
    const id = [this.#base, ...without, ...(digest === '' ? [] : [`@${digest}`])].join(' ')
    const known = this.#sets.get(id)
    if (known) return known
    const made = { id, filters: trustedFilters([...filters, ...this.#order.builtIn], demoted) }
    this.#sets.set(id, made)
    const [oldest] = this.#sets.keys()
    if (this.#sets.size > mostSets && oldest !== undefined) this.#sets.delete(oldest)
    return made
  }

  async #read(): Promise<void> {
    const { stateFolder, clock } = this.#order
    const found = await countingFilters(this.#order)
    if (this.#closed) return
    this.#demoted = demotedIn(stateFolder)
    this.#user = ownOf(found.user)
    this.#projects = projectsOf(found)
    const watched = [demotedFile(stateFolder), ...found.watched]
    this.#endWatch?.()
    this.#endWatch = watchFiles(watched, clock, () => void this.#read())
  }
}

/** A project's come before the user's, and those before what is built in. */
const projectsOf = ({ user, projects }: CountingFilters): ReadonlyMap<string, Own> =>
  new Map(projects.map(({ folder, files }) => [folder, ownOf([...files, ...user])]))

function ownOf(files: readonly OwnFilterFile[]): Own {
  if (files.length === 0) return none
  const filters = files.flatMap(({ spec }) => (typeof spec === 'string' ? [] : [ownFilter(spec)]))
  const hash = createHash('sha256')
  for (const { path, digest } of files) hash.update(`${basename(path)} ${digest}\n`)
  return { digest: hash.digest('hex').slice(0, 16), filters }
}
