/** What would be sent of a body that nobody sends: the same decisions, none of them remembered. For counting. */
import type { Births } from '../compression/births.ts'
import type { Levels } from '../compression/levels.ts'
import { tongues } from '../compression/pairing/tongues.ts'
import { Transcript } from '../compression/transcript.ts'
import { applySplices } from '../wire/span.ts'
import { type Asked, folderOf, whoseOf } from './asked.ts'
import type { Thread } from './lineages.ts'
import { provisionalId, Teller, type TellParts } from './tell.ts'

export interface Foresight {
  readonly asked: Asked
  /** A copy of the conversation's own: it takes what is decided. */
  readonly thread: Thread
  readonly levels: Levels
  readonly minTokens: number
}

/** The body itself where nothing of it would be shorter. */
export function foreseen({ asked, thread, levels, minTokens }: Foresight, parts: TellParts): Uint8Array {
  const transcript = new Transcript(tongues[asked.dialect.id], asked.body)
  transcript.begin()
  const { sets, stopwatch } = parts
  const originals = { put: provisionalId }
  const teller = new Teller({ sets, stopwatch, originals, births: readOnly(parts.births) })
  const folder = (): string | undefined => folderOf(asked, transcript, sets.folders)
  teller.tellAll({ transcript, thread, levels, whose: whoseOf(asked), folder }, minTokens)
  const splices = transcript.splices()
  return splices.length === 0 ? asked.body : Buffer.concat(applySplices(asked.body, splices))
}

const readOnly = (births: Births): Births => ({
  isLost: births.isLost,
  scope: (id) => births.scope(id),
  birth: (name) => births.birth(name),
  toldElsewhere: (place, content) => births.toldElsewhere(place, content),
  begin: () => undefined,
  tell: () => undefined,
})
