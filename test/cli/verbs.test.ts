import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { runVerb } from '../../src/cli/run.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

async function run(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const said = { out: '', err: '' }
  const code = await runVerb(args, {
    out: (text) => {
      said.out += text
    },
    err: (text) => {
      said.err += text
    },
    env: {},
    home: '/nonexistent',
    cwd: '/',
  })
  return { code, ...said }
}

describe('verbs', () => {
  test.each([['help'], ['--help'], ['-h'], []])('%j lists them all', async (...args) => {
    const { code, out } = await run(...args.filter((arg) => arg !== undefined))
    expect(code).toBe(0)
    for (const verb of ['serve', 'config', 'sandbox', 'version'])
      expect(out).toMatch(new RegExp(`clutch ${verb}\\b`))
  })

  test.each(['version', '--version', '-v'])('%s prints the version', async (verb) => {
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
    expect(await run(verb)).toEqual({ code: 0, out: `clutch ${version}\n`, err: '' })
  })

  test.each([
    [['srve'], /"srve" \(did you mean serve\?\)/],
    [['toString'], /"toString"/],
    [['serve', '--prot', '1'], /--prot \(did you mean --port\?\)/],
    [['serve', '--port'], /--port needs a value/],
    [['serve', 'now'], /no place for "now"/],
    [['sandbox', 'dance'], /dance/],
  ])('%j is wrong usage and says what would be right', async (args, words) => {
    const { code, err, out } = await run(...args)
    expect([code, out]).toEqual([64, ''])
    expect(err).toMatch(words)
  })

  test('serve and sandbox explain themselves', async () => {
    expect((await run('serve', '--help')).out).toMatch(/--sandbox-fixture FILE/)
    expect((await run('serve', '-h')).code).toBe(0)
    expect((await run('sandbox', '--help')).out).toMatch(/sandbox\/<script>/)
  })

  test('config show is there', async () => {
    const { code, out } = await run('config', 'show')
    expect(code).toBe(0)
    expect(out).toMatch(/listeners\.0\.port/)
  })
})

describe('commands in bin', () => {
  const call = (folder: string, name: string, ...args: string[]) =>
    spawnSync(join(folder, 'bin', name), args, { encoding: 'utf8' })

  test('model-scan says what is missing, exit 69', () => {
    const { status, stderr } = call(root, 'model-scan')
    expect(status).toBe(69)
    expect(stderr).toMatch(/^model-scan: /)
  })

  test.each(['clutch', 'xx', 'proxies', 'cg_run'])('%s explains itself', (name) => {
    const { status, stdout } = call(root, name, '--help')
    expect(status).toBe(0)
    expect(stdout).toContain(name)
  })

  test('clutch without a build says what to run, exit 69', () => {
    const clone = mkdtempSync(join(tmpdir(), 'clutch-clone-'))
    cpSync(join(root, 'bin'), join(clone, 'bin'), { recursive: true })
    cpSync(join(root, 'package.json'), join(clone, 'package.json'))
    const { status, stderr } = call(clone, 'clutch', 'serve')
    expect([status, stderr]).toEqual([69, expect.stringMatching(/npm start/)])
    rmSync(clone, { recursive: true })
  })
})
