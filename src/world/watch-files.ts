/** Notices that files change: by looking, because editors replace files rather than write into them. */
import { statSync } from 'node:fs'
import type { Clock } from './clock.ts'

const lookEveryMs = 2_000
/** Told only once a file has rested so long: it may still be being written. */
const restMs = 250

/** Calls `changed` after any of the files came, went or changed. The returned function ends the watch. */
export function watchFiles(files: readonly string[], clock: Clock, changed: () => void): () => void {
  let known = stampOf(files)
  let cancel = clock.after(lookEveryMs, look)
  function look(): void {
    const now = stampOf(files)
    cancel = now === known ? clock.after(lookEveryMs, look) : clock.after(restMs, () => settle(now))
  }
  function settle(before: string): void {
    const now = stampOf(files)
    if (now !== before) {
      cancel = clock.after(restMs, () => settle(now))
      return
    }
    known = now
    cancel = clock.after(lookEveryMs, look)
    changed()
  }
  return () => cancel()
}

const stampOf = (files: readonly string[]): string => files.map(stampOfOne).join(' ')

function stampOfOne(file: string): string {
  try {
    const { mtimeMs, size, ino } = statSync(file)
    return `${mtimeMs}:${size}:${ino}`
  } catch {
    return 'none'
  }
}
