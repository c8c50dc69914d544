/** What may stand at the end of a half-typed command line. */
import { agents } from '../agents/index.ts'
import { readCode } from './code.ts'

export interface Candidate {
  readonly word: string
  readonly means?: string
}

/** Asked for only where it matters. */
export interface KnownWords {
  readonly clutchVerbs: readonly Candidate[]
  readonly proxiesVerbs: readonly Candidate[]
  readonly profiles: () => readonly string[]
  readonly providers: () => readonly string[]
  readonly models: () => readonly string[]
  /** Of the agent with this letter; absent: of all. */
  readonly sessions: (letter: string | undefined) => readonly Candidate[]
  /** Characters of tiers. */
  readonly tiers: () => readonly string[]
}

/** `words`: from the program's name to the word that is being typed, which may be empty. */
export function complete(words: readonly string[], known: KnownWords): readonly Candidate[] {
  const [program = '', ...typed] = words
  const current = typed.at(-1) ?? ''
  return wordsAt(program.replace(/^.*\//, ''), typed, known).filter(({ word }) => word.startsWith(current))
}

function wordsAt(program: string, typed: readonly string[], known: KnownWords): readonly Candidate[] {
  const before = typed.slice(0, -1)
  if (program === 'proxies') return before.length === 0 ? known.proxiesVerbs : []
  if (program === 'xx') return xxWords(before, typed.at(-1) ?? '', known)
  const [verb, ...rest] = before
  if (verb === undefined) return known.clutchVerbs
  if (verb === 'xx') return xxWords(rest, typed.at(-1) ?? '', known)
  if (verb === 'proxies') return rest.length === 0 ? known.proxiesVerbs : []
  return verb === 'launch' ? launchWords(rest, known) : []
}

const xxWordsOfItsOwn: readonly Candidate[] = [
  { word: 'call', means: 'another agent does a task' },
  { word: 'doctor', means: 'which agents are here' },
  { word: 'models', means: 'what the gateway offers' },
  { word: 'recover', means: 'what crashed, taken up again' },
  { word: 'resume', means: 'a session of any agent' },
  { word: 'sessions', means: 'the latest of every agent' },
  { word: '--help' },
  { word: '--list', means: 'all letters' },
]

function xxWords(before: readonly string[], current: string, known: KnownWords): readonly Candidate[] {
  const [first] = before
  if (first === undefined) return [...xxWordsOfItsOwn, ...codes(current, known)]
  if (first === 'call' && before.length === 1)
    return agents.map(({ id, title }) => ({ word: id, means: title }))
  if (first === 'resume') return known.sessions(undefined)
  const code = readCode(first)
  return code.ok ? optionWords(before.slice(1), code.code.agent.letter, known) : []
}

function launchWords(before: readonly string[], known: KnownWords): readonly Candidate[] {
  const [name] = before
  if (name === undefined) return agents.map(({ id, title }) => ({ word: id, means: title }))
  const letter = agents.find(({ id }) => id === name)?.letter
  const words = optionWords(before.slice(1), letter, known)
  return words === shared ? [...shared, ...longOptions] : words
}

/** One letter farther than what is typed, as long as it can become a code. */
function codes(current: string, known: KnownWords): readonly Candidate[] {
  const letters = [...current]
  if (letters.length === 0) return agents.map(({ letter, title }) => ({ word: letter, means: title }))
  const tiers = known.tiers()
  const next = [[...'icnsrICR'], [...'pbd', ...tiers], 'pbd'.includes(letters[2] ?? '-') ? tiers : []]
  const longer = [...new Set(next[letters.length - 1])].map((letter) => current + letter)
  return [current, ...longer].flatMap((word) => {
    const read = readCode(word)
    if (!read.ok) return []
    const { agent, mode, headless, route, tier } = read.code
    const means = [
      agent.title,
      mode,
      headless ? 'headless' : '',
      route,
      tier === undefined ? '' : `tier ${tier}`,
    ]
    return [{ word, means: means.filter((part) => part !== '').join(', ') }]
  })
}

const shared: readonly Candidate[] = [
  { word: '--session', means: 'by its id' },
  { word: '--model', means: 'provider/model' },
  { word: '--prompt', means: 'one answer, then the end' },
  { word: '--stdin', means: 'the prompt comes from standard input' },
  { word: '--profile', means: 'a profile of the gateway' },
  { word: '--provider', means: 'of the model' },
  { word: '--dry-run', means: 'only say what would run' },
  { word: '--verbose' },
  { word: '--no-cg', means: 'without the crash guard' },
  { word: '--safe', means: 'approvals stay on' },
]
const longOptions: readonly Candidate[] = [
  { word: '--continue', means: 'the latest session' },
  { word: '--resume', means: 'choose a session' },
  { word: '--headless' },
  { word: '--bypass', means: 'the agent’s own models' },
  { word: '--direct', means: 'past the gateway' },
  { word: '--free' },
  { word: '--best' },
]

function optionWords(
  before: readonly string[],
  letter: string | undefined,
  known: KnownWords,
): readonly Candidate[] {
  const plain = (words: readonly string[]): readonly Candidate[] => words.map((word) => ({ word }))
  switch (before.at(-1)) {
    case '-s':
    case '--session':
      return known.sessions(letter)
    case '-m':
    case '--model':
      return plain(known.models())
    case '--profile':
      return plain(known.profiles())
    case '-P':
    case '--provider':
      return plain(known.providers())
    case '-p':
    case '--prompt':
      return []
    default:
      return shared
  }
}
