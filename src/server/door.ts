/** Who may come in: holders of a key when keys are set, and never a web page that was not asked. */
import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import type { NamedKey } from '../config/settings.ts'
import type { Failure } from '../conversation/failure.ts'

export interface DoorOrder {
  /** Empty: no key is asked for. */
  readonly clientKeys: readonly string[]
  /** They open as well. */
  readonly namedKeys?: readonly NamedKey[]
  /** Where the listener is bound. */
  readonly host: string
}

export interface Knock {
  readonly headers: IncomingHttpHeaders
  readonly query: string
  /** The route tells nothing and does nothing: no key is needed. */
  readonly open: boolean
}

const loopback = new Set(['localhost', '127.0.0.1', '[::1]', '::1', 'ip6-localhost'])

export class Door {
  readonly #keys: readonly Buffer[]
  readonly #named: readonly Lock[]
  readonly #host: string
  readonly #local: boolean

  constructor({ clientKeys, namedKeys = [], host }: DoorOrder) {
    this.#keys = clientKeys.map(digest)
    this.#named = namedKeys.map((key) => ({ key, digest: Buffer.from(key.digest, 'hex') }))
    this.#host = host.toLowerCase()
    this.#local = loopback.has(this.#host) || this.#host.startsWith('127.')
  }

  /** undefined: welcome. */
  refusal({ headers, query, open }: Knock): Failure | undefined {
    if (!this.#isOurName(headers.host)) return strangeHost
    if (headers.origin !== undefined && !this.#isOurPage(headers.origin, headers.host)) return strangePage
    if (open || !this.asksForKeys) return undefined
    return presented(headers, query).some((key) => this.#knows(key)) ? undefined : noKey
  }

  get asksForKeys(): boolean {
    return this.#keys.length > 0 || this.#named.length > 0
  }

  /** The key of its own that somebody came in with; undefined: one that has no name, or none. */
  namedKey({ headers, query }: Pick<Knock, 'headers' | 'query'>): NamedKey | undefined {
    if (this.#named.length === 0) return undefined
    const asked = presented(headers, query).map(digest)
    const isOurs = asked.some((key) => isAmong(this.#keys, key))
    return isOurs ? undefined : this.#named.find((lock) => isAmong(asked, lock.digest))?.key
  }

  /** A page that made its own name point here (DNS rebinding) gives itself away by that name. */
  #isOurName(host: string | undefined): boolean {
    if (!this.#local || host === undefined) return true
    return this.#isHere(hostnameOf(host))
  }

  #isOurPage(origin: string, host: string | undefined): boolean {
    const page = /^https?:\/\/([^/]+)$/i.exec(origin)?.[1]?.toLowerCase()
    if (page === undefined) return false
    return this.#isHere(hostnameOf(page)) || (!this.#local && page === host?.toLowerCase())
  }

  #isHere(hostname: string): boolean {
    return loopback.has(hostname) || hostname === this.#host || hostname.endsWith('.localhost')
  }

  #knows(key: string): boolean {
    const asked = digest(key)
    const isOurs = isAmong(this.#keys, asked)
    let isNamed = false
    for (const lock of this.#named) isNamed = isSame(lock.digest, asked) || isNamed
    return isOurs || isNamed
  }
}

interface Lock {
  readonly key: NamedKey
  readonly digest: Buffer
}

const isSame = (own: Buffer, asked: Buffer): boolean =>
  own.length === asked.length && timingSafeEqual(own, asked)

/** Looks at all of them, so that the time it takes tells nothing. */
function isAmong(own: readonly Buffer[], asked: Buffer): boolean {
  let found = false
  for (const one of own) found = isSame(one, asked) || found
  return found
}

const hostnameOf = (host: string): string => host.toLowerCase().replace(/:\d*$/, '')

const digest = (key: string): Buffer => createHash('sha256').update(key).digest()

/** CONTRACT 19: in one place or in several. */
function presented(headers: IncomingHttpHeaders, query: string): string[] {
  const found = ['x-api-key', 'x-goog-api-key', 'api-key'].flatMap((name) => headers[name] ?? [])
  const bearer = /^bearer\s+(.+)$/i.exec(headers.authorization ?? '')?.[1]
  if (bearer !== undefined) found.push(bearer.trim())
  const asked = query.includes('key=') ? new URLSearchParams(query).get('key') : undefined
  if (asked) found.push(asked)
  return found
}

const noKey: Failure = {
  kind: 'client-unauthorized',
  message:
    'This gateway asks for a key (PROXY_AUTH_KEY on its side, or one of `clutch keys`). Send it as x-api-key or as Authorization: Bearer.',
}
const strangeHost: Failure = {
  kind: 'refused',
  message: 'The Host header names another machine; use http://127.0.0.1 or http://localhost.',
}
const strangePage: Failure = {
  kind: 'refused',
  message: 'Web pages from other origins may not use this gateway.',
}
