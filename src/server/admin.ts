/** The admin API: what the gateway tells its owner about itself, and the few things it can be told to do. */
import { timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { asObject, asText, type Json } from '../wire/json.ts'

/** What the rest of the house lets its owner see and do. */
export interface Admin {
  /** Opens the admin API, and it alone, to whoever can read the state folder. Absent: the door's own rules count. */
  readonly token?: string
  status(): object
  breakers(): readonly object[]
  /** How many breakers and cooldowns there were under this name (`provider`, `provider/model`). */
  resetBreakers(target: string): number
  quota(): object
  /** What a plan depends on besides the configuration: enough to make the same plan elsewhere. */
  health(): object
  /** Reads the configuration again. */
  reload(): Promise<Reloaded>
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
  reload: { method: 'POST', answer: reload },
}

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
