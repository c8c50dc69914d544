/** `clutch keys`: named keys for clients, each with limits of its own. */
import { join, resolve } from 'node:path'
import { readAllowance } from '../config/allowance.ts'
import { loadSettings } from '../config/load.ts'
import { readNamedKeys, type StoredKey, writeNamedKeys } from '../config/named-keys.ts'
import { nearest } from '../config/nearest.ts'
import { describeProblem } from '../config/problem.ts'
import type { Allowance, QuotaUnit } from '../conversation/quota.ts'
import { allowanceText } from '../policy/words.ts'
import { digestOf, newClientKey } from '../world/client-key.ts'
import { readText } from '../world/files.ts'
import { replacePrivately } from '../world/private-files.ts'
import { type FlagsRead, readFlags } from './flags.ts'
import { exitCodes, type Io } from './io.ts'

const manual = `clutch keys: named keys that clients may present, each with limits of its own

  clutch keys add NAME [limits]    makes a key and shows it, this once
    --rpm N                        requests within any 60 seconds
    --requests 1000/day            or another time: minute, hour, day, week, month (UTC)
    --tokens 2M/day                tokens that had to be computed (not those read from a cache)
    --budget 5/day                 dollars
    --profile NAME                 the key is for this profile and no other
    --when-spent WHAT              refuse (default), next-target: only what is free, cheaper-role: only the small role
  clutch keys list [--json]
  clutch keys remove NAME

With the first key the gateway asks everybody for one. A running gateway notices within seconds.
Exit codes: 0 done, 64 wrong usage, 73 cannot be written, 78 the list of keys is broken
`

const cannotCreate = 73

type Verb = (args: readonly string[], store: KeyStore, io: Io) => number

const verbs: Readonly<Record<string, Verb>> = { add, list, remove }

export function keysVerb(args: readonly string[], io: Io): number {
  const [word = 'list', ...rest] = args
  if (word === '--help' || word === '-h' || word === 'help') {
    io.out(manual)
    return exitCodes.ok
  }
  const verb = Object.hasOwn(verbs, word) ? verbs[word] : undefined
  if (!verb) {
    const near = nearest(word, Object.keys(verbs))
    return wrong(`do not know "${word}"${near === undefined ? '' : ` (did you mean ${near}?)`}`, io)
  }
  const store = openStore(io)
  if (typeof store === 'string') {
    io.err(`clutch keys: ${store}\n`)
    return exitCodes.brokenConfig
  }
  return verb(rest, store, io)
}

interface KeyStore {
  readonly file: string
  readonly keys: readonly StoredKey[]
}

/** A text says what is wrong. */
function openStore({ env, home }: Io): KeyStore | string {
  const folder = env['XX_HOME'] ? resolve(home, env['XX_HOME']) : join(home, '.xx')
  const file = join(folder, 'state', 'keys.json')
  const read = readNamedKeys(file, readText(file))
  return 'problem' in read ? describeProblem(read.problem) : { file, keys: read.keys }
}

function save({ file }: KeyStore, keys: readonly StoredKey[], io: Io): boolean {
  try {
    replacePrivately(file, writeNamedKeys(keys))
    return true
  } catch (error) {
    io.err(
      `clutch keys: ${file} cannot be written: ${error instanceof Error ? error.message : String(error)}\n`,
    )
    return false
  }
}

function add([name = '', ...rest]: readonly string[], store: KeyStore, io: Io): number {
  if (!/^\w[\w.-]*$/.test(name)) return wrong('a key is named with letters, digits, dots and dashes', io)
  if (store.keys.some((key) => key.name === name)) return wrong(`there is a key named ${name} already`, io)
  const flags = readFlags(rest, addFlags)
  const wishes = flags.ok ? limitsIn(flags) : flags.message
  if (!flags.ok || typeof wishes === 'string') return wrong(String(wishes), io)
  const { profile, 'when-spent': whenSpent = 'refuse' } = flags.texts
  if (whenSpent !== 'refuse' && whenSpent !== 'next-target' && whenSpent !== 'cheaper-role')
    return wrong(`--when-spent is refuse, next-target or cheaper-role, not ${whenSpent}`, io)
  const strange = profile === undefined ? undefined : unknownProfile(profile, io)
  if (strange !== undefined) return wrong(strange, io)
  const key = newClientKey()
  const stored: StoredKey = {
    name,
    digest: digestOf(key),
    createdMs: Date.now(),
    ...(profile !== undefined && { profile }),
    allowances: wishes,
    ...(whenSpent !== 'refuse' && { whenSpent }),
  }
  if (!save(store, [...store.keys, stored], io)) return cannotCreate
  io.out(`${key}\n`)
  io.err(`This is the key of ${name}; it is not shown again. Limits: ${limitsText(stored)}\n`)
  if (store.keys.length === 0) io.err('From now on the gateway asks every client for a key.\n')
  return exitCodes.ok
}

