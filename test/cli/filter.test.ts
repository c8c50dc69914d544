import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { filterVerb } from '../../src/cli/filter.ts'
import { showVerb } from '../../src/cli/show.ts'

const home = mkdtempSync(join(tmpdir(), 'clutch-filter-'))
afterAll(() => rmSync(home, { recursive: true, force: true }))

const log = [
  ...Array.from({ length: 3000 }, (_, at) => `step ${at} is done`),
  'ERROR: the database is gone',
  ...Array.from({ length: 3000 }, (_, at) => `cleanup ${at} is done as planned`),
].join('\n')

async function run(args: readonly string[], input: string, at = home) {
  const said = { out: '', err: '' }
  const io = {
    out: (text: string): void => {
      said.out += text
    },
    err: (text: string): void => {
      said.err += text
    },
    env: {},
    home: at,
    cwd: at,
  }
  const code = await filterVerb(args, io, async () => input)
  return { code, ...said, io }
}

describe('clutch filter', () => {
  it('prints what would stand in the place of an output, and keeps the original', async () => {
    const { code, out } = await run(['--command', './run.sh'], log)
    expect(code).toBe(0)
    expect(out).toContain('ERROR: the database is gone')
    expect(out.length).toBeLessThan(log.length / 3)
    const id = /clutch show (r[0-9a-f]+)\]/.exec(out)?.[1] ?? ''
    const shown: string[] = []
    showVerb([id], { out: (text) => void shown.push(text), err: () => undefined, env: {}, home, cwd: home })
    expect(shown.join('')).toBe(log)
  })

  it('prints an output that is left alone as it is', async () => {
    for (const args of [
      ['--profile', 'off', '--command', './run.sh'],
      ['--command', 'cat a.ts'],
      ['--profile', 'lossless'],
    ])
      expect((await run(args, log)).out).toBe(log)
    expect((await run(['--command', 'x'], '')).out).toBe('')
  })

  it('tells as JSON what was done', async () => {
    const told = JSON.parse((await run(['--json', '--command', './run.sh', '--failed'], log)).out)
    expect(told).toMatchObject({ filter: 'select', tier: 2, text: expect.stringContaining('ERROR') })
    expect(told.tokensAfter).toBeLessThan(told.tokensBefore / 3)
    expect(told.hiddenLines).toBeGreaterThan(4000)
    const left = JSON.parse((await run(['--json', '--tool', 'Read'], log)).out)
    expect(left).toMatchObject({ filter: null, because: 'a file as it is', hiddenLines: 0, text: log })
  })

  it('says so where the original cannot be kept', async () => {
    for (const nowhere of ['/dev/null', '/proc/nowhere']) {
      const { code, out, err } = await run(['--command', './run.sh'], log, nowhere)
      expect(code).toBe(0)
      expect(out).toContain('ERROR: the database is gone')
      expect(err).toContain('the original cannot be kept')
    }
  })

  it('knows wrong words', async () => {
    const wrong = await run(['--profile', 'lossles'], log)
    expect(wrong).toMatchObject({ code: 64, err: expect.stringContaining('did you mean lossless?') })
    expect((await run(['--comand', 'x'], log)).err).toContain('did you mean --command?')
    expect((await run(['--help'], log)).out).toContain('--profile LEVEL')
  })
})
