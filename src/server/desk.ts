/** Serves the requests of one listener: finds out what each is for, and answers it or hands it to the gateway. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Listener, NamedKey, Profile } from '../config/settings.ts'
import type { Failure } from '../conversation/failure.ts'
import type { Dialect } from '../dialects/dialect.ts'
import { type Call, isFailure } from '../gateway/call.ts'
import type { Client } from '../gateway/client.ts'
import type { Gateway } from '../gateway/gateway.ts'
import type { LocalWindow } from '../routing/advertised.ts'
import type { Clock } from '../world/clock.ts'
import type { Log } from '../world/log.ts'
import { type Admin, isAdmin } from './admin.ts'
import { serveAdmin } from './admin-visit.ts'
import { type BodyRead, readBody } from './body.ts'
import { circle, hasPassed } from './circle.ts'
import { type CountParts, countTokens } from './count.ts'
import { Door } from './door.ts'
import { HttpClient } from './http-client.ts'
import { JsonArrayClient } from './json-array-client.ts'
import { Catalogue, geminiListAnswer, geminiModelAnswer, listAnswer, modelAnswer } from './models.ts'
import { answerProbe } from './probes.ts'
import { refuseUpgrade } from './raw-answer.ts'
import { outlineOf } from './read-call.ts'
import { refuse, refuseUnread } from './refuse.ts'
import { callersDialect, type Dialects, type Errand, findRoute, type Route } from './routes.ts'
import type { Sockets } from './sockets.ts'

export interface DeskParts extends CountParts {
  readonly dialects: Dialects
  readonly gateway: Gateway
  readonly sockets: Sockets
  readonly log: Log
  readonly clock: Clock
  readonly newId: () => string
  readonly startedMs: number
  readonly closing: () => boolean
  /** This process, as it names itself to upstreams that may lead back here. */
  readonly hop?: string
  readonly admin?: Admin
  /** What local models hold, as their servers said. */
  readonly localWindow?: LocalWindow
}

/** One request on its way through. */
interface Visit {
  readonly id: string
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly route: Route
  readonly profile: Profile
  readonly key?: string
  readonly startedMs: number
}

export class Desk {
  readonly #parts: DeskParts
  readonly #door: Door
  readonly #profile: Profile

  constructor(parts: DeskParts, listener: Listener, profile: Profile) {
    this.#parts = parts
    this.#profile = profile
    const { clientKeys, namedKeys = [] } = parts.settings
    this.#door = new Door({ clientKeys, namedKeys, host: listener.host })
  }

  serve(request: IncomingMessage, response: ServerResponse): void {
    const { dialects, newId, clock } = this.#parts
    const id = newId()
    const route = findRoute(request.method ?? '', request.url ?? '', dialects)
    const refusal = this.#welcome(request, route)
    const key = this.#door.namedKey({ headers: request.headers, query: route.query })
    const profile = this.#profileFor(route, key)
    if (refusal || isFailure(profile)) {
      const failure = refusal ?? profile
      if (isFailure(failure)) this.#turnAway(request, response, route, failure, id)
      return
    }
    const named = key && { key: key.name }
    this.#run({ id, request, response, route, profile, ...named, startedMs: clock.nowMs() }, route.errand)
  }

