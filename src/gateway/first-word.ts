/**
 * What counts as the first word. Until it is heard nothing has reached the client and the call may go elsewhere; from
 * then on nothing is ever replayed (CONTRACT 93, 95, 107). A greeting is no word: some upstreams greet with 200 and
 * then report that they are overloaded. Thoughts alone are held for a moment, since what fails behind them could still
 * be healed (CONTRACT 69).
 */
import type { Failure } from '../conversation/failure.ts'
import type { ReplyEvent } from '../conversation/reply.ts'

/** How much has been said so far. */
export type Weight = 'nothing' | 'thought' | 'word'

export class FirstWord {
  weight: Weight = 'nothing'
  failure: Failure | undefined
  readonly #thinking = new Set<number>()

  hear(event: ReplyEvent): void {
    switch (event.type) {
      case 'part-start':
        if (event.part.type === 'thinking') this.#thinking.add(event.index)
        else if (event.part.type !== 'text') this.weight = 'word'
        break
      case 'part-delta':
        this.#say(event.index, event.text !== '')
        break
      case 'part-end':
        this.#say(event.index, event.proof !== undefined)
        break
      case 'end':
        if (this.weight === 'nothing' && event.reason === 'done') this.failure = saidNothing
        else this.weight = 'word'
        break
      case 'failed':
        this.failure = event.failure
        break
      case 'start':
      case 'usage':
        break
    }
  }

  #say(index: number, something: boolean): void {
    if (!something || this.weight === 'word') return
    this.weight = this.#thinking.has(index) ? 'thought' : 'word'
  }
}

/** An empty answer is not an answer (CONTRACT 36). */
const saidNothing: Failure = {
  kind: 'garbled',
  message: 'the upstream ended its reply without saying anything',
}
