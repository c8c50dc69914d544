/** The manners of the verbs that show and do what compression does: what is wrong is told, with what would be right. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { runVerb } from '../../src/cli/run.ts'
import { scratch } from '../store/scratch.ts'

async function run(args: readonly string[], home = scratch(), cwd = home) {
  const said = { out: '', err: '' }
  const code = await runVerb([...args], {
    out: (text) => {
      said.out += text
    },
    err: (text) => {
      said.err += text
    },
    env: { PATH: '/usr/bin:/bin' },
    home,
    cwd,
    program: ['node', '/opt/clutch/bin/clutch'],
  })
  return { code, ...said }
}

const wrongs: readonly (readonly [string, RegExp])[] = [
  ['cache --jsno', /--jsno \(did you mean --json\?\)/],
  ['cache --json=no', /--json takes no value/],
  ['cache now', /no place for "now"/],
  ['gain --nett', /--nett \(did you mean --net\?\)/],
  ['gain --by agnet', /"agnet" \(did you mean agent\?\)/],
  ['gain --net=yes', /--net takes no value/],
  ['discover --lossles', /--lossles \(did you mean --lossless\?\)/],
  ['discover --agent claud', /"claud" \(did you mean claude\?\)/],
  ['show r12345 --gerp x', /--gerp \(did you mean --grep\?\)/],
  ['show r12345 --grep', /--grep needs a value/],
  ['show r12345 --grep (', /regular expression/],
  ['show r12345 --lines 9:3', /--lines takes A:B/],
  ['show r12345 --lines 0', /--lines takes A:B/],
  ['show r12345 r23456', /one id at a time/],
  ['show', /needs the id/],
  ['filter --profil off', /--profil \(did you mean --profile\?\)/],
  ['filter --profile balancd', /"balancd" \(did you mean balanced\?\)/],
  ['filter lits', /"lits".*did you mean list\?/],
  ['filter list --jsno', /--jsno \(did you mean --json\?\)/],
  ['filter test --dry', /--dry/],
  ['hook instal', /"instal".*did you mean install\?/],
  ['hook install --projct', /--projct \(did you mean --project\?\)/],
  ['hook install now', /no place for "now"/],
  ['hook --jsno', /--jsno/],
  ['doctor --jsno', /--jsno \(did you mean --json\?\)/],
  ['run --levl off true', /--levl \(did you mean --level\?\)/],
  ['run --level balancd true', /"balancd".*did you mean balanced\?/],
  ['run --hold soon true', /--hold needs milliseconds/],
]

describe('what is wrong is refused, with what would be right', () => {
  it.each(wrongs)('clutch %s', async (line, words) => {
    const { code, out, err } = await run(line.split(' '))
    expect([code, out]).toEqual([64, ''])
    expect(err).toMatch(words)
  })

  it('an option with its value in one word is the same: --hold=5, --level=off', async () => {
    for (const words of [
      ['--hold=5', 'true'],
      ['--level=off', '--', 'true'],
    ])
      expect(await run(['run', ...words])).toEqual({ code: 0, out: '', err: '' })
  })
})

describe('what prints a state prints it for programs too', () => {
  it.each(['cache', 'gain', 'discover', 'filter list', 'filter test', 'hook install --dry-run', 'doctor'])(
    'clutch %s --json',
    async (line) => {
      const home = scratch()
      mkdirSync(join(home, '.clutch', 'filters'), { recursive: true })
      writeFileSync(join(home, '.clutch', 'filters', 'own.json'), '{ "match": {} }')
      const { out, err } = await run([...line.split(' '), '--json'], home)
      if (line === 'cache') expect(err).toMatch(/no ledger/)
      else expect(JSON.parse(out)).toBeTypeOf('object')
    },
  )

  it('the list of filters says whose each is, and whether it may be used', async () => {
    const home = scratch()
    mkdirSync(join(home, '.clutch', 'filters'), { recursive: true })
    writeFileSync(join(home, '.clutch', 'filters', 'own.json'), '{ "match": {} }')
    const { out } = await run(['filter', 'list', '--json'], home)
    const { own, built_in: builtIn } = JSON.parse(out)
    expect(own).toMatchObject([{ path: join(home, '.clutch/filters/own.json'), whose: 'project' }])
    expect(own[0].broken).toBeTypeOf('string')
    expect(builtIn).toContain('grep')
  })
})
