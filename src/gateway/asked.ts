/** What a request says of itself besides its conversation: whose it is, where it works, how far it may be shortened. */
import { declaredFolder, nearestFolder } from '../compression/declared-folder.ts'
import { asLevel, type Whose } from '../compression/levels.ts'
import { meantLevel } from '../compression/said-level.ts'
import type { Level } from '../compression/shorten.ts'
import type { Transcript } from '../compression/transcript.ts'
import { agentOf, headerText } from '../routing/agent.ts'
import type { Call } from './call.ts'

export type Asked = Pick<Call, 'dialect' | 'headers' | 'profile' | 'body'> & { readonly key?: string }

/** One that nobody knows is called what it calls itself. */
export const agentNamed = (headers: Call['headers']): string =>
  agentOf(headers) ?? (headerText(headers, 'user-agent')?.split(/[\s/]/)[0] || 'unknown')

export type SaidLevel =
  | { readonly kind: 'level'; readonly level: Level }
  | { readonly kind: 'unknown'; readonly word: string }

/** In any case of letters, and with the words for `off` that an environment may have. */
export function saidLevel(headers: Call['headers']): SaidLevel | undefined {
  const word = headerText(headers, 'x-clutch-compress')?.trim()
  if (!word) return undefined
  const level = asLevel(meantLevel(word))
  return level === undefined ? { kind: 'unknown', word } : { kind: 'level', level }
}

/** What was told to Headroom is meant for us as well. */
function wishIn(headers: Call['headers']): Level | undefined {
  const said = saidLevel(headers)
  if (said?.kind === 'level') return said.level
  return /^(?:true|1|yes|on)$/i.test(headerText(headers, 'x-headroom-bypass') ?? '') ? 'off' : undefined
}

export function whoseOf({ headers, profile }: Asked): Whose {
  return {
    agent: agentNamed(headers),
    profile: profile.compression,
    wish: wishIn(headers),
  }
}

/** As a header says it, or as the client tells its model. */
export function folderOf(
  { headers, body }: Asked,
  { texts, listStart }: Transcript,
  folders: readonly string[],
): string | undefined {
  if (folders.length === 0) return undefined
  const said = workFolder(headers)
  if (said !== undefined) return nearestFolder(said, folders)
  const ofTool = (at: number): boolean =>
    texts.some(({ span }) => at >= listStart + span.start && at < listStart + span.end)
  return declaredFolder(body, folders, ofTool)
}

/** Where the client works, as a header says it. */
export function workFolder(headers: Call['headers']): string | undefined {
  const said = headerText(headers, 'x-clutch-folder')
  return said === undefined ? undefined : plainPath(said)
}

/** A folder is said, and nobody has trusted filters there: none of a project count. */
export function isFolderUnknown(headers: Call['headers'], folders: readonly string[]): boolean {
  const said = workFolder(headers)
  return said !== undefined && nearestFolder(said, folders) === undefined
}

/** A header holds letters of ASCII only: others come as `%C3%BC`. */
function plainPath(said: string): string {
  try {
    return decodeURIComponent(said)
  } catch {
    return said
  }
}
