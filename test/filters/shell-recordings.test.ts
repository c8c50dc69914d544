import { countTokens } from 'gpt-tokenizer/encoding/o200k_base'
import { describe, expect, it } from 'vitest'
import { shorten } from '../../src/compression/shorten.ts'
import { filters } from '../../src/filters/index.ts'
import { linesOf, originalId } from './needles.ts'
import { recordedShell, shellRecordings } from './shell-recordings.ts'

/** What an agent would read in place of the recording, as lines. */
function toldOf(
  name: string,
  commandLine: string,
): { readonly text: string; readonly lines: readonly string[] } {
  const text = recordedShell(name)
  const result = { tool: 'Bash', commandLine, failed: false, text }
  const outcome = shorten(result, { level: 'balanced', originalId, filters })
  const told = outcome.kind === 'shortened' ? outcome.text : text
  return { text: told, lines: linesOf(told) }
}

describe('what the real tools printed', () => {
  const table = shellRecordings.map(([name, commandLine, least, proof]) => ({
    name,
    commandLine,
    least,
    proof,
  }))

  it.each(table)(
    '$name, printed by $commandLine, is at least $least % less, every fact kept',
    ({ name, commandLine, least, proof }) => {
      const told = toldOf(name, commandLine)
      const saved = 100 * (1 - countTokens(told.text) / countTokens(recordedShell(name)))
      const wrong = proof(name, told.lines)
      expect(wrong.slice(0, 5)).toEqual([])
      expect(saved).toBeGreaterThanOrEqual(least)
    },
  )
})
