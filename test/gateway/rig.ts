/** A gateway on a virtual clock, between a scripted upstream and a client that remembers what it heard. */
import type { ConfiguredProvider, Profile, Settings } from '../../src/config/settings.ts'
import { type DialectId, dialectIds } from '../../src/conversation/conversation.ts'
import { dialects } from '../../src/dialects/index.ts'
import type { Call, CallRecord } from '../../src/gateway/call.ts'
import type { Client, ReplyHeaders } from '../../src/gateway/client.ts'
import { createGateway, type Gateway } from '../../src/gateway/gateway.ts'
import type { Stations } from '../../src/gateway/stations.ts'
import type { Provider } from '../../src/providers/provider.ts'
import type { HealthBook } from '../../src/routing/health.ts'
import { preferClientDialect } from '../../src/routing/plan.ts'
import type { Exchange, Send, UpstreamListener, UpstreamRequest } from '../../src/wire/exchange.ts'
import { skim, stringAt } from '../../src/wire/skim.ts'
import type { Clock } from '../../src/world/clock.ts'

export class VirtualClock implements Clock {
  #nowMs = 1_800_000_000_000
  #timers: { atMs: number; act: () => void }[] = []

  nowMs(): number {
    return this.#nowMs
  }

  after(ms: number, act: () => void): () => void {
    const timer = { atMs: this.#nowMs + ms, act }
    this.#timers.push(timer)
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer)
    }
  }

  /** It is that late, and nothing that waited happened. */
  set(nowMs: number): void {
    this.#nowMs = nowMs
  }

  /** Lets time pass; promises settle between one timer and the next. */
  async advance(ms: number): Promise<void> {
    const untilMs = this.#nowMs + ms
    for (;;) {
      await settled()
      const next = this.#timers.filter(({ atMs }) => atMs <= untilMs).sort((a, b) => a.atMs - b.atMs)[0]
      if (!next) break
      this.#timers = this.#timers.filter((other) => other !== next)
      this.#nowMs = Math.max(this.#nowMs, next.atMs)
      next.act()
    }
    this.#nowMs = untilMs
    await settled()
  }
}

/** Lets pending promises run. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve()
}

export class RememberingClient implements Client {
  gone = false
  status = 0
  headers: ReplyHeaders = {}
  pieces: string[] = []
  ended = false
  /** What `write` answers. */
  keepsUp = true
  #drain: () => void = () => undefined
  #leave: () => void = () => undefined

  get text(): string {
    return this.pieces.join('')
  }

  head(status: number, headers: ReplyHeaders): void {
    if (this.status !== 0) throw new Error('two heads')
    this.status = status
    this.headers = headers
  }

  write(piece: Uint8Array | string): boolean {
    if (this.ended) throw new Error('a word after the end')
    this.pieces.push(typeof piece === 'string' ? piece : Buffer.from(piece).toString('utf8'))
    return this.keepsUp
  }

  end(piece?: Uint8Array | string): void {
    if (piece !== undefined) this.write(piece)
    this.ended = true
  }

  onDrain(act: () => void): void {
    this.#drain = act
  }

  onGone(act: () => void): void {
    this.#leave = act
  }

  drain(): void {
    this.keepsUp = true
    this.#drain()
  }

  leave(): void {
    this.gone = true
    this.#leave()
  }
}

/** One request that reached the scripted upstream, and the hand that plays its answer. */
export class Played implements Exchange {
  readonly request: UpstreamRequest
  readonly listener: UpstreamListener
  paused = false
  aborted = false

  constructor(request: UpstreamRequest, listener: UpstreamListener) {
    this.request = request
    this.listener = listener
  }

  pause(): void {
    this.paused = true
  }
  resume(): void {
    this.paused = false
  }
  abort(): void {
    this.aborted = true
  }

  get bodyText(): string {
    const { body } = this.request
    if (typeof body === 'string') return body
    return (body instanceof Uint8Array ? Buffer.from(body) : Buffer.concat(body)).toString('utf8')
  }

  stream(...pieces: string[]): this {
    this.listener.head(200, { 'content-type': 'text/event-stream' })
    for (const piece of pieces) this.listener.data(Buffer.from(piece))
    return this
  }

  say(piece: string): this {
    this.listener.data(Buffer.from(piece))
    return this
  }

  json(status: number, body: unknown, headers: Record<string, string> = {}): void {
    this.listener.head(status, { 'content-type': 'application/json', ...headers })
    this.listener.data(Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)))
    this.listener.ended()
  }

  end(): void {
    this.listener.ended()
  }
}

export interface Rig {
  readonly clock: VirtualClock
  readonly gateway: Gateway
  readonly client: RememberingClient
  readonly upstream: Played[]
  readonly records: CallRecord[]
  /** The latest request that reached an upstream. */
  readonly last: () => Played
  /** Asks again, with a new client. */
  readonly ask: (body: unknown, headers?: Record<string, string>) => RememberingClient
}

