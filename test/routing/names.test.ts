import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { endsAsItPleases, readName } from '../../src/routing/names.ts'
import { configured, house } from './house.ts'

describe('a model name', () => {
  it.each([
    ['opus', { name: 'opus', million: false }],
    ['claude-opus-5[1m]', { name: 'claude-opus-5', million: true }],
    ['claude-opus-5[1M]', { name: 'claude-opus-5', million: true }],
    ['opus:high', { name: 'opus', million: false, thinking: { kind: 'effort', effort: 'high' } }],
    ['a/b:16k', { name: 'a/b', million: false, thinking: { kind: 'budget', budgetTokens: 16_384 } }],
    ['a/b:32000', { name: 'a/b', million: false, thinking: { kind: 'budget', budgetTokens: 32_000 } }],
    ['a/b:off', { name: 'a/b', million: false, thinking: { kind: 'off' } }],
    ['opus:high[1m]', { name: 'opus', million: true, thinking: { kind: 'effort', effort: 'high' } }],
    ['opus[1m]:high', { name: 'opus', million: true, thinking: { kind: 'effort', effort: 'high' } }],
  ])('[C17] %s', (said, read) => expect(readName(said)).toEqual(read))

  it.each([
    'a/b:free',
    'a/b:nitro',
    'a/b:thinking',
    'a/b:online',
    'a/b:floor',
    'qwen3:8b',
    'x:0.5b',
    ':high',
  ])('%s keeps its ending', (said) => expect(readName(said)).toEqual({ name: said, million: false }))

  it('of a local server ends as its owner pleases', () => {
    const local = endsAsItPleases(house(configured('box', { local: true }), configured('alpha')))
    expect(readName('box/phi3:medium', local).name).toBe('box/phi3:medium')
    expect(readName('alpha/phi3:medium', local).name).toBe('alpha/phi3')
  })

  it('is read once: what is left of it says nothing more, unless it was said twice', () => {
    fc.assert(
      fc.property(
        fc.stringMatching(/^[a-z/.-]{1,12}(:free)?$/),
        fc.constantFrom('', ':low', ':8k', '[1m]'),
        (name, end) => {
          expect(readName(`${name}${end}`).name).toBe(name)
        },
      ),
    )
  })
})
