/** Results of long ago become one line, where that costs nothing or pays; from then on they stay that line. */
import { omission } from '../compression/omission.ts'
import type { FoundCall } from '../compression/pairing/found.ts'
import { savedAtBirth, staleTexts } from '../compression/stale.ts'
import { type HeardText, placeOf, type Transcript } from '../compression/transcript.ts'
import type { Lineage, Thread } from './lineages.ts'
import { type Conversing, contentOf, hashOf, stubPrefix, type TellParts, toldOf } from './tell.ts'

export interface Stubbed {
  /** In the client's bytes: what was sent before this place is as it was. */
  readonly firstByte: number
  readonly savedTokens: number
}

interface Old extends Conversing {
  readonly lineage: Lineage
  readonly isLost: boolean
}

const bytesPerToken = 4

/** undefined: everything stays. */
export function stubOld(
  { lineage, transcript, thread, levels, whose, isLost }: Old,
  parts: TellParts,
): Stubbed | undefined {
  const isAllowed = (text: HeardText): boolean =>
    levels.of(transcript.callOf(text) ?? unknownCall, whose) === 'aggressive'
  if (thread.scope.isHeldOut || levels.base(whose) === 'off') return undefined
  let firstByte = Number.POSITIVE_INFINITY
  let savedBytes = 0
  const { sparedBytes, misses } = thread
  lineage.owedBytes ??= savedAtBirth(transcript)
  const { owedBytes } = lineage
  const stale = staleTexts({ transcript, isLost, allows: isAllowed, sparedBytes, owedBytes, misses })
  for (const text of stale.texts) {
    const saved = stub(text, transcript, thread, parts)
    if (saved === 0) continue
    savedBytes += saved
    firstByte = Math.min(firstByte, transcript.listStart + text.span.start)
  }
  if (savedBytes > 0) thread.sparedBytes -= stale.rewrittenBytes
  return savedBytes === 0 ? undefined : { firstByte, savedTokens: Math.round(savedBytes / bytesPerToken) }
}

const unknownCall: FoundCall = { tool: '' }

/** So many bytes less than before; 0: its original cannot be kept, so it stays. */
function stub(text: HeardText, transcript: Transcript, thread: Thread, parts: TellParts): number {
  const said = transcript.textOf(text)
  const id = parts.originals.put(said)
  if (id === undefined) return 0
  const call = transcript.callOf(text) ?? unknownCall
  const line = omission(said.split('\n').length, `an old result of ${nameOf(call)}`, id)
  const sent = text.told?.literal?.length ?? transcript.rawBytes(text)
  const birth = { text: line, filter: 'stub', savedTokens: Math.round((sent - line.length) / bytesPerToken) }
  const content = contentOf(text, call, said)
  const name = `${stubPrefix}${hashOf(id, content)}`
  const telling = { place: placeOf(text), content, birth: name }
  thread.beginIn(parts.births)
  thread.told.set(telling.place, telling)
  parts.births.tell(thread.scope, telling, birth)
  text.told = toldOf(birth, name)
  return sent - (text.told.literal?.length ?? sent)
}

const longestName = 80

/** What was asked for, short and on one line. */
function nameOf({ tool, commandLine, path }: FoundCall): string {
  const name = [tool, commandLine ?? path ?? ''].join(' ').replace(/\s+/g, ' ').replaceAll('—', '-').trim()
  return name.length > longestName ? `${name.slice(0, longestName)}…` : name || 'a tool'
}
