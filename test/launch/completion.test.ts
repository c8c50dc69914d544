/** What a half-typed command line may become. */
import { describe, expect, test } from 'vitest'
import { complete, type KnownWords } from '../../src/launch/completion.ts'

const known: KnownWords = {
  clutchVerbs: [{ word: 'serve' }, { word: 'launch' }, { word: 'logs' }],
  proxiesVerbs: [{ word: 'up' }, { word: 'down' }],
  profiles: () => ['default', 'night'],
  providers: () => ['alpha', 'beta'],
  models: () => ['alpha/one', 'beta/two'],
  sessions: (letter) => (letter === 'c' ? [{ word: 'c-1', means: 'shop' }] : [{ word: 'any' }]),
  tiers: () => ['d', 'z'],
}
const words = (line: string): string[] => complete(line.split(' '), known).map(({ word }) => word)

describe('tab', () => {
  test.each([
    ['clutch l', ['launch', 'logs']],
    ['proxies d', ['down']],
    ['clutch proxies u', ['up']],
    [
      'xx ',
      [
        'call',
        'doctor',
        'models',
        'recover',
        'resume',
        'sessions',
        '--help',
        '--list',
        'c',
        'h',
        'x',
        'q',
        'p',
        'o',
        'a',
        'g',
      ],
    ],
    ['xx ci', ['ci', 'cip', 'cib', 'cid', 'ciz']],
    ['xx cip', ['cip', 'cipd', 'cipz']],
    ['xx ciz', ['ciz']],
    ['xx zz', []],
    ['xx cip --pro', ['--prompt', '--profile', '--provider']],
    ['xx cip --profile n', ['night']],
    ['xx cip -P ', ['alpha', 'beta']],
    ['xx cip -m b', ['beta/two']],
    ['xx csp -s ', ['c-1']],
    ['xx resume ', ['any']],
    ['xx call co', ['codex']],
    ['clutch launch cl', ['claude']],
    ['clutch launch claude --dir', ['--direct']],
    ['clutch launch claude --session ', ['c-1']],
    ['/usr/local/bin/xx cip --dry', ['--dry-run']],
    ['xx cip -p ', []],
  ])('after %j offers %j', (line, offered) => expect(words(line)).toEqual(offered))

  test('says what a code means', () => {
    expect(complete(['xx', 'cCpz'], known)).toEqual([
      { word: 'cCpz', means: 'Claude Code, continue, headless, proxy, tier z' },
    ])
  })
})
