/**
 * What `clutch run` was asked for: its own few words, then the command, which it does not read. It is read before
 * anything else, so whatever is only needed to say what is wrong stands in `run-words.ts`.
 */

export interface RunAsked {
  readonly kind: 'run'
  readonly program: string
  readonly args: readonly string[]
  /** A line for `sh`, where that was asked for. */
  readonly line?: string
  /** `NAME=value` before the command: its environment, and ours. */
  readonly env?: Readonly<Record<string, string>>
  readonly holdMs?: number
  /** As said; not every word is a level. */
  readonly level?: string
}

export type NotRun =
  | { readonly kind: 'help' }
  | { readonly kind: 'wrong'; readonly why: 'no-command' | 'no-line' | 'no-milliseconds' }
  | { readonly kind: 'wrong'; readonly why: 'no-value' | 'no-level' | 'unknown'; readonly word: string }

export type RunRead = RunAsked | NotRun

type Options = Pick<RunAsked, 'holdMs' | 'level'>

export function readRun(args: readonly string[]): RunRead {
  return args[0]?.startsWith('-') ? afterOptions(args, {}) : command(args, {})
}

function afterOptions(args: readonly string[], options: Options): RunRead {
  const [word = '', value, ...rest] = args
  const after = args.slice(1)
  switch (word) {
    case '--help':
    case '-h':
      return { kind: 'help' }
    case '--':
      return command(after, options)
    case '--raw':
      return afterOptions(after, { ...options, level: 'off' })
    case '--level':
      if (value === undefined) return { kind: 'wrong', why: 'no-value', word }
      return afterOptions(rest, { ...options, level: value })
    case '--hold':
      if (value === undefined || !/^\d{1,7}$/.test(value)) return { kind: 'wrong', why: 'no-milliseconds' }
      return afterOptions(rest, { ...options, holdMs: Number(value) })
    case '-c':
      if (value === undefined) return { kind: 'wrong', why: 'no-line' }
      return { kind: 'run', program: 'sh', args: ['-c', value, ...rest], line: value, ...options }
    default:
      return word.startsWith('-') ? strange(word, after, options) : command(args, options)
  }
}

/** `--hold=5` is `--hold 5`. */
function strange(word: string, after: readonly string[], options: Options): RunRead {
  const [, name, value] = /^(--(?:hold|level))=(.*)$/s.exec(word) ?? []
  if (name === undefined || value === undefined) return { kind: 'wrong', why: 'unknown', word }
  return afterOptions([name, value, ...after], options)
}

const assignment = /^([A-Za-z_]\w*)=(.*)$/s

function command(words: readonly string[], options: Options, env?: RunAsked['env']): RunRead {
  const [program, ...args] = words
  if (program === undefined || program === '') return { kind: 'wrong', why: 'no-command' }
  const [, name, value = ''] = program.includes('=') ? (assignment.exec(program) ?? []) : []
  if (name !== undefined) return command(args, options, { ...env, [name]: value })
  return { kind: 'run', program, args, ...(env && { env }), ...options }
}
