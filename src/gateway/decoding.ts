/** What happens to every decoded reply, streamed or whole, before it is encoded again. */
import { CallGuard } from '../conversation/call-guard.ts'
import { CallRepair } from '../conversation/call-repair.ts'
import type { Tool } from '../conversation/conversation.ts'
import type { ReplyEvent } from '../conversation/reply.ts'
import { type CallNames, NameRestorer } from '../conversation/tool-names.ts'
import type { Account } from './lane.ts'
import { ProofCollector, type Vault } from './vault.ts'

export class ConversationDecoding {
  readonly #guard = new CallGuard()
  readonly #names: NameRestorer | undefined
  readonly #repair: CallRepair
  readonly #proofs: ProofCollector

  /** `mended`: tools whose calls are mended when they are whole. */
  constructor(names: CallNames, vault: Vault, mended: readonly Tool[] = []) {
    this.#names = names.size > 0 ? new NameRestorer(names) : undefined
    this.#repair = new CallRepair(mended)
    this.#proofs = new ProofCollector(vault)
  }

  hear(events: readonly ReplyEvent[], account: Account): ReplyEvent[] {
    const heard: ReplyEvent[] = []
    for (const raw of events) {
      if (this.#guard.ignores(raw) && !this.#names && this.#repair.ignores(raw)) heard.push(raw)
      else for (const whole of this.#guard.push(raw)) this.#mend(whole, heard)
    }
    for (const event of heard) this.#note(event, account)
    return heard
  }

  #mend(whole: ReplyEvent, heard: ReplyEvent[]): void {
    if (this.#names) for (const event of this.#names.push(whole)) heard.push(...this.#repair.push(event))
    else if (this.#repair.ignores(whole)) heard.push(whole)
    else heard.push(...this.#repair.push(whole))
  }

  #note(event: ReplyEvent, account: Account): void {
    this.#proofs.hear(event)
    if (event.type === 'usage') account.usage = event.usage
    else if (event.type === 'start' && event.usage) account.usage = event.usage
    else if (event.type === 'end') account.reason = event.reason
  }
}
