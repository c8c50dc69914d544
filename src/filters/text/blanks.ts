/** Blanks by their code: what `\s` says of a character, without a regular expression for each. */

const others = /\s/

/** False of what is behind a line's end. */
export const isBlankCode = (code: number): boolean =>
  code <= 32 ? code === 32 || (code >= 9 && code <= 13) : code >= 160 && isRareBlank(code)

/** Lines and corners that programs draw with stand right behind all but one of them. */
const isRareBlank = (code: number): boolean =>
  code === 160 ||
  (code >= 0x1680 && (code < 0x2500 || code >= 0x3000) && others.test(String.fromCharCode(code)))

export const startsBlank = (text: string): boolean => isBlankCode(text.charCodeAt(0))

export function hasBlank(text: string, most: number): boolean {
  const end = Math.min(text.length, most)
  for (let at = 0; at < end; at += 1) if (isBlankCode(text.charCodeAt(at))) return true
  return false
}
