/** The block in a shell's start-up file: put in, brought up to date, and taken out without a trace. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { chooseAliases } from '../../src/launch/shell-aliases.ts'
import { blockFor, shells, withBlock, withoutBlock } from '../../src/launch/shell-block.ts'

const block = (aliases = chooseAliases(() => undefined, new Set()).made) =>
  blockFor('bash', { binFolder: "/opt/it's here/bin", aliases })

function edited(made: ReturnType<typeof withBlock>): string {
  if (made.kind === 'torn') throw new Error(`torn in line ${made.line}`)
  return made.text ?? 'no file'
}

const startUpFile = fc
  .array(fc.constantFrom('export A=1', '', '# a comment', 'alias l=ls', '  if true; then', '\tx', 'ü'))
  .chain((lines) => fc.constantFrom(lines.join('\n'), `${lines.join('\n')}\n`, lines.join('\r\n')))

describe('the block', () => {
  test('taken out again leaves the file byte for byte as it was', () => {
    fc.assert(
      fc.property(startUpFile, (text) => {
        expect(edited(withoutBlock(edited(withBlock(text, block()))))).toBe(text)
      }),
    )
  })

  test('takes a file with it that was made for it, unless somebody has written there since', () => {
    const made = edited(withBlock(undefined, block()))
    expect(withoutBlock(made)).toEqual({ kind: 'edited', text: undefined })
    expect(edited(withoutBlock(`${made}export A=1\n`))).toBe('export A=1\n')
    expect(withoutBlock(undefined)).toEqual({ kind: 'edited', text: undefined })
  })

  test('put in twice is there once', () => {
    fc.assert(
      fc.property(startUpFile, (text) => {
        const once = edited(withBlock(text, block()))
        expect(edited(withBlock(once, block()))).toBe(once)
      }),
    )
  })

  test('is brought up to date where it stands, with what follows it untouched', () => {
    const before = `${edited(withBlock('export A=1', block([])))}export B=2\n`
    const after = edited(withBlock(before, block()))
    expect(after).toContain("alias ccc='xx ccf'")
    expect(after.endsWith('# <<< clutch <<<\nexport B=2\n')).toBe(true)
    expect(edited(withoutBlock(after))).toBe('export A=1\nexport B=2\n')
  })

  test.each([
    ['# >>> clutch >>>\nalias x=y\n', 1],
    ['a\n# <<< clutch <<<\n', 2],
    ['# <<< clutch <<<\n# >>> clutch >>>\n', 2],
    ['# >>> clutch >>>\n# >>> clutch >>>\n# <<< clutch <<<\n', 1],
  ])('with a mark torn off is left alone, and the line is named: %j', (text, line) => {
    expect(withBlock(text, block())).toEqual({ kind: 'torn', line })
    expect(withoutBlock(text)).toEqual({ kind: 'torn', line })
  })

  test.each(shells)('for %s holds PATH, aliases and completions', (shell) => {
    const made = blockFor(shell, { binFolder: '/opt/bin', aliases: [{ name: 'qw', runs: 'xx qip' }] })
    expect(made).toContain('/opt/bin')
    expect(made).toContain("alias qw='xx qip'")
    expect(made).toContain('clutch complete --')
  })
})

describe('an alias that would hide a program', () => {
  test('is left out, with what it would hide', () => {
    const { made, hiding } = chooseAliases((name) => (name === 'oc' ? '/usr/bin/oc' : undefined), new Set())
    expect(made.map(({ name }) => name)).not.toContain('oc')
    expect(hiding.map(({ alias, hides }) => `${alias.name}: ${hides}`)).toEqual([
      'cc: the C compiler',
      'pi: Pi itself',
      'oc: /usr/bin/oc',
      'ante: Ante itself',
    ])
  })

  test('is made when it was asked for', () => {
    const { made, hiding } = chooseAliases(() => '/usr/bin/any', new Set(['cc']))
    expect(made.map(({ name }) => name)).toEqual(['cc'])
    expect(hiding.map(({ alias }) => alias.name)).not.toContain('cc')
  })
})
