/**
 * Keeps proofs (signatures, encrypted thoughts) that a client's dialect has no place for, until the history comes back
 * with the part they belong to (CONTRACT 68). In memory, bounded, oldest out first.
 */
import type { AssistantPart, Conversation, Proof, Turn } from '../conversation/conversation.ts'
import type { ReplyEvent } from '../conversation/reply.ts'
import { shortHash } from '../conversation/tool-names.ts'

const capacity = 20_000

export class Vault {
  readonly #proofs = new Map<string, Proof>()

  /** The same conversation, with the proofs we know put back where the client could not keep them. */
  restore(conversation: Conversation): Conversation {
    if (this.#proofs.size === 0) return conversation
    return { ...conversation, turns: conversation.turns.map((turn) => this.#restoreTurn(turn)) }
  }

  #restoreTurn(turn: Turn): Turn {
    if (turn.role !== 'assistant') return turn
    const parts = turn.parts.map((part) => this.#restorePart(part))
    return parts.every((part, at) => part === turn.parts[at]) ? turn : { role: 'assistant', parts }
  }

  #restorePart(part: AssistantPart): AssistantPart {
    if ((part.type !== 'tool-call' && part.type !== 'thinking') || part.proof) return part
    const proof = this.#proofs.get(part.type === 'tool-call' ? callKey(part.id) : thoughtKey(part.text))
    return proof ? { ...part, proof } : part
  }

  keep(key: string, proof: Proof): void {
    this.#proofs.delete(key)
    this.#proofs.set(key, proof)
    if (this.#proofs.size <= capacity) return
    const oldest = this.#proofs.keys().next()
    if (!oldest.done) this.#proofs.delete(oldest.value)
  }
}

const callKey = (id: string): string => `call ${id}`
const thoughtKey = (text: string): string => `thought ${text.length} ${shortHash(text)}`

/** Listens to one reply and keeps its proofs. */
export class ProofCollector {
  readonly #vault: Vault
  readonly #calls = new Map<number, string>()
  readonly #thoughts = new Map<number, string>()

  constructor(vault: Vault) {
    this.#vault = vault
  }

  hear(event: ReplyEvent): void {
    if (event.type === 'part-start') {
      if (event.part.type === 'tool-call') this.#calls.set(event.index, event.part.id)
      if (event.part.type === 'thinking') this.#thoughts.set(event.index, '')
    } else if (event.type === 'part-delta') {
      const thought = this.#thoughts.get(event.index)
      if (thought !== undefined) this.#thoughts.set(event.index, thought + event.text)
    } else if (event.type === 'part-end' && event.proof) this.#keep(event.index, event.proof)
  }

  #keep(index: number, proof: Proof): void {
    const id = this.#calls.get(index)
    const thought = this.#thoughts.get(index)
    if (id !== undefined) this.#vault.keep(callKey(id), proof)
    else if (thought) this.#vault.keep(thoughtKey(thought), proof)
  }
}
