/**
 * Carries a foreign proof inside a client's own proof field (a thinking block's `signature`, a reasoning item's
 * `encrypted_content`), so that it comes back with the history and only its maker is shown it again (CONTRACT 65, 68).
 */
import { type DialectId, dialectIds, type Proof, type ProofKind } from './conversation.ts'

/** Begins with a letter that is rare in JSON, so that a body without one is known at the speed of memchr. */
const prefix = '~clutch1.'

/** Stands in every text that holds a tagged proof. */
export const proofMark = prefix
const kinds: readonly ProofKind[] = ['signature', 'redacted', 'encrypted', 'thought']

/** The text a client of `dialect` keeps: the proof itself when it is that dialect's own, else a tagged one. */
export function tagProof(proof: Proof, dialect: DialectId): string {
  if (proof.dialect === dialect) return proof.value
  return [`${prefix}${proof.dialect}`, proof.kind, encodeURIComponent(proof.itemId ?? ''), proof.value].join(
    '.',
  )
}

/** The proof in a text that a client of `dialect` sent back; `kind` is what an untagged one is. */
export function readProof(text: string, dialect: DialectId, kind: ProofKind): Proof {
  if (!text.startsWith(prefix)) return { dialect, kind, value: text }
  const [maker, tagged, itemId, ...value] = text.slice(prefix.length).split('.')
  const made = dialectIds.find((id) => id === maker)
  const taggedKind = kinds.find((known) => known === tagged)
  if (!made || !taggedKind) return { dialect, kind, value: text }
  return {
    dialect: made,
    kind: taggedKind,
    value: value.join('.'),
    ...(itemId ? { itemId: decodeURIComponent(itemId) } : {}),
  }
}

/**
 * What stands where a client demands a proof and the model gave none. It keeps `hiddenText`, thoughts that the client
 * did not want to see but that the model may need back.
 */
export const unsignedTag = (hiddenText = ''): string => `${prefix}unsigned.${hiddenText}`

/** The hidden text of an `unsignedTag`; undefined when `text` is something else. */
export function readUnsigned(text: string): string | undefined {
  const tag = unsignedTag()
  return text.startsWith(tag) ? text.slice(tag.length) : undefined
}

/** Whether a proof field holds what Clutch put there: nothing its own provider could read. */
export const isTagged = (text: string): boolean => text.startsWith(prefix)
