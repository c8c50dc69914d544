/** A launch as it was asked for: the words of `xx` and of `clutch launch` become one value, or a refusal. */
import { agents } from '../agents/index.ts'
import { nearest } from '../config/nearest.ts'
import { type Code, readCode, writeCode } from './code.ts'
import { quoteWord } from './quote.ts'

export interface LaunchRequest extends Code {
  readonly session?: string
  readonly model?: string
  readonly prompt?: string
  /** The prompt, or the rest of it, comes from standard input. */
  readonly stdin: boolean
  readonly profile?: string
  readonly provider?: string
  /** Approvals stay on (true) or off (false) because the command line says so. */
  readonly safe?: boolean
  readonly dryRun: boolean
  readonly verbose: boolean
  /** Under the crash guard, where it has a terminal. */
  readonly guard: boolean
  /** For the agent, as they are. */
  readonly native: readonly string[]
}

/** Nothing was done. `instead` is the closest command that works. */
export interface Refusal {
  readonly problem: string
  readonly instead: string
}

/** While a launch is planned: `instead` is the nearest launch, which may meet a setback of its own. */
export interface Setback {
  readonly problem: string
  readonly instead: LaunchRequest | string
}

export const isSetback = (value: object): value is Setback => 'problem' in value && 'instead' in value

export type RequestRead = LaunchRequest | Refusal

export const isRefusal = (value: object): value is Refusal => 'problem' in value && 'instead' in value

type Option = 'session' | 'model' | 'prompt' | 'profile' | 'provider'
type Switch = 'stdin' | 'dry-run' | 'verbose' | 'no-cg' | 'safe' | 'no-safe'

const options: Readonly<Record<string, Option>> = {
  '-s': 'session',
  '--session': 'session',
  '-m': 'model',
  '--model': 'model',
  '-p': 'prompt',
  '--prompt': 'prompt',
  '--profile': 'profile',
  '-P': 'provider',
  '--provider': 'provider',
}

const switches: Readonly<Record<string, Switch>> = {
  '--stdin': 'stdin',
  '-n': 'dry-run',
  '--dry-run': 'dry-run',
  '-v': 'verbose',
  '--verbose': 'verbose',
  '--no-cg': 'no-cg',
  '--safe': 'safe',
  '--no-safe': 'no-safe',
}

/** Words of the long form that stand for a letter of the code. */
const longWords: Readonly<Record<string, Partial<Omit<Code, 'agent'>>>> = {
  '--continue': { mode: 'continue' },
  '-c': { mode: 'continue' },
  '--resume': { mode: 'resume' },
  '-r': { mode: 'resume' },
  '--headless': { headless: true },
  '--bypass': { route: 'bypass' },
  '--direct': { route: 'direct' },
  '--debug': { route: 'direct' },
  '--free': { tier: 'f' },
  '--best': { tier: 'm' },
}

interface Words {
  readonly texts: Partial<Record<Option, string>>
  readonly said: Set<Switch>
  readonly plain: string[]
  readonly long: Partial<Code>[]
  native: readonly string[]
}

/** `xx CODE [options] [prompt] [-- native]`. */
export function readShortForm(args: readonly string[]): RequestRead {
  const words = sort(args, options)
  if ('problem' in words)
    return { problem: words.problem, instead: `xx ${firstCode(args)} ${words.instead}`.trim() }
  const [typed, ...prompt] = words.plain
  if (typed === undefined) return { problem: 'no code was given', instead: 'xx cip' }
  const read = readCode(typed)
  if (!read.ok) {
    const rest = args.filter((word, at) => at !== args.indexOf(typed) && word !== '').map(quoteWord)
    return { problem: `${typed}: ${read.problem}`, instead: ['xx', read.nearest, ...rest].join(' ') }
  }
  return request(read.code, words, prompt)
}

/** `clutch launch AGENT [--continue] [--free] … [prompt]`. */
export function readLongForm(args: readonly string[]): RequestRead {
  const words = sort(args, { ...options, '--tier': 'tier' })
  if ('problem' in words)
    return { problem: words.problem, instead: `clutch launch claude ${words.instead}`.trim() }
  const [name, ...prompt] = words.plain
  const agent = agents.find(
    ({ id, letter, programs }) => id === name || letter === name || programs.includes(name ?? ''),
  )
  if (!agent) {
    const near =
      nearest(
        name ?? '',
        agents.map(({ id }) => id),
      ) ?? 'claude'
    const problem = name === undefined ? 'no agent was named' : `no agent is named ${name}`
    return {
      problem: `${problem} (${agents.map(({ id }) => id).join(', ')})`,
      instead: `clutch launch ${near}`,
    }
  }
  const code: Code = { agent, mode: 'init', headless: false, route: 'proxy' }
  const clash = clashOf(words.long)
  if (clash !== undefined) return { problem: clash, instead: `clutch launch ${agent.id}` }
  let whole = code
  for (const more of words.long) whole = { ...whole, ...more }
  return request(whole, words, prompt)
}

