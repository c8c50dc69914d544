/**
 * What tool results were before they were shortened: one gzip file each, named by content, safe with several writers.
 * A file is linked into place whole, so nobody reads half of one and the first of two with one name wins.
 */
import { createHash, randomBytes } from 'node:crypto'
import {
  existsSync,
  linkSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { makePrivateFolder } from '../world/private-files.ts'

export interface OriginalsOrder {
  readonly folder: string
  /** Of all files together, as they lie on the disk; those not used for longest go first. */
  readonly maxBytes?: number
  /** Unused for so long, an original goes. */
  readonly keepDays?: number
  readonly nowMs?: () => number
}

export type OriginalFound =
  | { readonly kind: 'text'; readonly text: string }
  /** It was here and had to go. */
  | { readonly kind: 'gone'; readonly removedMs: number }
  | { readonly kind: 'unknown' }

export interface GrowingOriginal {
  readonly id: string
  /** False: the disk refuses. */
  readonly keep: (text: string) => boolean
}

export const originalLimits = {
  /** Longer texts are not kept, and so must not be shortened with a loss. */
  entryBytes: 10 * 1024 * 1024,
  maxBytes: 2 * 1024 ** 3,
  keepDays: 30,
} as const

export const originalsFolder = (stateFolder: string): string => join(stateFolder, 'originals')

const shortest = 5
const hourMs = 60 * 60 * 1000
const dayMs = 24 * hourMs
/** An id that went is not given to another text while anybody may remember it. */
const graveDays = 365
const maxRemembered = 2_000

export class Originals {
  readonly #folder: string
  readonly #maxBytes: number
  readonly #keepDays: number
  readonly #nowMs: () => number
  /** Texts this process has put here, by their whole hash. */
  readonly #known = new Map<string, string>()
  #drafts = 0

  constructor({ folder, maxBytes, keepDays, nowMs }: OriginalsOrder) {
    this.#folder = folder
    this.#maxBytes = maxBytes ?? originalLimits.maxBytes
    this.#keepDays = keepDays ?? originalLimits.keepDays
    this.#nowMs = nowMs ?? Date.now
  }

  get keepDays(): number {
    return this.#keepDays
  }

  /**
   * Keeps the text and tells its id: `r` and the first digits of its SHA-256, as few as name it alone. The same text
   * gets the same id. undefined: it cannot be kept (too long, the disk refuses), so nothing of it may be hidden.
   */
  put(text: string): string | undefined {
    if (Buffer.byteLength(text) > originalLimits.entryBytes) return undefined
    const digest = createHash('sha256').update(text).digest('hex')
    const known = this.#known.get(digest)
    try {
      if (known !== undefined && this.#touch(known)) return `r${known}`
      const name = this.#keep(text, digest)
      if (name !== undefined) this.#remember(digest, name)
      return name && `r${name}`
    } catch {
      return undefined
    }
  }

  /**
   * An id for an output whose end is not known yet. What is kept under it may be replaced by more of it, and is there
   * even if this process dies. undefined: the disk refuses.
   */
  begin(): GrowingOriginal | undefined {
    const name = randomBytes(4).toString('hex')
    try {
      makePrivateFolder(this.#folder)
      writeFileSync(this.#file(name), gzipSync(''), { mode: 0o600, flag: 'wx' })
    } catch {
      return undefined
    }
    return { id: `r${name}`, keep: (text) => this.#replace(name, text) }
  }

  /** Never throws; whoever reads an original makes it stay longer. */
  read(id: string): OriginalFound {
    const name = /^r?([0-9a-f]{4,64})$/.exec(id)?.[1]
    if (name === undefined) return { kind: 'unknown' }
    try {
      const text = gunzipSync(readFileSync(this.#file(name))).toString('utf8')
      this.#touch(name)
      return { kind: 'text', text }
    } catch {
      const removedMs = modifiedMs(this.#grave(name))
      return removedMs === undefined ? { kind: 'unknown' } : { kind: 'gone', removedMs }
    }
  }

  /** Removes what is too old and what is too much. Never throws. */
  sweep(): void {
    try {
      this.#sweep()
    } catch {
      // No folder yet, or a disk that refuses: the next sweep comes
    }
  }

  /** The same, unless somebody did it within the last `everyMs`. */
  sweepAtMostEvery(everyMs: number): void {
    const stamp = join(this.#folder, 'swept')
    const lastMs = modifiedMs(stamp)
    if (lastMs !== undefined && this.#nowMs() - lastMs < everyMs) return
    try {
      makePrivateFolder(this.#folder)
      writeFileSync(stamp, '', { mode: 0o600 })
    } catch {
      return
    }
    this.sweep()
  }

  #replace(name: string, text: string): boolean {
    const draft = join(this.#folder, `.${process.pid}-${++this.#drafts}.new`)
    try {
      writeFileSync(draft, gzipSync(text, { level: 3 }), { mode: 0o600 })
      renameSync(draft, this.#file(name))
      return true
    } catch {
      rmSync(draft, { force: true })
      return false
    }
  }

  #keep(text: string, digest: string): string | undefined {
    makePrivateFolder(this.#folder)
    const draft = join(this.#folder, `.${process.pid}-${++this.#drafts}.new`)
    try {
      for (let length = shortest; length <= digest.length; length++) {
        const name = digest.slice(0, length)
        if (existsSync(this.#grave(name))) continue
        const kept = this.#isSame(name, text)
        if (kept === undefined) {
          writeFileSync(draft, gzipSync(text, { level: 3 }), { mode: 0o600 })
          if (linked(draft, this.#file(name)) || this.#isSame(name, text)) return name
        } else if (kept) {
          this.#touch(name)
          return name
        }
      }
      return undefined
    } finally {
      rmSync(draft, { force: true })
    }
  }

  /** undefined: there is no such file, or none that can be read (then it is replaced). */
  #isSame(name: string, text: string): boolean | undefined {
    try {
      return gunzipSync(readFileSync(this.#file(name))).toString('utf8') === text
    } catch (error) {
      // One that is not there may be there by now
      if (codeOf(error) !== 'ENOENT') rmSync(this.#file(name), { force: true })
      return undefined
    }
  }

  /** False: it is not there. The time of use is kept to the hour. */
  #touch(name: string): boolean {
    const usedMs = modifiedMs(this.#file(name))
    if (usedMs === undefined) return false
    const nowMs = this.#nowMs()
    if (nowMs - usedMs > hourMs) utimesSync(this.#file(name), nowMs / 1000, nowMs / 1000)
    return true
  }

  #remember(digest: string, name: string): void {
    if (this.#known.size >= maxRemembered) this.#known.clear()
    this.#known.set(digest, name)
  }

  #sweep(): void {
    const nowMs = this.#nowMs()
    const names = readdirSync(this.#folder)
    for (const name of names.filter((each) => each.endsWith('.gone') || each.endsWith('.new')))
      if (ageMs(join(this.#folder, name), nowMs) > (name.endsWith('.gone') ? graveDays * dayMs : hourMs))
        rmSync(join(this.#folder, name), { force: true })
    const files = names.flatMap((name) => this.#measured(name)).toSorted((a, b) => b.usedMs - a.usedMs)
    let bytes = 0
    for (const file of files) {
      bytes += file.bytes
      const isOld = nowMs - file.usedMs > this.#keepDays * dayMs
      if (isOld || bytes > this.#maxBytes) this.#bury(file)
    }
  }

  #measured(fileName: string): readonly Measured[] {
    if (!fileName.endsWith('.gz')) return []
    const name = fileName.slice(0, -'.gz'.length)
    try {
      const { size, mtimeMs } = statSync(this.#file(name))
      return [{ name, bytes: size, usedMs: mtimeMs }]
    } catch {
      return []
    }
  }

  /** One that was used since it was measured stays. */
  #bury({ name, usedMs }: Measured): void {
    if (modifiedMs(this.#file(name)) !== usedMs) return
    const nowS = this.#nowMs() / 1000
    writeFileSync(this.#grave(name), '', { mode: 0o600 })
    utimesSync(this.#grave(name), nowS, nowS)
    rmSync(this.#file(name), { force: true })
  }

  #file(name: string): string {
    return join(this.#folder, `${name}.gz`)
  }

  #grave(name: string): string {
    return join(this.#folder, `${name}.gone`)
  }
}

interface Measured {
  readonly name: string
  readonly bytes: number
  readonly usedMs: number
}

/** False: the name is taken. */
function linked(draft: string, file: string): boolean {
  try {
    linkSync(draft, file)
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw error
  }
}

const codeOf = (error: unknown): unknown =>
  error instanceof Error && 'code' in error ? error.code : undefined

function modifiedMs(path: string): number | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false })?.mtimeMs
  } catch {
    return undefined
  }
}

const ageMs = (path: string, nowMs: number): number => nowMs - (modifiedMs(path) ?? nowMs)
