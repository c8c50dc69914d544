// `xx resume`: one list of all agents' sessions, and each goes on where it was.
import { spawnSync } from 'node:child_process'
import { mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { agents } from '../../src/agents/index.ts'
import { endsWithAnswer } from '../../src/launch/sessions.ts'
import { planAsScript } from '../../src/launch/shell.ts'
import { planned } from './around.ts'
import { bundleLauncher, type Installed, install } from './built.ts'
import { Terminal } from './terminal.ts'

const shop = '0000000a-aaaa-4bbb-8ccc-0123456789ab'
const bank = '0000000b-aaaa-4bbb-8ccc-0123456789ab'
const gone = 'fffffff0-aaaa-4bbb-8ccc-0123456789ab'

let bundle: string
let place: Installed
beforeAll(async () => {
  bundle = await bundleLauncher()
})
afterAll(() => rmSync(bundle, { recursive: true }))
beforeEach(() => {
  place = install(bundle)
  place.config({ port: 9, proxy: { auto_start: false } })
  for (const name of ['shop', 'bank']) mkdirSync(join(place.dir, name))
  put(`.claude/projects/-x/${shop}.jsonl`, 20, {
    cwd: join(place.dir, 'shop'),
    message: { role: 'user', content: 'Mend it' },
  })
  put(`.codex/sessions/2026/11/20/rollout-2026-11-20T10-00-00-${bank}.jsonl`, 10, {
    payload: { cwd: join(place.dir, 'bank') },
  })
  put(`.claude/projects/-y/${gone}.jsonl`, 30, { cwd: join(place.dir, 'nowhere') })
})
afterEach(() => place.remove())

function put(path: string, agoS: number, ...lines: readonly unknown[]) {
  const file = join(place.home, path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(''))
  const at = Date.now() / 1000 - agoS
  utimesSync(file, at, at)
}

describe('xx resume', () => {
  it.each([
    ['1', 'bank', bank],
    ['2', 'shop', shop],
    ['claude', 'shop', shop],
    ['x', 'bank', bank],
    [shop, 'shop', shop],
    ['0000000b', 'bank', bank],
  ])('%s takes up the session in %s, in its own folder', (word, folder, id) => {
    const { stdout } = place.run(['resume', word, '-n', '-m', 'kimi/k3'])
    expect(stdout).toContain(id)
    expect(stdout).toContain('kimi/k3')
    expect(stdout).toMatch(new RegExp(`x-clutch-project"?[:=] ?"?${folder}`))
  })

  it.each([['9'], ['0000000'], ['nobody']])('%s is none', (word) => {
    const { status, stderr } = place.run(['resume', word])
    expect(status).toBe(64)
    expect(stderr).toMatch(new RegExp(`there is no session ${word}\\n {4}try: xx sessions`))
  })

  it('a session whose folder is gone says so, with the way to have it here', () => {
    const { status, stderr } = place.run(['resume', '3'])
    expect(status).toBe(69)
    expect(stderr).toMatch(/nowhere, which is gone\n {4}try: xx csp -s fffffff0/)
  })

  it('without a word it shows the list and asks; without a terminal it only says what it needs', async () => {
    const terminal = new Terminal([place.xx, 'resume', '-n'], { cwd: place.project, env: place.env })
    await terminal.shows(/which\? \[1\]/)
    expect(terminal.shown).toMatch(/1 +0m {2}codex .*bank[\s\S]*2 +0m {2}claude .*shop.*Mend it/)
    terminal.type('2\r')
    expect(await terminal.end()).toBe(0)
    expect(terminal.shown).toContain(`--resume ${shop}`)
    expect(place.run(['resume']).stderr).toMatch(/it needs a number or an id/)
  })

  it('a command goes to its folder before it begins, or not at all', () => {
    const folder = join(place.dir, 'shop')
    const there = (cwd: string) => ({ ...planned('cid'), program: 'pwd', args: [], cwd })
    expect(spawnSync('sh', ['-c', planAsScript(there(folder))], { encoding: 'utf8' }).stdout).toBe(
      `${folder}\n`,
    )
    const nowhere = spawnSync('sh', ['-c', planAsScript(there(join(folder, 'x')))], { encoding: 'utf8' })
    expect([nowhere.stdout, nowhere.status]).not.toEqual([expect.stringMatching('/'), 0])
    expect(nowhere.stdout).toBe('')
  })
})

describe('Pi’s last word', () => {
  const pi = agents.find(({ id }) => id === 'pi')
  const said = (role: string, text: string) => ({
    type: 'message',
    message: { role, content: [{ type: 'text', text }] },
  })
  const ends = (cwd: string, id?: string) =>
    pi !== undefined && endsWithAnswer(pi, { home: place.home, env: {} }, cwd, id)

  it('is found in the newest session of this folder, or in the one that is named', () => {
    const folder = '.pi/agent/sessions/--x--'
    put(`${folder}/a_${shop}.jsonl`, 9, { cwd: '/x' }, said('user', 'Hi'), said('assistant', 'Ho'))
    put(
      `${folder}/b_${bank}.jsonl`,
      5,
      { cwd: '/x' },
      said('user', 'Hi'),
      said('assistant', 'x'.repeat(300_000)),
      said('user', 'and?'),
    )
    expect(ends('/x')).toBe(false)
    expect(ends('/x', shop)).toBe(true)
    expect(ends('/x', bank)).toBe(false)
    expect(ends('/elsewhere')).toBe(false)
  })
})
