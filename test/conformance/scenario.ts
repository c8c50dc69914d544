/** A scenario: the same wish in the words of each client, what the upstream says, and what must arrive on both sides. */
import type { DialectId } from '../../src/conversation/conversation.ts'
import type { Quirks } from '../../src/conversation/quirks.ts'
import type { Told } from './told.ts'

export interface Scenario {
  readonly name: string
  /** Contract numbers that hold when every cell of this scenario does. */
  readonly proves: string
  /** Bodies as each client writes them, without model and stream. A dialect that cannot say it is left out. */
  readonly asks: Partial<Readonly<Record<DialectId, Readonly<Record<string, unknown>>>>>
  readonly told: Told
  /** How lines of the digest begin that must stand in what an unlike upstream is asked, in this order. */
  readonly arrives: readonly string[]
  /** Where an upstream cannot be asked so: what it is asked instead. */
  readonly arrivesAs?: Partial<Readonly<Record<DialectId, readonly string[]>>>
  /** Where a client cannot say all of it. */
  readonly arrivesFrom?: Partial<Readonly<Record<DialectId, readonly string[]>>>
  /** Pages the reply names. */
  readonly sources?: readonly string[]
  readonly quirks?: Partial<Readonly<Record<DialectId, Quirks>>>
  /** The calls by the names the client knows, when the upstream knows them by others. */
  readonly calls?: readonly { readonly name: string; readonly namespace?: string; readonly args: string }[]
}

export const png = 'iVBORw0KGgoAAAANSUhEUg=='
export const pdf = 'JVBERi0xLjQKJcOkw7zDtg=='
