/** `clutch profile`: the profiles of the running gateway, and sessions that are on one of them for a while. */
import { asList, asNumber, asObject, asText, type Json } from '../wire/json.ts'
import { type AdminResult, askAdmin } from './admin-client.ts'
import { aligned } from './aligned.ts'
import { type FlagKinds, type FlagsRead, readFlags } from './flags.ts'
import { exitCodes, type Io } from './io.ts'

const manual = `clutch profile: the profiles of the running gateway, and sessions that are on one for a while

  clutch profile list [--json]
  clutch profile use NAME --session ID [--for 8h]   that session’s calls go to the profile, whatever they name, and
                                                    say so; afterwards it goes where it went before
  clutch profile end --session ID                   at once
  --config FILE, --port N                           which gateway, as for clutch serve

A session is named as in clutch usage --by session (or by the launch that xx shows). --for takes 30m, 8h or 2d, thirty
days at most. A restart forgets nothing. A key that is bound to a profile stays there.

Exit codes: 0 done, 64 wrong usage, 69 no gateway answers or it refuses, 78 broken configuration
`

const flagKinds: FlagKinds = {
  session: 'text',
  for: 'text',
  json: 'switch',
  config: 'text',
  port: 'text',
  help: 'switch',
}

type Flags = Extract<FlagsRead, { ok: true }>

export async function profileVerb(args: readonly string[], io: Io): Promise<number> {
  const [word = 'list', ...rest] = args[0]?.startsWith('-') ? ['list', ...args] : args
  const [name = ''] = word === 'use' ? rest : []
  const flags = readFlags(word === 'use' ? rest.slice(1) : rest, flagKinds)
  if (!flags.ok) return wrong(flags.message, io)
  if (word === 'help' || flags.switches.has('help')) {
    io.out(manual)
    return exitCodes.ok
  }
  switch (word) {
    case 'list':
      return list(flags, io)
    case 'use':
      return use(name, flags, io)
    case 'end':
      return end(flags, io)
    default:
      return wrong(`do not know "${word}"; there are list, use and end`, io)
  }
}

async function list({ texts, switches }: Flags, io: Io): Promise<number> {
  const heard = await askAdmin({ ask: 'profiles', flags: texts }, io)
  return told(heard, io, (body) =>
    switches.has('json') ? `${JSON.stringify(body, null, 2)}\n` : listText(body),
  )
}

async function use(name: string, { texts }: Flags, io: Io): Promise<number> {
  const { session, for: length = '8h' } = texts
  if (name === '' || name.startsWith('-')) return wrong('use which profile?', io)
  if (session === undefined) return wrong('--session says whose calls go there', io)
  const seconds = secondsIn(length)
  if (seconds === undefined) return wrong(`--for takes 30m, 8h or 2d, not "${length}"`, io)
  const body = { profile: name, session, seconds }
  return told(await askAdmin({ ask: 'profiles/use', body, flags: texts }, io), io, (answer) => {
    const until = asText(asObject(answer)['until']) ?? '?'
    return `Session ${session} is on profile ${name} until ${until}.\n`
  })
}

async function end({ texts }: Flags, io: Io): Promise<number> {
  const { session } = texts
  if (session === undefined) return wrong('--session says whose calls go back', io)
  return told(await askAdmin({ ask: 'profiles/end', body: { session }, flags: texts }, io), io, (answer) =>
    asObject(answer)['ended'] === true
      ? `Session ${session} goes where it went before.\n`
      : `Session ${session} was on no other profile.\n`,
  )
}

const units: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 }

function secondsIn(text: string): number | undefined {
  const [, amount = '', unit = ''] = /^(\d{1,7})([smhd])$/.exec(text) ?? []
  const seconds = Number(amount) * (units[unit] ?? 0)
  return seconds > 0 ? seconds : undefined
}

function listText(body: Json | undefined): string {
  const { profiles, sessions } = asObject(body)
  const rows = asList(profiles).map((value) => {
    const row = asObject(value)
    const expires = asText(row['expires'])
    const like = asText(row['like'])
    if (like !== undefined) return [asText(row['name']) ?? '?', `as ${like}`]
    return [
      asText(row['name']) ?? '?',
      asText(row['lane']) ?? '',
      row['bypass'] === true ? 'the agents’ own models' : rolesText(row['roles']),
      expires === undefined ? '' : `until ${expires}`,
    ]
  })
  const moved = asList(sessions).map((value) => {
    const row = asObject(value)
    const minutes = Math.ceil((asNumber(row['seconds_left']) ?? 0) / 60)
    return [
      `session ${asText(row['session'])}`,
      `on ${asText(row['profile'])}`,
      `for ${minutes} more minutes`,
    ]
  })
  return `${aligned(rows)}${moved.length > 0 ? `\n${aligned(moved)}` : ''}`
}

const rolesText = (roles: Json | undefined): string =>
  Object.entries(asObject(roles))
    .flatMap(([role, names]) => {
      const [first] = asList(names)
      return first === undefined ? [] : [`${role} ${asText(first)}`]
    })
    .join(', ')

function told(result: AdminResult, io: Io, text: (body: Json | undefined) => string): number {
  if (typeof result === 'number') return result
  io.out(text(result.body))
  return exitCodes.ok
}

function wrong(message: string, io: Io): number {
  io.err(`clutch profile: ${message}\nSee: clutch profile --help\n`)
  return exitCodes.usage
}
