/** Secrets: where a text in the file points to one, and how one is shown. */
import { dirname, isAbsolute, join } from 'node:path'
import type { ReadFile } from '../world/files.ts'
import type { Found, Sources } from './sources.ts'

export type Secret = Found | { readonly because: string }

/** `env:NAME`, `file:path` (beside the file that says so, or `~/…`), or the secret itself. */
export class Secrets {
  readonly #sources: Sources
  readonly #readFile: ReadFile
  readonly #home: string
  /** Every NAME that was asked for. */
  readonly referenced = new Set<string>()

  constructor(sources: Sources, readFile: ReadFile, home: string) {
    this.#sources = sources
    this.#readFile = readFile
    this.#home = home
  }

  find(said: Found): Secret {
    const [kind, rest] = split(said.value)
    switch (kind) {
      case 'env':
        this.referenced.add(rest)
        return this.#sources.variable(rest) ?? { because: `${rest} is not set (${said.source})` }
      case 'file':
        return this.#inFile(said, rest)
      case 'literal':
        return said
    }
  }

  #inFile(said: Found, path: string): Secret {
    const file = this.#sources.file.path
    const full = path.startsWith('~/')
      ? join(this.#home, path.slice(2))
      : isAbsolute(path)
        ? path
        : join(dirname(file), path)
    const read = this.#readFile(full)
    if (read.kind === 'missing') return { because: `${full} does not exist (${said.source})` }
    if (read.kind === 'unreadable')
      return { because: `${full} cannot be read: ${read.because} (${said.source})` }
    const value = read.text.trim()
    return value === '' ? { because: `${full} is empty (${said.source})` } : { ...said, value, source: full }
  }
}

/** Whether the text is the secret itself rather than a pointer to it. */
export const isLiteral = (text: string): boolean => split(text)[0] === 'literal'

function split(text: string): readonly ['env' | 'file' | 'literal', string] {
  if (text.startsWith('env:')) return ['env', text.slice('env:'.length).trim()]
  if (text.startsWith('file:')) return ['file', text.slice('file:'.length).trim()]
  return ['literal', text]
}

/** Enough to recognise it, too little to use it. */
export function masked(secret: string): string {
  const start = secret.length >= 12 ? secret.slice(0, 3) : ''
  return `${start}… (${secret.length} characters)`
}
