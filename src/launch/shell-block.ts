/**
 * The one block that the installer writes into a shell's start-up file, and how it is taken out again so that the file is
 * byte for byte what it was.
 */
import { quoteWord } from './quote.ts'
import type { ShellAlias } from './shell-aliases.ts'
import { completionCode } from './shell-completion.ts'

export const shells = ['bash', 'zsh', 'fish'] as const
export type Shell = (typeof shells)[number]

export interface BlockOrder {
  /** Where the five commands are. */
  readonly binFolder: string
  readonly aliases: readonly ShellAlias[]
}

const begin = '# >>> clutch >>>'
const end = '# <<< clutch <<<'
/** Told in the first line, since nothing else remembers it. */
const joined = ' (the line before had no end)'
const fresh = ' (the file was made for it)'

/** Without the lines that mark it. */
export function blockFor(shell: Shell, { binFolder, aliases }: BlockOrder): string {
  const lines = aliases.map(({ name, runs }) => `alias ${name}=${quoteWord(runs)}`)
  return [...pathLines(shell, binFolder), ...lines, completionCode[shell].trim()].join('\n')
}

function pathLines(shell: Shell, folder: string): readonly string[] {
  const word = quoteWord(folder)
  if (shell === 'fish') return [`contains -- ${word} $PATH; or set -gx PATH ${word} $PATH`]
  return [`case ":$PATH:" in *:${word}:*) ;; *) export PATH=${word}":$PATH" ;; esac`]
}

export type Edited =
  /** `text`: undefined for no file at all. */
  | { readonly kind: 'edited'; readonly text: string | undefined }
  /** The marks are not a pair: somebody has edited them. */
  | { readonly kind: 'torn'; readonly line: number }

interface Place {
  readonly start: number
  readonly end: number
  readonly note: string
}

/** The block is put at the end, or in the place of the one that is there. `before`: undefined where there is no file. */
export function withBlock(before: string | undefined, block: string): Edited {
  const text = before ?? ''
  const found = placeOf(text)
  if (typeof found === 'number') return { kind: 'torn', line: found }
  if (found) {
    const marked = mark(block, found.note)
    return { kind: 'edited', text: text.slice(0, found.start) + marked + text.slice(found.end) }
  }
  const isOpen = text !== '' && !text.endsWith('\n')
  const note = before === undefined ? fresh : isOpen ? joined : ''
  return { kind: 'edited', text: `${text}${isOpen ? '\n' : ''}${mark(block, note)}` }
}

/** As it was before the block came. */
export function withoutBlock(before: string | undefined): Edited {
  const text = before ?? ''
  const found = placeOf(text)
  if (typeof found === 'number') return { kind: 'torn', line: found }
  if (!found) return { kind: 'edited', text: before }
  const isLast = found.end === text.length
  const start = found.note === joined && isLast ? found.start - 1 : found.start
  const left = text.slice(0, start) + text.slice(found.end)
  return { kind: 'edited', text: found.note === fresh && left === '' ? undefined : left }
}

const mark = (block: string, note: string): string => `${begin}${note}\n${block}\n${end}\n`

/** A number: the line of a mark without its other half. */
function placeOf(text: string): Place | number | undefined {
  const starts = linesWith(text, begin)
  const ends = linesWith(text, end)
  const [first] = starts
  const [last] = ends
  if (first === undefined && last === undefined) return undefined
  if (first === undefined || last === undefined || starts.length > 1 || ends.length > 1 || last < first)
    return lineAt(text, first ?? last ?? 0)
  const lineEnd = text.indexOf('\n', last)
  return {
    start: first,
    end: lineEnd < 0 ? text.length : lineEnd + 1,
    note: text.slice(first + begin.length, text.indexOf('\n', first)),
  }
}

/** Where lines begin that begin so. */
function linesWith(text: string, words: string): readonly number[] {
  const found: number[] = []
  for (let at = text.indexOf(words); at >= 0; at = text.indexOf(words, at + 1))
    if (at === 0 || text[at - 1] === '\n') found.push(at)
  return found
}

const lineAt = (text: string, at: number): number => text.slice(0, at).split('\n').length
