// What a connection sends whose conversation grows. All bytes are made before anything is timed: afterwards a session is
// told from another with the same words by its id alone, which is written over the one before.
import { growingBodies, sessionId } from './requests.mjs'

/** So many conversations of its own per connection, again and again under new ids. */
const CONVERSATIONS = 3

/** Where a session's id stands: in the header by which an agent names its session, and in the body. */
const HEADER = 'x-claude-code-session-id'
const ID_MARKS = [`${HEADER}: `, '_session_']

let begun = 0

/** One connection's requests: each the one before and one pair more, up to `growsBy` pairs, then a new session. */
class Growing {
  #conversations
  #talk = 0
  #at
  #id = sessionId(++begun)

  /** The first session is `from` pairs ahead, so that connections do not all begin theirs at once. */
  constructor(conversations, from) {
    this.#conversations = conversations
    this.#at = from
  }

  next() {
    const requests = this.#conversations[this.#talk]
    const { bytes, idsAt } = requests[this.#at++]
    for (const idAt of idsAt) bytes.latin1Write(this.#id, idAt)
    if (this.#at === requests.length) {
      this.#at = 0
      this.#talk = (this.#talk + 1) % this.#conversations.length
      this.#id = sessionId(++begun)
    }
    return bytes
  }
}

/** `wrap`: a body as the request that carries it, with these headers. */
export function growing({ body, connections }, wrap) {
  const conversation = (seed) =>
    growingBodies(body, seed).map((content) => {
      const bytes = wrap(content, { [HEADER]: sessionId(0) })
      return { bytes, idsAt: ID_MARKS.map((mark) => bytes.indexOf(mark) + mark.length) }
    })
  return Array.from({ length: connections }, (_, i) => {
    const seeds = Array.from({ length: CONVERSATIONS }, (_, talk) => 1 + i * CONVERSATIONS + talk)
    return new Growing(seeds.map(conversation), Math.floor((i * (body.growsBy + 1)) / connections))
  })
}
