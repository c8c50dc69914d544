/** The admin API: what the gateway tells its owner about itself, and the few things it can be told to do. */
import { timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import type { SessionProfile } from '../policy/session-profiles.ts'
import { asNumber, asObject, asText, type Json } from '../wire/json.ts'
import type { MouthDoor } from './mouth-door.ts'

/** What the rest of the house lets its owner see and do. */
export interface Admin {
  /** Opens the admin API, and it alone, to whoever can read the state folder. Absent: the door's own rules count. */
  readonly token?: string
  nowMs(): number
  status(): object
  breakers(): readonly object[]
  /** How many breakers and cooldowns there were under this name (`provider`, `provider/model`). */
  resetBreakers(target: string): number
  quota(): object
  /** The profiles there are, and the sessions that were put on one for a while. */
  profiles(): object
  /** Puts a session on a profile until then; a text says why not. */
  useProfile(place: SessionProfile): object | string
  /** The session goes where it went before; false: it was on none. */
  endProfile(session: string): boolean
  /** What a plan depends on besides the configuration: enough to make the same plan elsewhere. */
  health(): object
  /** Reads the configuration again. */
  reload(): Promise<Reloaded>
  /** What is to stand in the place of a tool result. */
  readonly shorten: MouthDoor
}

export interface Reloaded {
  readonly ok: boolean
  readonly generation: number
  /** What is wrong with it, place and words; the configuration from before goes on. */
  readonly problems: readonly string[]
}

export interface AdminAnswer {
  readonly status: number
  readonly body: object
  readonly headers?: Readonly<Record<string, string>>
}

type Answer = (admin: Admin, body: Json | undefined) => AdminAnswer | Promise<AdminAnswer>

const rows: Readonly<Record<string, { readonly method: 'GET' | 'POST'; readonly answer: Answer }>> = {
  status: { method: 'GET', answer: (admin) => told(admin.status()) },
  breakers: { method: 'GET', answer: (admin) => told({ breakers: admin.breakers() }) },
  'breakers/reset': { method: 'POST', answer: resetBreakers },
  health: { method: 'GET', answer: (admin) => told(admin.health()) },
  quota: { method: 'GET', answer: (admin) => told(admin.quota()) },
  profiles: { method: 'GET', answer: (admin) => told(admin.profiles()) },
  'profiles/use': { method: 'POST', answer: useProfile },
  'profiles/end': { method: 'POST', answer: endProfile },
  reload: { method: 'POST', answer: reload },
  shorten: { method: 'POST', answer: shorten },
}

/** Characters; a tool result may be long. */
export const longestBodyOf = (ask: string): number => (ask === 'shorten' ? 12 * 1024 * 1024 : 16 * 1024)

export const adminAsks = Object.keys(rows)

/** `ask` is the path below `/clutch/api/`. */
export function findAdmin(method: string, ask: string): Answer | AdminAnswer {
  const row = Object.hasOwn(rows, ask) ? rows[ask] : undefined
  if (!row) return refused(404, `There is no ${ask.slice(0, 80)} here. There are: ${adminAsks.join(', ')}.`)
  if (row.method === method || (row.method === 'GET' && method === 'HEAD')) return row.answer
  return { ...refused(405, `Use ${row.method}.`), headers: { allow: row.method } }
}

function resetBreakers(admin: Admin, body: Json | undefined): AdminAnswer {
  const target = asText(asObject(body)['target'])
  if (!target) return refused(400, 'Say which: {"target": "provider/model"}, a provider, or "all".')
  return told({ target, reset: admin.resetBreakers(target) })
}

const longestSeconds = 30 * 24 * 3600

function useProfile(admin: Admin, body: Json | undefined): AdminAnswer {
  const asked = asObject(body)
  const profile = asText(asked['profile'])
  const session = asText(asked['session'])
  const seconds = asNumber(asked['seconds'])
  if (!profile || !session || session.length > 200 || seconds === undefined)
    return refused(
      400,
      'Say which, whose and for how long: {"profile": "kimi", "session": "…", "seconds": 7200}.',
    )
  if (seconds < 1 || seconds > longestSeconds)
    return refused(400, 'From a second to thirty days are possible.')
  const done = admin.useProfile({ profile, session, untilMs: admin.nowMs() + seconds * 1000 })
  return typeof done === 'string' ? refused(422, done) : told(done)
}

function endProfile(admin: Admin, body: Json | undefined): AdminAnswer {
  const session = asText(asObject(body)['session'])
  if (!session) return refused(400, 'Say whose: {"session": "…"}.')
  return told({ session, ended: admin.endProfile(session) })
}

async function shorten(admin: Admin, body: Json | undefined): Promise<AdminAnswer> {
  const answer = await admin.shorten(body)
  return typeof answer === 'string' ? refused(400, answer) : told(answer)
}

async function reload(admin: Admin): Promise<AdminAnswer> {
  const reloaded = await admin.reload()
  return { status: reloaded.ok ? 200 : 422, body: reloaded }
}

const told = (body: object): AdminAnswer => ({ status: 200, body })

export const refused = (status: number, message: string): AdminAnswer => ({
  status,
  body: { error: { message } },
})

/** Does somebody present the owner's token? */
export function isAdmin(headers: IncomingHttpHeaders, admin: Admin | undefined): boolean {
  const asked = Buffer.from(String(headers['x-clutch-admin'] ?? ''))
  const own = Buffer.from(admin?.token ?? '')
  return own.length > 0 && own.length === asked.length && timingSafeEqual(own, asked)
}
