/** What a request asks of compression in its headers, in words that mean nothing: told, not passed over in silence. */
import { levels } from '../compression/shorten.ts'
import { nearest } from '../config/nearest.ts'
import type { Failure } from '../conversation/failure.ts'
import { saidLevel, workFolder } from '../gateway/asked.ts'
import type { Headers } from '../routing/agent.ts'

/** undefined: nothing is said, or it is understood. */
export function wrongWish(headers: Headers): Failure | undefined {
  const level = saidLevel(headers)
  if (level?.kind === 'unknown') {
    const near = nearest(level.word, levels)
    const hint = near === undefined ? '' : ` (did you mean ${near}?)`
    return bad(`x-clutch-compress: expected one of ${levels.join(', ')}, found "${short(level.word)}"${hint}`)
  }
  const folder = workFolder(headers)
  return folder === undefined || isAbsolute(folder)
    ? undefined
    : bad(`x-clutch-folder: expected the whole path of a folder, found "${short(folder)}"`)
}

const isAbsolute = (path: string): boolean => path.startsWith('/') || /^[A-Za-z]:[\\/]/.test(path)

/** A refusal is logged, and a header may hold anything: its beginning shows the mistake. */
const short = (said: string): string => (said.length > 40 ? `${said.slice(0, 40)}…` : said)

const bad = (message: string): Failure => ({ kind: 'bad-request', message })
