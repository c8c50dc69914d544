/** The HTTP edge: one server per listener, one gateway behind all of them. */
import type { Server } from 'node:http'
import type { Listener, Settings } from '../config/settings.ts'
import { descriptorOf, type Inherited } from '../world/listening-socket.ts'
import { Desk, type DeskParts } from './desk.ts'
import { closed, ended, type Front, opened, serverFor, stopListening } from './http-server.ts'
import { Sockets } from './sockets.ts'

export interface EdgeParts extends Omit<DeskParts, 'sockets' | 'startedMs' | 'closing'> {
  /** What the process before this one listened to; taken where the settings want the same. */
  readonly inherited?: readonly Inherited[]
}

export interface Edge {
  /** With the ports that the system chose where 0 was asked for. */
  readonly listeners: readonly Listener[]
  /**
   * Opens the listeners that are new in these settings, or none: rejects with PortError. What it gives back makes the
   * settings those of every request that comes from then on, at once, and closes the listeners that are not in them.
   */
  prepare(settings: Settings): Promise<() => void>
  /** For the process that takes over; empty where the runtime does not tell them. */
  descriptors(): readonly Inherited[]
  /** Frees the ports; what runs goes on. `prepare` opens them again. */
  retire(): void
  /** Another process has the same sockets: leaves new clients to it, sends the others there, then closes. */
  leave(graceMs: number): Promise<void>
  /** Takes nothing new, lets what runs go on for so long, then cuts it. */
  close(graceMs: number): Promise<void>
}

type Place = Pick<Listener, 'host' | 'port'>

/** A listener at work. */
interface Post {
  /** As it is configured: its port may be 0. */
  readonly wanted: Listener
  readonly actual: Listener
  readonly server: Server
  readonly front: Front
}

/** A listener that was removed lets its calls end, for so long. */
const retiredGraceMs = 10 * 60_000

/** How long a client has to come back by a connection it has open, and be told to make a new one. */
const lingerMs = 3_000

/** Opens every listener, or none. Rejects with PortError. */
export async function openEdge(parts: EdgeParts): Promise<Edge> {
  const house = new House(parts)
  const swap = await house.prepare(parts.settings)
  swap()
  return house
}

class House implements Edge {
  readonly #parts: EdgeParts
  readonly #startedMs: number
  readonly #retiring = new Map<Server, Promise<void>>()
  #sockets: Sockets
  /** Those of earlier settings: each line ends with the call it is busy with. */
  #formerSockets: Sockets[] = []
  #posts: readonly Post[] = []
  #closing = false
  readonly #inherited: Inherited[]

  constructor(parts: EdgeParts) {
    this.#parts = parts
    this.#inherited = [...(parts.inherited ?? [])]
    this.#startedMs = parts.clock.nowMs()
    this.#sockets = this.#newSockets(parts.settings)
  }

  get listeners(): readonly Listener[] {
    return this.#posts.map(({ actual }) => actual)
  }

  async prepare(settings: Settings): Promise<() => void> {
    const sockets = this.#newSockets(settings)
    const free = [...this.#posts]
    const posts: Post[] = []
    const fresh: Post[] = []
    try {
      for (const wanted of settings.listeners) {
        const at = free.findIndex((post) => isSamePlace(post.wanted, wanted))
        const [kept] = at < 0 ? [] : free.splice(at, 1)
        const post = kept ? { ...kept, wanted } : await this.#open(wanted, settings, sockets)
        posts.push(post)
        if (!kept) fresh.push(post)
      }
    } catch (error) {
      for (const { server } of fresh) server.close()
      throw error
    }
    return () => this.#swap(settings, sockets, posts, free)
  }

  #swap(settings: Settings, sockets: Sockets, posts: readonly Post[], gone: readonly Post[]): void {
    this.#sockets.close()
    this.#formerSockets = [...this.#formerSockets, this.#sockets].filter(({ size }) => size > 0)
    this.#sockets = sockets
    this.#posts = posts.map((post) => {
      const actual = { ...post.actual, profile: post.wanted.profile }
      post.front.desk = this.#desk(settings, sockets, actual)
      post.front.settings = settings
      return { ...post, actual }
    })
    for (const { server } of gone) this.#retire(server)
  }

  #retire(server: Server): void {
    const end = closed(server, retiredGraceMs, () => undefined)
    this.#retiring.set(
      server,
      end.then(() => void this.#retiring.delete(server)),
    )
  }

  descriptors(): readonly Inherited[] {
    return this.#posts.flatMap(({ wanted: { host, port }, server }) => {
      const fd = descriptorOf(server)
      return fd === undefined ? [] : [{ host, port, fd }]
    })
  }

  retire(): void {
    this.#sockets.close()
    for (const { server } of this.#posts) this.#retire(server)
    this.#posts = []
  }

  async leave(graceMs: number): Promise<void> {
    for (const { front, server } of this.#posts) {
      front.leaving = true
      stopListening(server)
    }
    const gone = Promise.all(this.#posts.map(({ server }) => ended(server)))
    await Promise.race([gone, new Promise((resolve) => setTimeout(resolve, lingerMs).unref())])
    await this.close(graceMs)
  }

  async close(graceMs: number): Promise<void> {
    this.#closing = true
    const sockets = [this.#sockets, ...this.#formerSockets]
    for (const one of sockets) one.close()
    const cut = (): void => {
      for (const one of sockets) one.terminate()
      for (const server of this.#retiring.keys()) server.closeAllConnections()
    }
    const timer = setTimeout(cut, graceMs)
    await Promise.all([
      ...this.#posts.map(({ server }) => closed(server, graceMs, cut)),
      ...this.#retiring.values(),
    ])
    clearTimeout(timer)
  }

  async #open(wanted: Listener, settings: Settings, sockets: Sockets): Promise<Post> {
    const { newId, dialects } = this.#parts
    const front = { desk: this.#desk(settings, sockets, wanted), settings }
    const server = serverFor(front, newId, dialects)
    const inherited = this.#inherited.findIndex((one) => isSamePlace(one, wanted))
    const [found] = inherited < 0 ? [] : this.#inherited.splice(inherited, 1)
    return { wanted, actual: await opened(server, wanted, found?.fd), server, front }
  }

  #desk(settings: Settings, sockets: Sockets, listener: Listener): Desk {
    const profile = settings.profiles[listener.profile] ?? { name: listener.profile, roles: {} }
    const startedMs = this.#startedMs
    const closing = (): boolean => this.#closing
    return new Desk({ ...this.#parts, settings, sockets, startedMs, closing }, listener, profile)
  }

  #newSockets(settings: Settings): Sockets {
    const { gateway, dialects, newId, clock } = this.#parts
    return new Sockets({
      gateway,
      dialect: dialects['openai-responses'],
      maxMessageBytes: settings.limits.maxBodyBytes,
      newId,
      nowMs: clock.nowMs,
    })
  }
}

const isSamePlace = (one: Place, other: Place): boolean => one.host === other.host && one.port === other.port
