/** Whose output a tool result is: source text that nobody may touch, the output of known commands, or a text of nobody known. */
import type { Command } from '../filters/filter.ts'
import { type Printer, printersOf } from './command-line.ts'

export type Subject =
  | { readonly kind: 'untouchable'; readonly because: string }
  | { readonly kind: 'printed'; readonly printers: readonly Printer[] }

/** Tools that show or change files: an edit must find the very letters it was shown. */
const aboutFiles =
  /^(?:read|view|open|cat|edit|write|create|update|replace|str_?replace|insert|patch|apply|multi_?edit|notebook|fetch_file|get_file)|file_?contents?$/i
/** Tools whose results are somebody's words, or are ours. */
const words = /^(?:task|agent|skill|todo|ask|tool_?search|exit_?plan|memory|plan|update_plan|clutch)/i

/** Search tools of the agents, as the command they are like. */
const searches: Readonly<Record<string, Command>> = {
  grep: { program: 'rg', args: [] },
  grep_search: { program: 'rg', args: [] },
  search_file_content: { program: 'rg', args: [] },
  ripgrep: { program: 'rg', args: [] },
  glob: { program: 'find', args: [] },
  find: { program: 'find', args: [] },
  list_files: { program: 'find', args: [] },
  ls: { program: 'ls', args: [] },
  list: { program: 'ls', args: [] },
  list_directory: { program: 'ls', args: [] },
}

export interface Asked {
  readonly tool: string
  readonly commandLine?: string
  readonly path?: string
}

export function subjectOf({ tool, commandLine, path }: Asked): Subject {
  if (commandLine !== undefined) return { kind: 'printed', printers: printersOf(commandLine) }
  const name = tool.split(/__|[./:]/).at(-1) ?? tool
  const search = searches[name.toLowerCase()]
  if (search) return { kind: 'printed', printers: [{ kind: 'command', command: search }] }
  if (aboutFiles.test(name)) return { kind: 'untouchable', because: 'a file as it is' }
  if (words.test(name) || /clutch/i.test(tool)) return { kind: 'untouchable', because: 'words, not output' }
  if (path !== undefined) return { kind: 'untouchable', because: 'perhaps a file as it is' }
  return { kind: 'printed', printers: [] }
}

const readers = new Set(
  'cat bat head tail less more sed awk gawk nl tac cut view type od xxd hexdump strings base64 dd fold fmt pr zcat paste rev expand column'.split(
    ' ',
  ),
)
const scripted = new Set(['sed', 'awk', 'gawk'])
const logName = /\.(?:log|out|err|stdout|stderr|trace)(?:[.-]\d+)*(?:\.gz)?$|(?:^|\/)logs?\/|^\/dev\/fd\//i

/** It prints a file as it is: never altered, unless the file is a log. */
export function printsSource({ program, args }: Command): boolean {
  if (program === 'git') return isGitFile(args)
  if (program === 'jq' || program === 'yq') return operandsOf(args).length > 1
  if (program === 'clutch') return args[0] === 'show'
  if (!readers.has(program)) return false
  if (scripted.has(program) && args.some((word) => /^-[a-zA-Z]*i/.test(word))) return false
  const operands = operandsOf(args)
  const files =
    scripted.has(program) && !args.some((word) => /^-[ef]/.test(word)) ? operands.slice(1) : operands
  return files.length === 0 || !files.every((file) => logName.test(file))
}

/** `git show HEAD:src/a.ts` prints a file, `git show HEAD` a commit. */
const isGitFile = ([verb, ...rest]: readonly string[]): boolean =>
  verb === 'cat-file' || (verb === 'show' && rest.some((word) => !word.startsWith('-') && word.includes(':')))

/** Numbers are values of options before them: `head -n 5 file`. */
const operandsOf = (args: readonly string[]): readonly string[] =>
  args.filter((word) => !word.startsWith('-') && !/^[+\d]\d*$/.test(word))

/** Every line of these is a fact of its own, and stands where it stands. */
const verbatim = new Set([
  'git',
  'diff',
  'grep',
  'rg',
  'ag',
  'ls',
  'du',
  'wc',
  'tree',
  'find',
  'fd',
  'psql',
  'mysql',
  'sqlite3',
])

export const repeatsMatter = (commands: readonly Command[]): boolean =>
  commands.some(({ program }) => verbatim.has(program))