  #welcome({ headers }: IncomingMessage, { errand, query }: Route): Failure | undefined {
    const { hop, admin } = this.#parts
    if (hasPassed(headers, hop)) return circle
    const open = errand.kind === 'probe' || (errand.kind === 'admin' && isAdmin(headers, admin))
    return this.#door.refusal({ headers, query, open })
  }

  /** A key that is bound to a profile gets that one and no other. */
  #profileFor({ profile }: Route, key: NamedKey | undefined): Profile | Failure {
    if (profile !== undefined && key?.profile !== undefined && key.profile !== profile) {
      const message = `The key "${key.name}" is for the profile "${key.profile}" only.`
      return { kind: 'refused', message }
    }
    const name = profile ?? key?.profile
    if (name === undefined) return this.#profile
    const { profiles } = this.#parts.settings
    const found = Object.hasOwn(profiles, name) ? profiles[name] : undefined
    if (found) return found
    const message = `No profile is named "${name}". There are: ${Object.keys(profiles).join(', ')}.`
    return { kind: 'not-found', message }
  }

  #run(visit: Visit, errand: Errand): void {
    switch (errand.kind) {
      case 'generate':
        void this.#generate(visit, errand)
        break
      case 'count-tokens':
        void this.#count(visit, errand)
        break
      case 'models':
        this.#models(visit, errand)
        break
      case 'probe': {
        const { settings, gateway, clock, startedMs, closing } = this.#parts
        const upMs = clock.nowMs() - startedMs
        const state = { settings, upMs, openCalls: gateway.open, closing: closing() }
        const { status, body } = answerProbe(errand.probe, state)
        this.#answer(visit, body, status)
        break
      }
      case 'admin':
        void this.#admin(visit, errand.ask)
        break
      case 'wrong-method':
        this.#turnAway(
          visit.request,
          visit.response,
          visit.route,
          {
            kind: 'wrong-method',
            message: `${visit.request.method} is not possible here; use ${errand.allow}.`,
          },
          visit.id,
          { allow: errand.allow },
        )
        break
      case 'not-found':
        this.#turnAway(visit.request, visit.response, visit.route, notFound(visit.route.path), visit.id)
    }
  }

  async #admin({ id, request, response, key }: Visit, ask: string): Promise<void> {
    const { admin, log } = this.#parts
    const status = await serveAdmin({ id, request, response, ask, key }, admin)
    log.write(status < 400 ? 'debug' : 'info', 'admin', { id, method: request.method, ask, status })
  }

  async #generate(visit: Visit, { dialect, heard }: Extract<Errand, { kind: 'generate' }>): Promise<void> {
    const { id, request, response, route, profile, key, startedMs } = visit
    const body = this.#taken(visit, dialect, await readBody(request, this.#mostBytes))
    if (!body) return
    const outline = outlineOf(body, dialect.id, heard, request.headers)
    if (isFailure(outline)) {
      this.#refuse(visit, dialect, outline)
      return
    }
    const { query } = route
    const http = new HttpClient(response)
    const client: Client =
      dialect.id === 'gemini' && outline.stream && !/[?&]alt=sse(?:&|$)/.test(query)
        ? new JsonArrayClient(http)
        : http
    const headers = headersOf(request, route)
    const named = key === undefined ? undefined : { key }
    const call: Call = { id, dialect, client, profile, ...named, headers, query, startedMs, body, ...outline }
    await this.#parts.gateway.handle(call)
  }

  async #count(visit: Visit, { dialect, model }: Extract<Errand, { kind: 'count-tokens' }>): Promise<void> {
    const { key, profile, request, route } = visit
    const body = this.#taken(visit, dialect, await readBody(request, this.#mostBytes))
    if (!body) return
    const asked = { dialect, headers: headersOf(request, route), profile, body, ...(key && { key }) }
    const answer = countTokens({ ...asked, ...(model !== undefined && { model }) }, this.#parts)
    if (typeof answer === 'string') this.#answer(visit, answer)
    else this.#refuse(visit, dialect, answer)
  }

  get #mostBytes(): number {
    return this.#parts.settings.limits.maxBodyBytes
  }

  /** undefined: the client has been answered, or has left. */
  #taken({ id, request, response }: Visit, dialect: Dialect, read: BodyRead): Uint8Array | undefined {
    if (read.kind === 'body') return read.bytes
    if (read.kind === 'gone') return undefined
    const { failure, status } = read
    this.#parts.log.info('refused', {
      id,
      path: request.url,
      failure: failure.kind,
      because: failure.message,
    })
    const no = { dialect, failure, id, ...(status !== undefined && { status }) }
    if (read.unread) refuseUnread(request, response, no)
    else refuse(response, no)
    return undefined
  }

  #models(visit: Visit, { model, google }: Extract<Errand, { kind: 'models' }>): void {
    const { settings, dialects, localWindow } = this.#parts
    const { route, profile, request } = visit
    const query = new URLSearchParams(route.query)
    const catalogue = new Catalogue(profile, settings, localWindow)
    if (model === undefined) {
      const models = catalogue.list()
      this.#answer(visit, google ? geminiListAnswer(models, query) : listAnswer(models, query))
      return
    }
    const found = catalogue.named(model)
    if (found) this.#answer(visit, google ? geminiModelAnswer(found) : modelAnswer(found))
    else {
      const valid = catalogue.list().map(({ id }) => id)
      const message = `Unknown model "${model}". Valid here: ${valid.join(', ')}.`
      const dialect = callersDialect(route.path, request.headers, dialects)
      this.#refuse(visit, dialect, { kind: 'unknown-model', message })
    }
  }

  #answer({ id, request, response, route }: Visit, body: string, status = 200): void {
    this.#parts.log.debug('request', { id, method: request.method, path: route.path, status })
    response.writeHead(status, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      'request-id': `req_${id}`,
      'x-request-id': `req_${id}`,
      'x-clutch-request': id,
    })
    response.end(body)
  }

  #refuse({ id, response, request }: Visit, dialect: Dialect, failure: Failure): void {
    this.#parts.log.info('refused', {
      id,
      path: request.url,
      failure: failure.kind,
      because: failure.message,
    })
    refuse(response, { dialect, failure, id })
  }

  /** The request's body, if it has one, is read past and never kept. */
  #turnAway(
    request: IncomingMessage,
    response: ServerResponse,
    route: Route,
    failure: Failure,
    id: string,
    headers: Readonly<Record<string, string>> = {},
  ): void {
    const { log, dialects } = this.#parts
    const level = failure.kind === 'not-found' || failure.kind === 'wrong-method' ? 'debug' : 'warn'
    log.write(level, 'turned-away', { id, method: request.method, path: route.path, failure: failure.kind })
    const dialect = callersDialect(route.path, request.headers, dialects)
    refuse(response, { dialect, failure, id, headers })
  }

  /** CONTRACT 121: served or refused at once. */
  upgrade(request: IncomingMessage, socket: Duplex, early: Buffer): void {
    const { dialects, newId, sockets } = this.#parts
    const id = newId()
    const route = findRoute('POST', request.url ?? '', dialects)
    const { errand, query } = route
    const dialect = callersDialect(route.path, request.headers, dialects)
    const key = this.#door.namedKey({ headers: request.headers, query })
    const profile = this.#profileFor(route, key)
    const failure = this.#welcome(request, route) ?? (isFailure(profile) ? profile : undefined)
    const served =
      errand.kind === 'generate' &&
      errand.dialect.id === 'openai-responses' &&
      request.headers.upgrade?.toLowerCase() === 'websocket'
    if (failure || !served || isFailure(profile)) refuseUpgrade(socket, { dialect, failure, id })
    else
      sockets.accept(request, socket, early, {
        profile,
        ...(key && { key: key.name }),
        headers: request.headers,
        query,
      })
  }
}

/** With the launch that its path names. */
function headersOf({ headers }: IncomingMessage, { launch }: Route): IncomingMessage['headers'] {
  if (launch !== undefined) headers['x-clutch-launch'] = launch
  return headers
}

const notFound = (path: string): Failure => ({
  kind: 'not-found',
  message: `There is no ${path.slice(0, 200)} here. See GET / and the README for what there is.`,
})