export interface RigOptions {
  readonly from?: DialectId
  readonly to?: DialectId
  readonly body?: unknown
  readonly headers?: Record<string, string>
  /** How many targets the cascade of role `big` has: alpha, beta, … each a provider of its own. */
  readonly targets?: number
  readonly settings?: Partial<Settings>
  readonly provider?: Partial<Provider>
  /** What an earlier gateway learned. */
  readonly health?: HealthBook
  /** Whether a Gemini client, who says it in the path, wants a stream. Default true. */
  readonly stream?: boolean
  /** One id for every call, so that equal replies are equal texts. */
  readonly callId?: string
  /** What the gateway does with tool results. */
  readonly compress?: Stations['compress']
}

const names = ['alpha', 'beta', 'gamma', 'delta']

export function rig(options: RigOptions = {}): Rig {
  const clock = new VirtualClock()
  const upstream: Played[] = []
  const records: CallRecord[] = []
  const providers = names.slice(0, options.targets ?? 1)
  const settings = settingsWith(providers, options)
  const send: Send = (request, listener) => {
    const played = new Played(request, listener)
    upstream.push(played)
    return played
  }
  const gateway = createGateway({
    settings,
    dialects,
    send: () => send,
    chooseDialect: (configured, _model, client) => preferClientDialect(configured, client),
    clock,
    random: () => 0.5,
    settle: (record) => records.push(record),
    ...(options.health && { health: options.health }),
    ...(options.compress && { compress: options.compress }),
  })
  let counter = 0
  const from = options.from ?? 'anthropic'
  const ask = (body: unknown, headers: Record<string, string> = {}): RememberingClient => {
    const client = new RememberingClient()
    counter++
    const call = callOf(
      from,
      body,
      client,
      settings.profiles['default']!,
      (options.callId ?? `id${counter}`).padEnd(24, '0'),
      headers,
    )
    const stream = from === 'gemini' ? (options.stream ?? true) : call.stream
    void gateway.handle({ ...call, stream, startedMs: clock.nowMs() })
    return client
  }
  const client = ask(options.body ?? simpleRequest(from), options.headers)
  const last = (): Played => upstream.at(-1)!
  return { clock, gateway, client, upstream, records, last, ask }
}

export function callOf(
  from: DialectId,
  body: unknown,
  client: Client,
  profile: Profile,
  id: string,
  headers: Record<string, string>,
): Call {
  const bytes = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))
  const skimmed = skim(bytes, ['model', 'stream'])
  const fields = skimmed.kind === 'object' ? skimmed.fields : new Map()
  const modelSpan = fields.get('model')
  const streamSpan = fields.get('stream')
  return {
    id,
    dialect: dialects[from],
    client,
    profile,
    headers,
    query: '',
    startedMs: 0,
    body: bytes,
    model: stringAt(bytes, modelSpan) ?? 'opus',
    ...(modelSpan && { modelSpan }),
    stream:
      from === 'gemini' ||
      (streamSpan !== undefined && bytes.toString('utf8', streamSpan.start, streamSpan.end) === 'true'),
  }
}

function settingsWith(
  ids: readonly string[],
  { to = 'anthropic', provider, settings }: RigOptions,
): Settings {
  const configured = ids.map((id): [string, ConfiguredProvider] => [
    id,
    {
      provider: {
        id,
        title: id,
        baseUrl: `https://${id}.test`,
        speaks: { [to]: '/v1/talk' },
        authorize: 'bearer',
        keyVariables: [],
        ...provider,
      },
      baseUrl: `https://${id}.test`,
      key: `key-of-${id}`,
      headers: {},
    },
  ])
  return {
    listeners: [],
    profiles: { default: { name: 'default', roles: { big: ids.map((id) => `${id}/m1`) } } },
    providers: Object.fromEntries(configured),
    unusable: [],
    aliases: {},
    clientKeys: [],
    limits: {
      maxBodyBytes: 1 << 25,
      maxReplyBytes: 1 << 26,
      maxAttempts: 6,
      maxWaitMs: 30_000,
      maxRetriesSameTarget: 2,
    },
    timeouts: {
      headMs: 300_000,
      idleMs: 300_000,
      pingMs: 10_000,
      holdThinkingMs: 1_500,
      closingGraceMs: 10_000,
      clientRequestMs: 60_000,
    },
    log: { level: 'info', keepDays: 3, maxFileBytes: 1 << 20 },
    warnings: [],
    ...settings,
  }
}

/** A streamed question for role `big` in each dialect. */
export function simpleRequest(
  dialect: DialectId,
  more: Record<string, unknown> = {},
): Record<string, unknown> {
  switch (dialect) {
    case 'anthropic':
      return {
        model: 'opus',
        max_tokens: 500,
        stream: true,
        messages: [{ role: 'user', content: 'hi' }],
        ...more,
      }
    case 'openai-chat':
      return { model: 'opus', stream: true, messages: [{ role: 'user', content: 'hi' }], ...more }
    case 'openai-responses':
      return { model: 'opus', stream: true, input: [{ role: 'user', content: 'hi' }], ...more }
    case 'gemini':
      return { contents: [{ role: 'user', parts: [{ text: 'hi' }] }], ...more }
  }
}

export const everyPair = dialectIds.flatMap((from) => dialectIds.map((to) => ({ from, to })))
