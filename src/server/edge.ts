/** The HTTP edge: one server per listener, one gateway behind all of them. */
import type { Server } from 'node:http'
import type { Listener, Settings } from '../config/settings.ts'
import { Desk, type DeskParts } from './desk.ts'
import { closed, type Front, opened, serverFor } from './http-server.ts'
import { Sockets } from './sockets.ts'

export type EdgeParts = Omit<DeskParts, 'sockets' | 'startedMs' | 'closing'>

export interface Edge {
  /** With the ports that the system chose where 0 was asked for. */
  readonly listeners: readonly Listener[]
  /**
   * Opens the listeners that are new in these settings, or none: rejects with PortError. What it gives back makes the
   * settings those of every request that comes from then on, at once, and closes the listeners that are not in them.
   */
  prepare(settings: Settings): Promise<() => void>
  /** Takes nothing new, lets what runs go on for so long, then cuts it. */
  close(graceMs: number): Promise<void>
}

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

  constructor(parts: EdgeParts) {
    this.#parts = parts
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
    return { wanted, actual: await opened(server, wanted), server, front }
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

const isSamePlace = (one: Listener, other: Listener): boolean =>
  one.host === other.host && one.port === other.port
