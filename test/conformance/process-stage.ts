/** The built gateway as its own process, between a real HTTP client and a scripted HTTP upstream that speaks all dialects. */
import {
  Agent,
  createServer,
  type IncomingMessage,
  request,
  type Server,
  type ServerResponse,
} from 'node:http'
import type { AddressInfo } from 'node:net'
import { type DialectId, dialectIds } from '../../src/conversation/conversation.ts'
import type { Quirks } from '../../src/conversation/quirks.ts'
import { type BuiltGateway, startBuiltGateway } from '../strangers/built-gateway.ts'
import type { Scenario } from './scenario.ts'
import { scenarios } from './scenarios/index.ts'
import { type Answered, askedModel, bodyOf, type Cell, type Outcome } from './stage.ts'
import { sayable, upstreamModel } from './told.ts'
import { tellers } from './upstream/index.ts'

/** How the upstream answers the one request it is asked next. */
export type Answer = (response: ServerResponse, visit: Visit) => void

export interface Visit {
  readonly path: string
  readonly bodyText: string
}

export interface Question {
  readonly from: DialectId
  /** The profile that leads to the upstream: a dialect, or `placeOf` a scenario. */
  readonly place: string
  readonly body: object
  readonly streamed: boolean
  /** Words in the body that tell this question from others asked at the same time. */
  readonly about?: string
}

interface Expected {
  readonly about?: string
  readonly answer: Answer
}

/** A failed attempt is told at once: whether it is tried again is proved elsewhere. */
const once = { max_attempts: 1, max_retries: 0, max_wait_ms: 0 }

export class ProcessStage {
  readonly #gateway: BuiltGateway
  readonly #upstream: Server
  readonly #agent = new Agent({ keepAlive: true })
  /** What the upstream is about to be asked, in this order. */
  readonly #expected: Expected[]

  /** `config`: what config.json says beside the providers and their profiles. */
  static async open(config: object = {}): Promise<ProcessStage> {
    const expected: Expected[] = []
    const upstream = createServer((incoming, response) => {
      void readAll(incoming).then(({ text }) => {
        const visit = { path: incoming.url ?? '', bodyText: text }
        const at = expected.findIndex(({ about = '' }) => text.includes(about))
        const [found] = at < 0 ? [] : expected.splice(at, 1)
        if (found) found.answer(response, visit)
        else response.writeHead(500).end('nobody expected this request')
      })
    })
    upstream.keepAliveTimeout = 60_000
    await new Promise<void>((listens) => upstream.listen(0, '127.0.0.1', listens))
    const { port } = upstream.address() as AddressInfo
    const gateway = await startBuiltGateway({
      config: { limits: once, log: { folder: null, level: 'error' }, ...places(port), ...config },
    }).catch((error) => {
      upstream.close()
      throw error
    })
    return new ProcessStage(gateway, upstream, expected)
  }

  private constructor(gateway: BuiltGateway, upstream: Server, expected: Expected[]) {
    this.#gateway = gateway
    this.#upstream = upstream
    this.#expected = expected
  }

  async play({ scenario, from, to, streamed }: Cell): Promise<Outcome> {
    const body = bodyOf(from, scenario.asks[from] ?? {}, streamed)
    const told = sayable(scenario.told, to)
    const answer = streamed ? streaming(tellers[to].stream(told)) : whole(tellers[to].whole(told))
    return this.ask({ from, place: placeOf(scenario, to), body, streamed }, answer)
  }

  /** Asks, and waits until the client has been told everything. */
  async ask(question: Question, answer: Answer): Promise<Outcome> {
    let upstream: Visit = { path: '', bodyText: '' }
    const withdraw = this.expect((response, visit) => {
      upstream = visit
      answer(response, visit)
    }, question.about)
    const client = await this.send(question).then(hearAll, unheard)
    withdraw()
    return { client, upstream }
  }

  /** Asks; resolves with the head of the answer. */
  send(question: Question, signal?: AbortSignal): Promise<IncomingMessage> {
    const { from, place, body, streamed } = question
    return new Promise((answered, refuse) => {
      const asking = request(`${this.#gateway.url}/p/${place}${pathOf(from, streamed)}`, {
        agent: this.#agent,
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        ...(signal && { signal }),
      })
      asking.once('response', answered).once('error', refuse)
      asking.end(JSON.stringify(body))
    })
  }

  /** Prepares the upstream for one request. Returns how to take that back. */
  expect(answer: Answer, about?: string): () => void {
    const expected = { answer, ...(about !== undefined && { about }) }
    this.#expected.push(expected)
    return () => {
      const at = this.#expected.indexOf(expected)
      if (at >= 0) this.#expected.splice(at, 1)
    }
  }

  get pid(): number {
    return this.#gateway.pid
  }

  async stop(): Promise<void> {
    this.#agent.destroy()
    await this.#gateway.stop()
    this.#upstream.closeAllConnections()
    this.#upstream.close()
  }
}

export const streaming =
  (stream: string | Uint8Array): Answer =>
  (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).end(stream)
  }

export const whole =
  (body: string | Uint8Array): Answer =>
  (response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(body)
  }

/** Where an upstream of this dialect has the oddities of the scenario. */
export function placeOf({ name, quirks }: Scenario, to: DialectId): string {
  return quirks?.[to] === undefined ? to : `${to}.${scenarios.findIndex((other) => other.name === name)}`
}

/** An own provider for each dialect, another for each of its oddities, and a profile that leads to each. */
function places(port: number): object {
  const plain = dialectIds.map((to): [string, object] => [to, { dialect: to }])
  const odd = scenarios.flatMap((scenario) =>
    dialectIds.flatMap((to): [string, object][] => {
      const quirks = scenario.quirks?.[to]
      return quirks ? [[placeOf(scenario, to), { dialect: to, quirks: asWritten(quirks) }]] : []
    }),
  )
  const all = [...plain, ...odd]
  const at = `http://127.0.0.1:${port}/v1`
  return {
    providers: Object.fromEntries(
      all.map(([place, entry]) => [`up-${place}`, { base_url: at, api_key: 'k', ...entry }]),
    ),
    profiles: Object.fromEntries(
      all.map(([place]) => [place, { roles: { big: [`up-${place}/${upstreamModel}`] } }]),
    ),
  }
}

/** As config.json spells them. */
const asWritten = (quirks: Quirks): object =>
  Object.fromEntries(
    Object.entries(quirks).map(([name, value]) => [
      name.replace(/[A-Z]/g, (at) => `_${at.toLowerCase()}`),
      value,
    ]),
  )

function pathOf(from: DialectId, streamed: boolean): string {
  switch (from) {
    case 'anthropic':
      return '/v1/messages'
    case 'openai-chat':
      return '/v1/chat/completions'
    case 'openai-responses':
      return '/v1/responses'
    case 'gemini':
      return `/v1beta/models/${askedModel}:${streamed ? 'streamGenerateContent?alt=sse' : 'generateContent'}`
  }
}

async function hearAll(response: IncomingMessage): Promise<Answered> {
  const { statusCode = 0, headers } = response
  return { status: statusCode, headers, ...(await readAll(response)) }
}

const unheard = (): Answered => ({ status: 0, headers: {}, text: '', ended: false })

function readAll(incoming: IncomingMessage): Promise<{ text: string; ended: boolean }> {
  return new Promise((over) => {
    const chunks: Buffer[] = []
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk)).on('error', () => undefined)
    incoming.once('close', () =>
      over({ text: Buffer.concat(chunks).toString('utf8'), ended: incoming.complete }),
    )
  })
}