/** Two words that decide the same thing. */
function clashOf(long: readonly Partial<Code>[]): string | undefined {
  const decided = long.flatMap((one) => Object.keys(one))
  const twice = decided.find((key, at) => decided.indexOf(key) !== at)
  return twice === undefined ? undefined : `the ${twice} is said twice`
}

function sort(
  args: readonly string[],
  known: Readonly<Record<string, Option | 'tier'>>,
): Words | { readonly problem: string; readonly instead: string } {
  const words: Words = { texts: {}, said: new Set(), plain: [], long: [], native: [] }
  const isLong = '--tier' in known
  for (let at = 0; at < args.length; at += 1) {
    const word = args[at] ?? ''
    if (word === '--') {
      words.native = args.slice(at + 1)
      break
    }
    const taken = take(word, args[at + 1], words, known, isLong)
    if (typeof taken !== 'number') return taken
    at += taken
  }
  return words
}

type Misread = { readonly problem: string; readonly instead: string }

/** How many of the following words belong to this one. */
function take(
  word: string,
  next: string | undefined,
  words: Words,
  known: Readonly<Record<string, Option | 'tier'>>,
  isLong: boolean,
): 0 | 1 | Misread {
  const equals = word.startsWith('--') ? word.indexOf('=') : -1
  const name = equals < 0 ? word : word.slice(0, equals)
  const option = own(known, name)
  if (option === undefined) return takeSwitch(word, words, known, isLong)
  const value = equals < 0 ? next : word.slice(equals + 1)
  const problem = valueProblem(name, option, value, words)
  if (problem !== undefined) return problem
  if (option === 'tier') words.long.push({ tier: value ?? '' })
  else words.texts[option] = value ?? ''
  return equals < 0 ? 1 : 0
}

function takeSwitch(word: string, words: Words, known: object, isLong: boolean): 0 | Misread {
  const on = own(switches, word)
  const long = isLong ? own(longWords, word) : undefined
  if (on !== undefined) words.said.add(on)
  else if (long !== undefined) words.long.push(long)
  else if (word.startsWith('-') && word !== '-')
    return unknown(word, Object.keys({ ...known, ...switches, ...(isLong && longWords) }))
  else words.plain.push(word)
  return 0
}

const own = <Value>(table: Readonly<Record<string, Value>>, key: string): Value | undefined =>
  Object.hasOwn(table, key) ? table[key] : undefined

function valueProblem(name: string, option: Option | 'tier', value: string | undefined, words: Words) {
  const example = {
    session: 'ID',
    model: 'NAME',
    prompt: '"…"',
    profile: 'NAME',
    provider: 'NAME',
    tier: 'k',
  }[option]
  if (value === undefined || value === '')
    return { problem: `${name} needs a value`, instead: `${name} ${example}` }
  if (option !== 'prompt' && value.startsWith('-'))
    return {
      problem: `${name} needs a value, and ${value} looks like an option`,
      instead: `${name} ${example}`,
    }
  if (option === 'tier' && [...value].length !== 1)
    return { problem: `a tier is one character, not ${value}`, instead: `${name} ${example}` }
  if (option !== 'tier' && words.texts[option] !== undefined)
    return { problem: `${name} was given twice`, instead: `${name} ${quoteWord(value)}` }
  return undefined
}

function unknown(word: string, known: readonly string[]) {
  const near = nearest(word, known)
  return {
    problem: `xx does not know ${word}${near === undefined ? '' : ` (did you mean ${near}?)`}; what is for the agent comes after --`,
    instead: near ?? `-- ${quoteWord(word)}`,
  }
}

const firstCode = (args: readonly string[]): string =>
  args.find((word) => !word.startsWith('-') && readCode(word).ok) ?? 'cip'

function request(code: Code, { texts, said, native }: Words, plain: readonly string[]): RequestRead {
  if (said.has('safe') && said.has('no-safe'))
    return { problem: '--safe and --no-safe contradict each other', instead: `xx ${writeCode(code)} --safe` }
  const prompt = [...(texts.prompt === undefined ? [] : [texts.prompt]), ...plain].join(' ')
  const { prompt: _, ...rest } = texts
  return {
    ...code,
    ...rest,
    ...(prompt !== '' && { prompt }),
    ...(said.has('safe') && { safe: true }),
    ...(said.has('no-safe') && { safe: false }),
    stdin: said.has('stdin'),
    dryRun: said.has('dry-run'),
    verbose: said.has('verbose'),
    guard: !said.has('no-cg'),
    native,
  }
}

type Droppable = 'session' | 'model' | 'prompt' | 'profile' | 'provider' | 'safe' | 'tier'

/** The same launch with some of it unsaid. */
export function without(asked: LaunchRequest, ...names: readonly Droppable[]): LaunchRequest {
  const copy: { -readonly [Key in keyof LaunchRequest]: LaunchRequest[Key] } = { ...asked }
  for (const name of names) delete copy[name]
  return copy
}
