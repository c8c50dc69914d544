/** Whether programs that draw, such as tmux, know a terminal by its name. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'

type Env = Readonly<Record<string, string | undefined>>

const usualPlaces = [
  '/etc/terminfo',
  '/lib/terminfo',
  '/usr/share/terminfo',
  '/usr/lib/terminfo',
  '/usr/local/share/terminfo',
  '/opt/homebrew/share/terminfo',
]

/** Descriptions lie under the name's first letter, or (on macOS) under its number. */
export function knowsTerminal(name: string, { TERMINFO, TERMINFO_DIRS = '', HOME }: Env): boolean {
  const places = [
    ...(TERMINFO ? [TERMINFO] : []),
    ...(HOME ? [join(HOME, '.terminfo')] : []),
    ...TERMINFO_DIRS.split(':').filter((place) => place !== ''),
    ...usualPlaces,
  ]
  const letter = name.slice(0, 1)
  const number = name.charCodeAt(0).toString(16)
  return places.some(
    (place) => existsSync(join(place, letter, name)) || existsSync(join(place, number, name)),
  )
}
