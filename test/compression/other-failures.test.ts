import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base'
import { describe, expect, it } from 'vitest'
import { type Level, shorten } from '../../src/compression/shorten.ts'
import { filters } from '../../src/filters/index.ts'
import { bare } from './logdx.ts'

const folder = join(import.meta.dirname, '../data/failures')
const signals: Readonly<Record<string, readonly string[]>> = JSON.parse(
  readFileSync(join(folder, 'signals.json'), 'utf8'),
)
const logs = Object.keys(signals).map((name) => ({
  name,
  text: gunzipSync(readFileSync(join(folder, `${name}.log.gz`))).toString('utf8'),
}))

function told(text: string, level: Level): string {
  const commandLine = 'gh run view 123 --log-failed'
  const outcome = shorten(
    { tool: 'Bash', commandLine, failed: false, text },
    { level, originalId: 'r7f3a2', filters },
  )
  return outcome.kind === 'raw' ? text : outcome.text
}

const lostOf = (name: string, shown: string): readonly string[] =>
  (signals[name] ?? []).filter((signal) => !bare(shown).includes(signal))

const average = (numbers: readonly number[]): number =>
  numbers.reduce((sum, each) => sum + each, 0) / numbers.length

describe('failed CI jobs of other kinds', () => {
  it.each(logs)('tell what a reader needs: $name', ({ name, text }) => {
    expect(lostOf(name, text)).toEqual([])
    expect(lostOf(name, told(text, 'lossless'))).toEqual([])
    expect(lostOf(name, told(text, 'balanced'))).toEqual([])
  })

  it('do it in 6,000 tokens', () => {
    expect(average(logs.map(({ text }) => countTokens(told(text, 'balanced'))))).toBeLessThanOrEqual(6000)
  })

  it('tell the row that the last words of a step name again, though it looks like all the others', () => {
    const rows = Array.from({ length: 3000 }, (_, at) => `tool-${at}@1.${at}.0: MIT`)
    rows[1700] = 'chart-tools@3.1.0: GPL-3.0 (via reports)'
    const lines = [
      '##[group]Run ./licences.sh',
      '##[endgroup]',
      ...rows,
      '1 of 3000 packages has a licence nobody agreed to: chart-tools@3.1.0',
      '##[error]Process completed with exit code 4.',
    ]
    const text = lines.map((line) => `2026-08-04T09:00:00.1234560Z ${line}\n`).join('')
    expect(told(text, 'balanced')).toContain(rows[1700])
  })
})
