/**
 * Thought signatures. A client keeps them verbatim, but typed clients read them as base64 bytes: a proof of another
 * dialect therefore travels as the base64 of its tagged form.
 */
import type { Proof, ProofKind } from '../../conversation/conversation.ts'
import { readProof, tagProof } from '../../conversation/proof-tag.ts'

/** Google's documented way to hand over a call that no Gemini model made. */
export const unsignedCall = 'skip_thought_signature_validator'

/** How every base64 text of a tagged proof begins (`~clutch1.`). */
export const taggedStart = 'fmNsdXRjaDEu'

export function writeSignature(proof: Proof): string {
  const text = tagProof(proof, 'gemini')
  return proof.dialect === 'gemini' ? text : base64(text)
}

/** undefined for an empty signature and for the sentinel, which prove nothing. */
export function readSignature(text: string | undefined): Proof | undefined {
  if (!text || text === unsignedCall) return undefined
  return readProof(text.startsWith(taggedStart) ? unbase64(text) : text, 'gemini', 'thought')
}

/** Proofs that mean something without the thought they belong to. */
export const standsAlone = (kind: ProofKind): boolean => kind !== 'signature'

export const sameProof = (a: Proof | undefined, b: Proof | undefined): boolean =>
  a !== undefined && b !== undefined && a.dialect === b.dialect && a.value === b.value

function base64(text: string): string {
  let bytes = ''
  for (const byte of new TextEncoder().encode(text)) bytes += String.fromCharCode(byte)
  return btoa(bytes)
}

function unbase64(text: string): string {
  try {
    return new TextDecoder().decode(Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)))
  } catch {
    return text
  }
}
