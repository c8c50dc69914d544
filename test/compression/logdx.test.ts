import { countTokens } from 'gpt-tokenizer/encoding/o200k_base'
import { describe, expect, it } from 'vitest'
import { type Level, shorten } from '../../src/compression/shorten.ts'
import { estimateTokens } from '../../src/compression/tokens.ts'
import { filters } from '../../src/filters/index.ts'
import { bare, type Failure, failures, isKept, nameOf } from './logdx.ts'

/** The ways in which an agent gets to see such a log. */
const commandLines = ['gh run view 123 --log-failed', 'cat raw.log', undefined] as const

function told({ log }: Failure, level: Level, commandLine: string | undefined): string {
  const outcome = shorten(
    { tool: 'Bash', ...(commandLine !== undefined && { commandLine }), failed: false, text: log },
    { level, originalId: 'r7f3a2', filters },
  )
  return outcome.kind === 'raw' ? log : outcome.text
}

const corpus = failures()
const average = (numbers: readonly number[]): number =>
  numbers.reduce((sum, each) => sum + each, 0) / numbers.length

function keptShare(failure: Failure, text: string): number {
  const shown = bare(text)
  return failure.signals.filter((signal) => isKept(signal, shown)).length / failure.signals.length
}

describe('18 real CI failures', () => {
  for (const commandLine of commandLines) {
    it(`keep 95 % of what names the cause at 6,000 tokens, read as ${commandLine ?? 'nobody knows what'}`, () => {
      const texts = corpus.map((failure) => told(failure, 'balanced', commandLine))
      expect(average(texts.map((text, index) => keptShare(corpus[index]!, text)))).toBeGreaterThanOrEqual(
        0.95,
      )
      expect(average(texts.map((text) => countTokens(text)))).toBeLessThanOrEqual(6000)
    })

    it(`keep all of it when nothing may be lost, read as ${commandLine ?? 'nobody knows what'}`, () => {
      const lost = corpus.flatMap((failure) => {
        const shown = bare(told(failure, 'lossless', commandLine))
        return failure.signals.filter((signal) => !isKept(signal, shown)).map(nameOf)
      })
      expect(lost).toEqual([])
    })
  }

  it('keep as much when gh writes job and step before each line', () => {
    const asked = corpus.map((failure) => ({
      ...failure,
      log: failure.log.replace(/^\ufeff/, '').replace(/^/gm, 'build (linux)\tUNKNOWN STEP\t'),
    }))
    const texts = asked.map((failure) => told(failure, 'balanced', 'gh run view 123 --log'))
    expect(average(texts.map((text, index) => keptShare(corpus[index]!, text)))).toBeGreaterThanOrEqual(0.95)
    expect(average(texts.map((text) => countTokens(text)))).toBeLessThanOrEqual(6000)
  })

  it('are counted by us about as a tokenizer counts them, whole and shortened', () => {
    const ratios = corpus
      .flatMap((failure) => [failure.log.slice(-100_000), told(failure, 'balanced', undefined)])
      .map((text) => estimateTokens(text) / countTokens(text))
    expect(Math.min(...ratios)).toBeGreaterThan(0.85)
    expect(Math.max(...ratios)).toBeLessThan(1.2)
    expect(average(ratios)).toBeCloseTo(1, 1)
  })

  it('are whole in number, and say something', () => {
    expect(corpus.length).toBe(18)
    expect(Math.min(...corpus.map(({ signals }) => signals.length))).toBeGreaterThan(3)
  })
})
