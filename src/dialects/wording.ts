/** Items of a request as they are written: each in the same words as often as it is sent, and joined to one text. */
import type { Loss } from '../conversation/loss.ts'
import { Written, writeJson } from '../wire/json.ts'

/** Any number of items. */
export interface Wording {
  /** As in a list, without its brackets; '' for none. */
  readonly text: string
  /** What the items do not say. */
  readonly lost: ReadonlySet<Loss>
}

export const wordingOf = (items: readonly unknown[], lost: ReadonlySet<Loss>): Wording => ({
  text: items.map(writeJson).join(','),
  lost,
})

/** Texts of one request, with commas between. Added up, not `join`ed: nothing is copied until all of it is. */
export function joined(texts: Iterable<string>): string {
  let all = ''
  for (const text of texts) all += all === '' ? text : `,${text}`
  return all
}

/** `between` stands where two of them meet. */
export function listOf<Said extends Wording>(
  wordings: readonly Said[],
  lost: Set<Loss>,
  between: (before: Said, after: Said) => string = () => ',',
): Written {
  let all = ''
  let before: Said | undefined
  for (const wording of wordings) {
    for (const loss of wording.lost) lost.add(loss)
    if (wording.text === '') continue
    all += before ? between(before, wording) + wording.text : wording.text
    before = wording
  }
  return new Written(`[${all}]`)
}
