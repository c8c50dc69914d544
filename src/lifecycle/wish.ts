/** What the daemon is asked to do: a file that only its owner can write, and a signal that says there is one. */
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { asList, asNumber, asObject, asText, tryParseJson } from '../wire/json.ts'
import { replacePrivately } from '../world/private-files.ts'

export type Wish =
  /** What runs may go on for so long. */
  | { readonly ask: 'end'; readonly graceMs: number }
  /** Another process takes over: `program` is the command line that starts it, without a verb. */
  | { readonly ask: 'restart'; readonly program: readonly string[] }

export const wishSignal = 'SIGUSR2'

const fileIn = (stateFolder: string): string => join(stateFolder, 'daemon-wish.json')

/** Throws what the disk throws, and when there is no such process. */
export function sendWish(stateFolder: string, pid: number, wish: Wish): void {
  replacePrivately(fileIn(stateFolder), `${JSON.stringify({ pid, ...wish })}\n`)
  process.kill(pid, wishSignal)
}

/** Whoever it was for will not read it any more. Never throws. */
export function withdrawWish(stateFolder: string): void {
  try {
    rmSync(fileIn(stateFolder), { force: true })
  } catch {
    // it says whom it is for, so it does no harm
  }
}

/** undefined: there is none for this process, or it cannot be read. Never throws. */
export function takeWish(stateFolder: string, ownPid: number): Wish | undefined {
  try {
    const text = readFileSync(fileIn(stateFolder), 'utf8')
    const { pid, ask, graceMs, program } = asObject(tryParseJson(text))
    if (pid !== ownPid) return undefined
    rmSync(fileIn(stateFolder), { force: true })
    const words = asList(program).flatMap((word) => asText(word) ?? [])
    if (ask === 'restart' && words.length > 0) return { ask, program: words }
    return ask === 'end' ? { ask, graceMs: asNumber(graceMs) ?? 0 } : undefined
  } catch {
    return undefined
  }
}