const addFlags = {
  rpm: 'text',
  requests: 'text',
  tokens: 'text',
  budget: 'text',
  profile: 'text',
  'when-spent': 'text',
} as const

const unitOf: readonly (readonly [flag: string, QuotaUnit])[] = [
  ['requests', 'requests'],
  ['tokens', 'tokens'],
  ['budget', 'dollars'],
]

/** A text says what is wrong. */
function limitsIn({ texts }: Extract<FlagsRead, { ok: true }>): readonly Allowance[] | string {
  const { rpm } = texts
  if (rpm !== undefined && !/^[1-9]\d*$/.test(rpm)) return `--rpm is a number from 1, not ${rpm}`
  const limits: Allowance[] =
    rpm === undefined ? [] : [{ unit: 'requests', per: 'minute', limit: Number(rpm) }]
  for (const [flag, unit] of unitOf) {
    const text = texts[flag]
    const read = text === undefined ? undefined : readAllowance(unit, text)
    if (typeof read === 'string') return `--${flag}: ${read}`
    if (read) limits.push(read)
  }
  return limits
}

/** What is wrong with the name; undefined: it exists, or the configuration cannot be read to tell. */
function unknownProfile(name: string, io: Io): string | undefined {
  const configuration = loadSettings({ ...io, flags: {} })
  if (!configuration.ok) return undefined
  const names = Object.keys(configuration.settings.profiles)
  const near = nearest(name, names)
  const hint = near === undefined ? `; there are: ${names.join(', ')}` : ` (did you mean ${near}?)`
  return names.includes(name) ? undefined : `no profile is named ${name}${hint}`
}

function list(args: readonly string[], { keys }: KeyStore, io: Io): number {
  const flags = readFlags(args, { json: 'switch' })
  if (!flags.ok) return wrong(flags.message, io)
  if (flags.switches.has('json')) {
    io.out(`${JSON.stringify({ keys: keys.map(({ digest: _, ...shown }) => shown) }, null, 2)}\n`)
    return exitCodes.ok
  }
  const width = Math.max(0, ...keys.map(({ name }) => name.length))
  const lines = keys.map(
    (key) =>
      `${key.name.padEnd(width)}  ${new Date(key.createdMs).toISOString().slice(0, 10)}  ${limitsText(key)}\n`,
  )
  io.out(lines.length === 0 ? 'No keys. Make one: clutch keys add NAME\n' : lines.join(''))
  return exitCodes.ok
}

function limitsText({ allowances, profile, whenSpent }: StoredKey): string {
  const limits = allowances.map(allowanceText)
  return [
    limits.length === 0 ? 'none' : limits.join(', '),
    ...(profile === undefined ? [] : [`profile ${profile}`]),
    ...(whenSpent === undefined ? [] : [`then ${whenSpent}`]),
  ].join('; ')
}

function remove([name = '', ...rest]: readonly string[], store: KeyStore, io: Io): number {
  if (rest.length > 0) return wrong(`there is no place for "${rest[0]}"`, io)
  const left = store.keys.filter((key) => key.name !== name)
  if (left.length === store.keys.length) {
    const near = nearest(
      name,
      store.keys.map((key) => key.name),
    )
    return wrong(`no key is named "${name}"${near === undefined ? '' : ` (did you mean ${near}?)`}`, io)
  }
  if (!save(store, left, io)) return cannotCreate
  io.out(`${name} opens nothing any more.\n`)
  if (left.length === 0) io.err('That was the last named key.\n')
  return exitCodes.ok
}

function wrong(message: string, io: Io): number {
  io.err(`clutch keys: ${message}\nSee: clutch keys --help\n`)
  return exitCodes.usage
}
