import { countTokens } from 'gpt-tokenizer/encoding/o200k_base'
import { describe, expect, it } from 'vitest'
import { commandOf } from '../../src/compression/command-line.ts'
import { shorten } from '../../src/compression/shorten.ts'
import { filters } from '../../src/filters/index.ts'
import { differences, lostFacts, originalId } from './needles.ts'
import { type Diagnostic, recorded, recordings } from './recordings.ts'
import { fromGroups } from './told-back.ts'

/** What stands in a shortened text as findings: their first line, notes below them, all of it in one; clippy's lint apart. */
const toldBack = (text: string): readonly Diagnostic[] =>
  fromGroups(text.split('\n')).flatMap(({ path, at, text: [said = '', ...more] }) => {
    const first = said.replace(/ #\w+$/, '')
    const whole = [said, ...more].map((line) => line.trim()).join(' ')
    const notes = more.filter((line) => line.startsWith('note: '))
    return [first, ...notes, ...(whole === first ? [] : [whole])].map((each): Diagnostic => [path, at, each])
  })

const linesOfOutput = (output: string): readonly string[] => output.replace(/\n$/, '').split('\n')

describe.each(recordings)(
  '$name, as its tool printed it',
  ({ name, commandLine, failed, saved, ...told }) => {
    const output = recorded(name)
    const lines = linesOfOutput(output)
    const at = (level: 'lossless' | 'balanced') => {
      const outcome = shorten(
        { tool: 'Bash', commandLine, failed, text: output },
        { level, originalId, filters },
      )
      return outcome.kind === 'shortened' ? outcome : { ...outcome, text: output, filter: '', tier: 0 }
    }

    it('is read by its own filter', () => {
      const command = commandOf(commandLine)!
      const first = filters.find((each) => each.suggests(command) && each.confirms(lines, command))
      expect(first?.id).toBeDefined()
      expect(saved === 0 ? first!.id : at('balanced').filter).toContain(first!.id)
    })

    it('costs fewer tokens', () => {
      const share = 1 - countTokens(at('balanced').text) / countTokens(output)
      expect(share).toBeGreaterThanOrEqual(saved)
    })

    it('keeps every fact', () => {
      const facts = told.facts?.(lines) ?? []
      if (told.facts) expect(facts.length).toBeGreaterThan(0)
      const { text } = at('balanced')
      const whole = [text, ...toldBack(text).map(([, , said]) => said)]
      expect(lostFacts(facts, whole.join('\n'))).toEqual([])
    })

    it('tells every diagnostic back, as often as it was there', () => {
      const diagnostics = told.diagnostics?.(lines) ?? []
      if (!told.diagnostics) return
      expect(diagnostics.length).toBeGreaterThan(5)
      for (const level of told.losslessly ? (['lossless', 'balanced'] as const) : (['balanced'] as const)) {
        const back = toldBack(at(level).text)
        expect(differences(diagnostics, back).filter((each) => each.startsWith('lost'))).toEqual([])
      }
    })

    it('says no word that its tool did not say', () => {
      const said = at('balanced')
        .text.split('\n')
        .filter((line) => !line.includes(' — clutch show ') && !/^\[\d+ lines as above, from "/.test(line))
      const words = said.flatMap((line) =>
        line.replace(/^paths are under |:(?=\d[\d:,]* )/, ' ').split(/ #|[\s{},=]+/),
      )
      const source = name === 'go-test-json' ? String(lines.map((line) => JSON.parse(line).Output)) : output
      expect(words.filter((word) => !source.includes(word) && !/^\d+(?::\d+)?$/.test(word))).toEqual([])
    })

    it('is not said to have gone well', () => {
      if (failed) expect(at('balanced').text).toMatch(/fail|error|warning|issue|problem|Would|\d+:\d+/i)
    })
  },
)
