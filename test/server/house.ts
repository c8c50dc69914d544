/** An edge on real sockets, with the gateway behind it replaced by whatever a test wants to see happen. */
import { connect } from 'node:net'
import type { Settings } from '../../src/config/settings.ts'
import { dialects } from '../../src/dialects/index.ts'
import type { Call } from '../../src/gateway/call.ts'
import { sandbox } from '../../src/providers/sandbox.ts'
import { type Edge, openEdge } from '../../src/server/edge.ts'
import { realClock } from '../../src/world/clock.ts'
import { newId } from '../../src/world/ids.ts'
import { Log } from '../../src/world/log.ts'
import { Redactor } from '../../src/world/redact.ts'

export interface House {
  readonly url: string
  readonly port: number
  readonly calls: Call[]
  /** Lines of the log, read. */
  readonly log: Record<string, unknown>[]
  readonly edge: Edge
  close(): Promise<void>
}

export interface HouseOptions {
  readonly settings?: Partial<Settings>
  readonly handle?: (call: Call) => void | Promise<void>
}

/** Says 200 and what was asked. */
const obliging = (call: Call): void => {
  call.client.head(200, { 'content-type': 'application/json', 'request-id': `req_${call.id}` })
  call.client.end(JSON.stringify({ dialect: call.dialect.id, model: call.model, stream: call.stream }))
}

export async function openHouse({ settings, handle = obliging }: HouseOptions = {}): Promise<House> {
  const calls: Call[] = []
  const log: Record<string, unknown>[] = []
  const sink = { write: (json: string) => void log.push(JSON.parse(json)), flush: () => Promise.resolve() }
  const edge = await openEdge({
    settings: settingsWith(settings),
    dialects,
    gateway: {
      open: 0,
      adopt: () => undefined,
      handle: async (call) => {
        calls.push(call)
        await handle(call)
      },
    },
    log: new Log({ level: 'debug', clock: realClock, redactor: new Redactor(), sinks: [sink] }),
    clock: realClock,
    newId,
    localWindow: (provider, model) => (`${provider}/${model}` === 'ollama/loud' ? 16_384 : undefined),
  })
  const port = edge.listeners[0]?.port ?? 0
  return { url: `http://127.0.0.1:${port}`, port, calls, log, edge, close: () => edge.close(0) }
}

export const settingsWith = (changes: Partial<Settings> = {}): Settings => ({
  listeners: [{ host: '127.0.0.1', port: 0, profile: 'default' }],
  profiles: {
    default: { name: 'default', roles: {} },
    kimi: { name: 'kimi', roles: { big: ['moonshot/kimi-k2'] } },
  },
  providers: { sandbox: { provider: sandbox, baseUrl: 'sandbox://in-process', headers: {} } },
  aliases: {},
  unusable: [],
  clientKeys: [],
  limits: {
    maxBodyBytes: 1024 * 1024,
    maxReplyBytes: 1024 * 1024,
    maxAttempts: 3,
    maxWaitMs: 1000,
    maxRetriesSameTarget: 1,
  },
  timeouts: {
    headMs: 1000,
    idleMs: 1000,
    pingMs: 1000,
    holdThinkingMs: 100,
    closingGraceMs: 100,
    clientRequestMs: 5000,
  },
  log: { level: 'debug', keepDays: 3, maxFileBytes: 1024 },
  warnings: [],
  ...changes,
})

export const message = {
  model: 'sandbox/text',
  max_tokens: 9,
  messages: [{ role: 'user', content: 'hello' }],
}

export const post = (url: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(url, {
    method: 'POST',
    headers,
    body:
      typeof body === 'string'
        ? body
        : body instanceof Uint8Array
          ? new Uint8Array(body)
          : JSON.stringify(body),
  })

/** Sends bytes as they are and gives back everything that came until the other end closed. */
export function raw(
  port: number,
  text: string | readonly string[],
  { keepOpen = true } = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    let heard = ''
    socket.on('data', (chunk) => {
      heard += chunk.toString('latin1')
    })
    socket.on('error', reject)
    socket.on('close', () => resolve(heard))
    for (const piece of [text].flat()) socket.write(piece)
    if (!keepOpen) socket.end()
  })
}

/** The error inside an answer, whatever the dialect. */
export function errorIn(body: string): { type?: string; message: string; status?: string; code?: unknown } {
  return JSON.parse(body).error
}
