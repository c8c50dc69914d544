/** The log's files, in the order in which they were written: their last lines, and what is added to them. */
import { closeSync, fstatSync, openSync, readdirSync, readFileSync, readSync } from 'node:fs'
import { join } from 'node:path'

const fileName = /^clutch-(\d{4}-\d{2}-\d{2})(?:\.(\d+))?\.jsonl$/

/** Oldest first; none where there is no such folder. */
function filesIn(folder: string): readonly string[] {
  return namesIn(folder)
    .flatMap((name) => {
      const [, day, number = '0'] = fileName.exec(name) ?? []
      return day === undefined ? [] : [{ name, key: `${day}.${number.padStart(6, '0')}` }]
    })
    .toSorted((one, other) => (one.key < other.key ? -1 : 1))
    .map(({ name }) => join(folder, name))
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

/** The last `count` lines that `read` keeps, oldest first. */
export function lastLines<T>(
  folder: string,
  count: number,
  read: (line: string) => T | undefined,
): readonly T[] {
  const kept: T[] = []
  for (const file of filesIn(folder).toReversed()) {
    const lines = textOf(file).split('\n')
    for (let at = lines.length - 1; at >= 0 && kept.length < count; at--) {
      const line = read(lines[at] ?? '')
      if (line !== undefined) kept.push(line)
    }
    if (kept.length >= count) break
  }
  return kept.toReversed()
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

/** Reads on where it stopped, through the end of a file into the next one. */
export class LogTail {
  readonly #folder: string
  #file: string | undefined
  #offset = 0
  #rest = ''

  /** From the end of what is there now. */
  constructor(folder: string) {
    this.#folder = folder
    this.#file = filesIn(folder).at(-1)
    if (this.#file !== undefined) this.#read(this.#file)
    this.#rest = ''
  }

  /** Whole lines that were added since. */
  next(): readonly string[] {
    const files = filesIn(this.#folder)
    const at = this.#file === undefined ? -1 : files.indexOf(this.#file)
    const lines: string[] = []
    for (const file of files.slice(Math.max(0, at))) {
      if (file !== this.#file) this.#offset = 0
      this.#file = file
      const parts = `${this.#rest}${this.#read(file)}`.split('\n')
      this.#rest = parts.pop() ?? ''
      lines.push(...parts)
    }
    return lines
  }

  #read(file: string): string {
    try {
      const fd = openSync(file, 'r')
      try {
        const bytes = Buffer.alloc(Math.max(0, fstatSync(fd).size - this.#offset))
        const read = readSync(fd, bytes, 0, bytes.length, this.#offset)
        this.#offset += read
        return bytes.toString('utf8', 0, read)
      } finally {
        closeSync(fd)
      }
    } catch {
      return ''
    }
  }
}
