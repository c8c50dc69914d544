/** `clutch filter`: an output on stdin, what the gateway would put in its place on stdout. */
import { createHash } from 'node:crypto'
import { type Level, levels, type Outcome, shorten } from '../compression/shorten.ts'
import { estimateTokens } from '../compression/tokens.ts'
import { readMouthSettings } from '../config/mouth.ts'
import { nearest } from '../config/nearest.ts'
import { filters } from '../filters/index.ts'
import { Originals, originalsFolder } from '../store/originals.ts'
import { ownFilters } from '../store/own-filters.ts'
import { isOwnFilterWord, ownFilterVerb, ownFilterWords } from './filter-own.ts'
import { readFlags } from './flags.ts'
import { exitCodes, type Io } from './io.ts'

const manual = `clutch filter: reads what a command printed, prints what the gateway would put in its place

  --command LINE     the command line that printed it; without one, nobody knows
  --profile LEVEL    ${levels.join(', ')}; balanced unless said
  --tool NAME        the tool that an agent ran it with; a shell unless said
  --failed           it ended with an error: nothing that might say why may go
  --json             filter, tier, tokens before and after (estimated), hidden lines, and the text

  npm test 2>&1 | clutch filter --command "npm test"

What is left out is kept as an original: clutch show prints it.
Filters of your own (.clutch/filters, ~/.xx/filters): clutch filter list, clutch filter test, clutch filter trust;
each takes paths of filters, or none for all, and list and test take --json
Exit codes: 0 printed, 64 wrong usage
`

const kinds = {
  command: 'text',
  profile: 'text',
  tool: 'text',
  failed: 'switch',
  json: 'switch',
  help: 'switch',
} as const

export async function filterVerb(args: readonly string[], io: Io, input = readStdin): Promise<number> {
  const [word, ...rest] = args
  if (isOwnFilterWord(word)) return ownFilterVerb(word, rest, io)
  const read = readFlags(args, kinds, 'operands')
  if (!read.ok) return wrong(io, read.message)
  const [strange] = read.operands
  if (strange !== undefined) return wrong(io, `do not know "${strange}"${hint(strange, ownFilterWords)}`)
  if (read.switches.has('help')) {
    io.out(manual)
    return exitCodes.ok
  }
  const { command, tool, profile = 'balanced' } = read.texts
  const level = levels.find((each) => each === profile)
  if (level === undefined) return wrong(io, `there is no profile "${profile}"${hint(profile, levels)}`)
  const text = await input()
  const original = keep(text, level, io)
  const own = await ownFilters({ cwd: io.cwd, ...readMouthSettings(io) })
  const outcome = shorten(
    {
      tool: tool ?? (command === undefined ? '' : 'Bash'),
      ...(command !== undefined && { commandLine: command }),
      failed: read.switches.has('failed'),
      text,
    },
    { level, originalId: original.id, filters: [...own, ...filters] },
  )
  if (outcome.kind === 'shortened' && outcome.hiddenLines > 0 && !original.isKept)
    io.err(
      'clutch filter: the original cannot be kept (too long, or the disk refuses): clutch show will not find it\n',
    )
  io.out(read.switches.has('json') ? told(text, outcome, original.id) : textOf(text, outcome))
  return exitCodes.ok
}

interface Kept {
  readonly id: string
  readonly isKept: boolean
}

/** A lossless profile leaves nothing out that would have to be shown. */
function keep(text: string, level: Level, io: Io): Kept {
  const name = `r${createHash('sha256').update(text).digest('hex').slice(0, 5)}`
  if (level === 'off' || level === 'lossless') return { id: name, isKept: true }
  const { stateFolder, originals: limits } = readMouthSettings(io)
  const id = new Originals({ folder: originalsFolder(stateFolder), ...limits }).put(text)
  return { id: id ?? name, isKept: id !== undefined }
}

const textOf = (text: string, outcome: Outcome): string => (outcome.kind === 'raw' ? text : outcome.text)

function told(text: string, outcome: Outcome, id: string): string {
  const after = textOf(text, outcome)
  const line = {
    filter: outcome.kind === 'raw' ? null : outcome.filter,
    ...(outcome.kind === 'raw' && { because: outcome.because }),
    tier: outcome.kind === 'raw' ? 0 : outcome.tier,
    tokensBefore: estimateTokens(text),
    tokensAfter: estimateTokens(after),
    hiddenLines: outcome.kind === 'raw' ? 0 : outcome.hiddenLines,
    ...(outcome.kind === 'shortened' && outcome.hiddenLines > 0 && { original: id }),
    text: after,
  }
  return `${JSON.stringify(line)}\n`
}

async function readStdin(): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks).toString('utf8')
}

function hint(word: string, known: readonly string[]): string {
  const near = nearest(word, known)
  return near === undefined ? `; there are ${known.join(', ')}` : ` (did you mean ${near}?)`
}

function wrong(io: Io, message: string): number {
  io.err(`clutch filter: ${message}\nSee: clutch filter --help\n`)
  return exitCodes.usage
}
