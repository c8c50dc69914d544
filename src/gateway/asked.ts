/** What a request says of itself besides its conversation: whose it is, where it works, how far it may be shortened. */
import { declaredFolder, nearestFolder } from '../compression/declared-folder.ts'
import { asLevel, type Whose } from '../compression/levels.ts'
import type { Level } from '../compression/shorten.ts'
import type { Transcript } from '../compression/transcript.ts'
import { agentOf, headerText } from '../routing/agent.ts'
import type { Call } from './call.ts'

export type Asked = Pick<Call, 'dialect' | 'headers' | 'profile' | 'body'> & { readonly key?: string }

/** One that nobody knows is called what it calls itself. */
export const agentNamed = (headers: Call['headers']): string =>
  agentOf(headers) ?? (headerText(headers, 'user-agent')?.split(/[\s/]/)[0] || 'unknown')

/** What was told to Headroom is meant for us as well. */
const wishIn = (headers: Call['headers']): Level | undefined =>
  asLevel(headerText(headers, 'x-clutch-compress')) ??
  (/^(?:true|1|yes|on)$/i.test(headerText(headers, 'x-headroom-bypass') ?? '') ? 'off' : undefined)

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
  const said = headerText(headers, 'x-clutch-folder')
  if (said !== undefined) return nearestFolder(plainPath(said), folders)
  const ofTool = (at: number): boolean =>
    texts.some(({ span }) => at >= listStart + span.start && at < listStart + span.end)
  return declaredFolder(body, folders, ofTool)
}

/** A header holds letters of ASCII only: others come as `%C3%BC`. */
function plainPath(said: string): string {
  try {
    return decodeURIComponent(said)
  } catch {
    return said
  }
}
