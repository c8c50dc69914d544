import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canGroup, type Finding, fromGroups, inGroups } from '../../src/filters/text/findings.ts'
import { differences } from './needles.ts'

const word = fc.stringMatching(/^[\w'"<>.,:;()[\]{} #=-]{0,30}$/)
const path = fc.oneof(
  fc.constantFrom(
    'src/a.ts',
    'src/b.ts',
    '/home/dev/shop/src/a.ts',
    '/home/dev/shop/src/b.ts',
    '/home/dev/shop/lib/c.ts',
  ),
  fc.stringMatching(/^[\w./ :-]{1,20}$/),
)
const place = fc.oneof(
  fc.nat(300).map(String),
  fc.tuple(fc.nat(300), fc.nat(90)).map(([row, column]) => `${row}:${column}`),
)
const said = fc.oneof(
  fc.constantFrom('error TS2304: Cannot find name `x`.', 'warning: unused variable'),
  word,
  fc.string({ maxLength: 20 }),
)
const finding: fc.Arbitrary<Finding> = fc.record({
  path,
  at: place,
  text: fc.tuple(said, fc.array(word, { maxLength: 2 })).map(([first, rest]) => [first, ...rest]),
})

describe('findings in groups', () => {
  it('are told back, all of them and as often as they were there', () => {
    fc.assert(
      fc.property(fc.array(finding, { maxLength: 30 }), (some) => {
        const groupable = some.filter(canGroup)
        expect(differences(groupable, fromGroups(inGroups(groupable)))).toEqual([])
      }),
      { numRuns: 2000 },
    )
  })

  it('say a path once, and a message once that many files have', () => {
    const missing = ['error: not found']
    const lines = inGroups([
      { path: 'src/one/alpha.ts', at: '1:2', text: missing },
      { path: 'src/one/alpha.ts', at: '3', text: ['error: odd', '  because'] },
      { path: 'src/two/beta.ts', at: '5:1', text: ['error: not found'] },
      { path: 'src/one/alpha.ts', at: '9:9', text: missing },
    ])
    expect(lines).toEqual([
      'src/one/alpha.ts',
      '  1:2,9:9 error: not found',
      '  3 error: odd',
      '      because',
      'src/two/beta.ts',
      '  5:1 error: not found',
    ])
  })
})
