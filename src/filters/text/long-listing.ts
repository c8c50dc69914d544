/** A row of `ls -l`, read. */

export interface ListedFile {
  readonly mode: string
  readonly owner: string
  readonly size: string
  readonly when: string
  /** With `-> where` behind a link. */
  readonly name: string
}

const row =
  /^([bcdlps-][rwxsStT-]{9}[.+@]?)\s+\d+\s+(\S+\s+\S+)\s+(\d+(?:[.,]\d+)?[KMGTP]?|\d+, +\d+)\s+([A-Z][a-z]{2} +\d+ +[\d:]+|\d+ [A-Z][a-z]{2} +[\d:]+|\d{4}-\d\d-\d\d \d\d:\d\d(?::[\d.]+ [+-]\d{4})?) (.*)$/

export function listedFile(line: string): ListedFile | undefined {
  const found = row.exec(line.length > 2000 ? '' : line)
  if (!found) return undefined
  const [, mode = '', owner = '', size = '', when = '', name = ''] = found
  return { mode, owner, size, when, name }
}

/** What nobody has to be told: readable and writable as usual, `x` told by the mark behind the name. */
const usual = /^(?:-rw-(?:r-|rw)-r--|-rwx(?:r-|rw)xr-x|drwx(?:r-|rw)xr-x|l[rwx-]{9})[.@]?$/

export const isUsualMode = (mode: string): boolean => usual.test(mode)

/** Setuid, sticky, writable by everybody: whoever lists these looks at permissions. */
export const isTellingMode = (mode: string): boolean => /[sStT]/.test(mode) || /^[^l].{7}w/.test(mode)

/** As `ls -F` marks it: `/` behind a folder, `*` behind what can be run. */
export function markedName({ mode, name }: ListedFile): string {
  if (mode.startsWith('d')) return `${name}/`
  return mode.startsWith('-') && /x/.test(mode) ? `${name}*` : name
}
