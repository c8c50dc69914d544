/**
 * Runs the filters over their own examples before anybody needs them: what runs for the first time takes longer than a
 * result may wait, and would be left raw. One filter at a time, so that nobody waits for this either. When the first call
 * has ended, since a gateway that nobody asks has no use for the memory, and a first call brings no results yet.
 */
import { shorten } from '../compression/shorten.ts'
import { filters } from '../filters/index.ts'

const rounds = 2
const pauseMs = 5
const how = { level: 'balanced', originalId: 'r00000', filters } as const

let isWarm = false

/** Once in a process. */
export function warmFilters(): void {
  if (isWarm) return
  isWarm = true
  const waiting = [...filters]
  const next = (): void => {
    const filter = waiting.shift()
    if (!filter) return
    for (const { commandLine, output, failed = false } of filter.examples)
      for (let round = 0; round < rounds; round++)
        shorten({ tool: 'Bash', commandLine, failed, text: output }, how)
    setTimeout(next, pauseMs).unref()
  }
  setTimeout(next, pauseMs).unref()
}
