import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canGroup, type Finding, inGroups } from '../../src/filters/text/findings.ts'
import { differences } from './needles.ts'
import { fromGroups } from './told-back.ts'

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
const name = fc.oneof(
  fc.constantFrom(
    'spare',
    'string | undefined',
    'a, b',
    '===',
    '==',
    '{}',
    '{1}',
    '3:4=x',
    '=',
    '',
    "it's",
    '12',
  ),
  fc.stringMatching(/^[\w.,=" ]{1,12}$/),
)
/** Messages of a few kinds, as linters have them: they differ in what is quoted, in numbers, or in their middle. */
const kinds: readonly ((one: string, other: string, number: number) => string)[] = [
  (one) => `error '${one}' is defined but never used  no-unused-vars`,
  (one, other) => `error TS2322: Type '${one}' is not assignable to type '${other}'.`,
  (one) => `F401 \`${one}\` imported but unused; remove \`${one}\``,
  (_, __, number) => `E501 Line too long (${number} > 88)`,
  (one) => `W0511: TODO ${one} (fixme)`,
  (one) => `lint/nursery/noSync i Unexpected call to ${one}.`,
  (one, other) => `R0801: Similar lines ==${one} ==${other} (duplicate-code)`,
]
const said = fc.oneof(
  fc.constantFrom('error TS2304: Cannot find name `x`.', 'warning: unused variable'),
  fc
    .tuple(fc.constantFrom(...kinds), name, name, fc.nat(200))
    .map(([kind, one, other, number]) => kind(one, other, number)),
  word,
  fc.string({ maxLength: 20 }),
)
const finding: fc.Arbitrary<Finding> = fc.record({
  path,
  at: place,
  text: fc
    .tuple(
      said,
      fc.oneof(
        fc.constantFrom([], ['  i Do not.'], ['  i Do not.', '  i Really.']),
        fc.array(word, { maxLength: 2 }),
      ),
    )
    .map(([first, rest]) => [first, ...rest]),
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

  it('say a message once that several files have, and a path once that has several', () => {
    const missing = ['error: not found, and that is all']
    const lines = inGroups([
      { path: 'src/one/alpha.ts', at: '1:2', text: missing },
      { path: 'src/one/alpha.ts', at: '3', text: ['error: odd', '  because'] },
      { path: 'src/one/alpha.ts', at: '5', text: ['error: even'] },
      { path: 'src/two/beta.ts', at: '5:1', text: ['error: not found, and that is all'] },
      { path: 'src/two/gamma.ts', at: '5:1', text: ['error: not found, and that is all'] },
      { path: 'src/two/gamma.ts', at: '7:1', text: ['error: strange'] },
      { path: 'src/one/alpha.ts', at: '9:9', text: missing },
    ])
    expect(lines).toEqual([
      'error: not found, and that is all',
      ' src/one/alpha.ts 1:2,9:9 src/two/beta.ts,src/two/gamma.ts 5:1',
      'src/one/alpha.ts',
      ' 3 error: odd',
      '    because',
      ' 5 error: even',
      'src/two/gamma.ts:7:1 error: strange',
    ])
  })

  it('say once what messages have in common that differ in a name, a number or their middle', () => {
    const of = (path: string, at: string, first: string, ...more: string[]) => ({
      path,
      at,
      text: [first, ...more],
    })
    expect(
      inGroups([
        of('src/a.ts', '1:2', "error 'one' is not defined  no-undef"),
        of('src/a.ts', '2:2', "error 'one' is not defined  no-undef"),
        of('src/b.ts', '3:2', "error 'two' is not defined  no-undef"),
        of('src/a.ts', '4', "TS2322: Type 'string | number' is not assignable to type 'Item'."),
        of('src/b.ts', '5', "TS2322: Type 'string' is not assignable to type 'Item[]'."),
        of('src/a.ts', '6', 'F401 `one` imported but unused', 'help: Remove unused import: `one`'),
        of('src/b.ts', '7', 'F401 `two` imported but unused', 'help: Remove unused import: `two`'),
        of('src/a.ts', '8', 'W0511: TODO say why this is (fixme)'),
        of('src/a.ts', '9', 'W0511: FIXME with the others (fixme)'),
      ]),
    ).toEqual([
      "error '{}' is not defined  no-undef",
      ' src/a.ts 1:2,2:2=one src/b.ts 3:2=two',
      "TS2322: Type '{}' is not assignable to type '{}'.",
      " src/a.ts 4='string | number',Item src/b.ts 5=string,Item[]",
      'F401 `{}` imported but unused',
      '  help: Remove unused import: `{1}`',
      ' src/a.ts 6=one src/b.ts 7=two',
      'W0511: {} (fixme)',
      ' src/a.ts 8= TODO say why this is',
      ' 9= FIXME with the others',
    ])
  })
})
