/** What `clutch run` was asked for: its own few words, then the command, which it does not read. */
import { levelNamed, levelWords } from '../config/mouth.ts'
import { nearest } from '../config/nearest.ts'
import { quoteWord } from '../launch/quote.ts'

export interface RunAsked {
  readonly kind: 'run'
  readonly program: string
  readonly args: readonly string[]
  /** As one would type it. */
  readonly commandLine: string
  readonly holdMs?: number
  readonly level?: string
}

export type RunRead =
  | RunAsked
  | { readonly kind: 'help' }
  | { readonly kind: 'wrong'; readonly because: string }

type Options = Omit<RunAsked, 'kind' | 'program' | 'args' | 'commandLine'>

export function readRun(args: readonly string[], options: Options = {}): RunRead {
  const [word, value, ...rest] = args
  const after = args.slice(1)
  if (word === undefined) return wrong('it needs a command: clutch run npm test')
  switch (word) {
    case '--help':
    case '-h':
      return { kind: 'help' }
    case '--':
      return command(after, options)
    case '--raw':
      return readRun(after, { ...options, level: 'off' })
    case '--level':
      if (value === undefined) return wrong('--level needs a value')
      return levelNamed(value) === undefined
        ? wrong(`there is no level "${value}"${near(value, levelWords, '')}`)
        : readRun(rest, { ...options, level: value })
    case '--hold':
      return value !== undefined && /^\d{1,7}$/.test(value)
        ? readRun(rest, { ...options, holdMs: Number(value) })
        : wrong('--hold needs milliseconds, as in --hold 5000')
    case '-c':
      if (value === undefined) return wrong("-c needs a command line: clutch run -c 'a | b'")
      return { kind: 'run', program: 'sh', args: ['-c', value, ...rest], commandLine: value, ...options }
    default:
      if (!word.startsWith('-')) return command(args, options)
      return strange(word, after, options)
  }
}

/** `--hold=5` is `--hold 5`. */
function strange(word: string, after: readonly string[], options: Options): RunRead {
  const [, name, value] = /^(--(?:hold|level))=(.*)$/s.exec(word) ?? []
  if (name !== undefined && value !== undefined) return readRun([name, value, ...after], options)
  const hint = near(word.slice(2), ['level', 'raw', 'hold', 'help'], '--')
  return wrong(`do not know ${word}${hint}; its own options come first, and -- ends them`)
}

function near(word: string, known: readonly string[], before: string): string {
  const found = nearest(word, known)
  return found === undefined ? '' : ` (did you mean ${before}${found}?)`
}

function command([program, ...args]: readonly string[], options: Options): RunRead {
  if (program === undefined || program === '') return wrong('it needs a command: clutch run npm test')
  const commandLine = [program, ...args].map(quoteWord).join(' ')
  return { kind: 'run', program, args, commandLine, ...options }
}

const wrong = (because: string): RunRead => ({ kind: 'wrong', because })
