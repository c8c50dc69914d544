/** `<AGENT><MODE>[ROUTE][TIER]`: what three or four letters mean, and what was probably meant by others. */
import type { Agent } from '../agents/agent.ts'
import { agents } from '../agents/index.ts'

/** `init`, `continue`, one prompt without a terminal, a session by its id, the agent's own list of sessions. */
const modes = { i: 'init', c: 'continue', n: 'ask', s: 'session', r: 'resume' } as const
export type Mode = (typeof modes)[keyof typeof modes]

/** Through the gateway; through it with the agent's own models; past it. */
const routes = { p: 'proxy', b: 'bypass', d: 'direct' } as const
type Route = (typeof routes)[keyof typeof routes]

export interface Code {
  readonly agent: Agent
  readonly mode: Mode
  readonly headless: boolean
  readonly route: Route
  readonly tier?: string
}

export type CodeRead =
  | { readonly ok: true; readonly code: Code }
  /** `nearest`: a code that parses. */
  | { readonly ok: false; readonly problem: string; readonly nearest: string }

/** After agent and mode an optional route, then an optional tier; a lone p, b or d is a route. */
export function readCode(typed: string): CodeRead {
  const read = parse(typed)
  if (typeof read !== 'string') return { ok: true, code: read }
  return { ok: false, problem: read, nearest: nearestCode(typed) }
}

/** A text says what is wrong. */
function parse(typed: string): Code | string {
  const [letter = '', mode = '', ...rest] = [...typed]
  const agent = agents.find((one) => one.letter === letter)
  if (!agent) return `no agent has the letter "${letter}" (${agents.map((one) => one.letter).join(' ')})`
  const lower = mode.toLowerCase()
  if (!isKey(modes, lower))
    return mode === ''
      ? `after the agent comes a mode (${Object.keys(modes).join(' ')})`
      : `"${mode}" is no mode (${Object.keys(modes).join(' ')}; I C R are headless)`
  const first = rest[0]
  const hasRoute = first !== undefined && isKey(routes, first)
  const [tier, ...tooMany] = hasRoute ? rest.slice(1) : rest
  if (tooMany.length > 0)
    return hasRoute
      ? `"${tooMany.join('')}" is too much: a code has at most four letters`
      : `"${first}" is no route (${Object.keys(routes).join(' ')})`
  return {
    agent,
    mode: modes[lower],
    headless: mode !== lower || lower === 'n',
    route: hasRoute ? routes[first] : 'proxy',
    ...(tier !== undefined && { tier }),
  }
}

/** Where the agent is right, one wrong letter is; else the same letters in another order or in lower case. */
function nearestCode(typed: string): string {
  const letters = [...typed].slice(0, 4)
  const small = letters.map((letter) => letter.toLowerCase())
  const orders = [...ordersOf(letters), ...ordersOf(small)].filter((order) =>
    /^..(?:[pbd]?[pbdnkqmf\d]?)$/.test(order),
  )
  const knowsAgent = agents.some(({ letter }) => letter === small[0])
  const candidates = [
    ...(knowsAgent ? [small.join(''), ...replacements(small)] : []),
    ...orders,
    ...replacements(small),
    ...replacements(small.slice(0, 3)),
    `${small[0]}ip`,
  ]
  return candidates.find((candidate) => typeof parse(candidate) !== 'string') ?? 'cip'
}

/** One wrong letter at a time becomes the usual one: claude, init, proxy. */
function replacements(letters: readonly string[]): readonly string[] {
  return [1, 2, 0].map((place) =>
    letters.map((letter, at) => (at === place ? ['c', 'i', 'p'][place] : letter)).join(''),
  )
}

function ordersOf(letters: readonly string[]): readonly string[] {
  if (letters.length < 2) return [letters.join('')]
  return letters.flatMap((letter, at) =>
    ordersOf(letters.filter((_, other) => other !== at)).map((rest) => `${letter}${rest}`),
  )
}

/** The shortest spelling that says all of it. */
export function writeCode({ agent, mode, headless, route, tier = '' }: Code): string {
  const letter = keyOf(modes, mode)
  const routeLetter = keyOf(routes, route)
  const upper = headless && mode !== 'ask'
  return `${agent.letter}${upper ? letter.toUpperCase() : letter}${routeLetter}${tier}`
}

const isKey = <Table extends object>(table: Table, key: PropertyKey): key is keyof Table =>
  Object.hasOwn(table, key)

function keyOf(table: Readonly<Record<string, string>>, value: string): string {
  return Object.keys(table).find((key) => table[key] === value) ?? ''
}
