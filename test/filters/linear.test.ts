import { performance } from 'node:perf_hooks'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LinearPattern } from '../../src/filters/text/linear.ts'

const patterns = [
  'a',
  '^a',
  'a$',
  '^$',
  'a*',
  'a+b',
  'a?b',
  '(a|b)c',
  '(?:ab)+',
  'a{2,3}',
  'a{2}',
  'a{1,}b',
  '[ab]c',
  '[^a]b',
  '[a-c]+x',
  '\\d+',
  '\\w\\s\\w',
  '\\.',
  '.b.',
  '^(a|ab)(c|bcd)$',
  '(a*)*b',
  '(a|a)*b',
  'a.*b.*c',
  '^\\S+:\\d',
  '[\\d.]+x',
  'x|',
  '(^a|b$)',
  'a\\[1\\]',
  '\\t',
  '[]x]'.replace('[]', '[\\]'),
  '[a-]+',
  'a*?b',
]

describe('a pattern that takes linear time', () => {
  it.each(patterns)('finds what a RegExp finds: %s', (pattern) => {
    const ours = new LinearPattern(pattern)
    const theirs = new RegExp(pattern)
    const lines = fc.stringMatching(/^[abcdx1.:[\]\t -]{0,12}$/)
    fc.assert(
      fc.property(lines, (line) => {
        expect(ours.test(line)).toBe(theirs.test(line))
      }),
      { numRuns: 300 },
    )
  })

  it('knows the longest beginning that fits', () => {
    const path = new LinearPattern('[^:]+:')
    expect(path.prefixOf('src/a.ts:12: x')).toBe('src/a.ts:'.length)
    expect(path.prefixOf('nothing')).toBe(-1)
    expect(new LinearPattern('a*').prefixOf('aab')).toBe(2)
    expect(new LinearPattern('a+$').prefixOf('aaa')).toBe(3)
    expect(new LinearPattern('b').prefixOf('ab')).toBe(-1)
  })

  it('takes letters for the same in any case after (?i)', () => {
    expect(new LinearPattern('(?i)error [a-c]').test('ERROR B')).toBe(true)
    expect(new LinearPattern('error').test('ERROR')).toBe(false)
  })

  it.each([
    ['(?=a)', '(?:'],
    ['\\bword', '\\b'],
    ['(a)\\1', 'references'],
    ['(a', 'no )'],
    ['a)', ') too many'],
    ['[a', 'no ]'],
    ['*a', 'nothing before'],
    ['a{3,2}', 'smaller to a larger'],
    ['(((a{100}){100}){100})', 'too large'],
    ['a'.repeat(600), 'longer'],
    ['\\p{L}', 'not understood'],
  ])('refuses %s with a reason', (pattern, reason) => {
    expect(() => new LinearPattern(pattern)).toThrow(reason)
  })

  it.each(['(a+)+$', '(a|aa)+$', '(.*)*x', 'a?'.repeat(60) + 'a'.repeat(60), '(.*a){20}$'])(
    'is not slowed down by %s',
    (pattern) => {
      const ours = new LinearPattern(pattern)
      const line = `${'a'.repeat(100_000)}!`
      const startMs = performance.now()
      ours.test(line)
      expect(performance.now() - startMs).toBeLessThan(2_000)
    },
  )
})
