/** What a shell command line prints: which commands' output is in its result, in their order. */
import type { Command } from '../filters/filter.ts'
import { peel } from './peel.ts'
import { shellTokens, type Token } from './shell-words.ts'

/** Something that writes to the result: a command, or an `echo` whose line is known to the letter. */
export type Printer =
  | { readonly kind: 'command'; readonly command: Command }
  | { readonly kind: 'echo'; readonly line: string }

interface Stage {
  readonly words: string[]
  /** Its output goes to a file. */
  toFile: boolean
}

const separators = new Set(['&&', '||', ';', ';;', '&', '\n', '(', ')'])
const deepest = 4

/** They say nothing, or nothing of length. */
const silent = new Set(
  'cd export set unset source . mkdir rm rmdir cp mv touch sleep true false : test [ chmod chown ln umask trap wait kill shopt alias declare local read return exit pushd popd'.split(
    ' ',
  ),
)

/** As a later stage of a pipeline they leave lines as they are, and may leave some out. */
const passing = new Set(
  'head tail tee cat less more sed awk gawk cut tr nl tac rev expand column fold'.split(' '),
)
const ordering = new Set(['sort', 'uniq'])
/** Their lines mean the same in any order. */
const lineByLine = new Set(['grep', 'rg', 'find', 'fd', 'du', 'git', 'ls'])

/** The command whose output ends the result; undefined where no command prints. */
export function commandOf(line: string): Command | undefined {
  const last = printersOf(line).findLast((printer) => printer.kind === 'command')
  return last?.kind === 'command' ? last.command : undefined
}

export function printersOf(line: string, depth = 0): readonly Printer[] {
  if (depth > deepest) return []
  let printers: Printer[] = []
  for (const stages of pipelines(shellTokens(line))) {
    const found = printersOfPipeline(stages, depth)
    if (found.kind === 'rewrites-all') printers = []
    printers.push(...found.printers)
  }
  return printers
}

interface Found {
  /** `(a; b) | grep x`: what was printed before goes through this. */
  readonly kind: 'adds' | 'rewrites-all'
  readonly printers: readonly Printer[]
}

function printersOfPipeline(stages: readonly Stage[], depth: number): Found {
  let printers: readonly Printer[] = []
  let kind: Found['kind'] = 'adds'
  for (const [index, stage] of stages.entries()) {
    const peeled = peel(stage.words)
    if (peeled.kind === 'nothing') continue
    const inner =
      peeled.kind === 'line' ? printersOf(peeled.line, depth + 1) : printersOfCommand(peeled.command)
    if (index > 0 && peeled.kind === 'command' && passesThrough(peeled.command, printers)) continue
    if (index > 0 && printers.length === 0) kind = 'rewrites-all'
    printers = inner
  }
  return stages.at(-1)?.toFile ? { kind, printers: [] } : { kind, printers }
}

function printersOfCommand(command: Command): readonly Printer[] {
  if (silent.has(command.program)) return []
  if (command.program === 'echo' || command.program === 'printf') {
    const line = literal(command)
    return line === undefined ? [] : [{ kind: 'echo', line }]
  }
  return [{ kind: 'command', command }]
}

/** What the shell does not change is printed as it is written. */
function literal({ program, args }: Command): string | undefined {
  const line = args.join(' ')
  const known = program === 'echo' && !args[0]?.startsWith('-') && !/[$`\\*?\n]/.test(line)
  return known && line.trim().length > 2 ? line.trimEnd() : undefined
}

function passesThrough({ program, args }: Command, printers: readonly Printer[]): boolean {
  if (passing.has(program)) return true
  const source = printers.at(-1)
  return (
    ordering.has(program) &&
    !args.some((word) => /^-[a-z]*c/.test(word)) &&
    source?.kind === 'command' &&
    lineByLine.has(source.command.program)
  )
}

/** Commands that run one after the other, each with the stages of its pipeline. */
export function pipelines(tokens: readonly Token[]): readonly (readonly Stage[])[] {
  const found: Stage[][] = []
  let stages: Stage[] = [emptyStage()]
  for (const token of tokens) {
    if (token.kind === 'operator' && separators.has(token.text)) {
      found.push(stages)
      stages = [emptyStage()]
    } else if (token.kind === 'operator') stages.push(emptyStage())
    else addTo(stages.at(-1), token)
  }
  return [...found, stages].filter((each) => each.length > 1 || each[0]?.words.length !== 0)
}

const emptyStage = (): Stage => ({ words: [], toFile: false })

function addTo(stage: Stage | undefined, token: Token): void {
  if (!stage) return
  if (token.kind === 'word') stage.words.push(token.text)
  else if (token.kind === 'redirect' && takesOutput(token)) stage.toFile = true
}

const takesOutput = ({ fd, operator, target }: Extract<Token, { kind: 'redirect' }>): boolean =>
  /^(?:>|>>|>\||&>|&>>)$/.test(operator) && /^1?$/.test(fd) && !/^\/dev\/(?:stdout|stderr|tty)$/.test(target)
