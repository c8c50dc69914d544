/** What is noticed while a request is read or written: losses, in order of first appearance, and the first mistake. */
import type { Loss } from '../../conversation/loss.ts'

export class Notes {
  readonly #losses: Set<Loss>
  /** The first field that makes the request unreadable, and what was expected of it. */
  problem: string | undefined

  constructor(losses: readonly Loss[] = []) {
    this.#losses = new Set(losses)
  }

  lose(loss: Loss): void {
    this.#losses.add(loss)
  }

  wrong(field: string, expected: string): void {
    this.problem ??= `${field}: ${expected}`
  }

  /** What was noticed before, and is so again. */
  include({ losses, problem }: Notes): void {
    for (const loss of losses) this.lose(loss)
    this.problem ??= problem
  }

  get losses(): readonly Loss[] {
    return [...this.#losses]
  }
}
