// The words of `xx` that start no agent.

import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { doctorVerb } from '../../src/cli/doctor.ts'
import { xxVerb } from '../../src/cli/xx.ts'
import { bundleLauncher, type Installed, install } from './built.ts'

let bundle: string
let place: Installed
beforeAll(async () => {
  bundle = await bundleLauncher()
})
afterAll(() => rmSync(bundle, { recursive: true }))
beforeEach(() => {
  place = install(bundle)
})
afterEach(() => place.remove())

async function say(verb: typeof xxVerb, ...args: string[]) {
  const said = { out: '', err: '' }
  const code = await verb(args, {
    out: (text) => {
      said.out += text
    },
    err: (text) => {
      said.err += text
    },
    env: { ...place.env, PATH: `${place.dir}/programs:/usr/bin:/bin` },
    home: place.home,
    cwd: place.project,
  })
  return { code, ...said }
}

describe('xx', () => {
  it.each([[[]], [['--help']], [['-h']]])('%j prints a card that fits on one screen', (args) => {
    const { status, stdout } = place.run(args)
    expect(status).toBe(0)
    const lines = stdout.split('\n')
    expect(lines.length).toBeLessThanOrEqual(24)
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(120)
    for (const word of [
      'cip',
      'c Claude Code',
      'g Antigravity',
      '--session',
      '--safe',
      '--dry-run',
      'xx doctor',
    ])
      expect(stdout).toContain(word)
  })

  it('--list tells what each agent can, and what it cannot', () => {
    const { stdout } = place.run(['--list'])
    expect(stdout).toMatch(/^o {2}OpenCode +yes +yes +– +yes +yes +yes +yes +openai-chat +1\.18\.33$/m)
    expect(stdout).toMatch(/^a {2}Ante .*documents only$/m)
    expect(stdout).toMatch(/cannot ask for approvals when it runs headless/)
  })

  it('that is not built says what to run', () => {
    rmSync(`${place.dir}/dist/xx.cjs`)
    expect(place.run(['cip'])).toMatchObject({ status: 69, stderr: expect.stringMatching(/npm start/) })
  })

  it('with a configuration that is no JSON names the line', () => {
    place.config('{\n  "port" 8082\n}')
    const { status, stderr } = place.run(['cip', '-n'])
    expect(status).toBe(78)
    expect(stderr).toMatch(/config\.json:2:10/)
  })

  it('resume takes up a session by its number, and refuses a number that is none', async () => {
    expect((await say(xxVerb, 'resume', '3')).err).toMatch(/there is no session 3\n {4}try: xx sessions/)
  })

  it('models lists what the gateway offers', async () => {
    const list = { data: [{ id: 'claude-opus', context_window: 200_000 }, { id: 'groq/x' }] }
    const server = createServer((_, response) => response.end(JSON.stringify(list))).listen(0, '127.0.0.1')
    await once(server, 'listening')
    place.config({ port: (server.address() as AddressInfo).port })
    const { code, out } = await say(xxVerb, 'models')
    server.close()
    expect(code).toBe(0)
    expect(out).toMatch(/^claude-opus +200k\ngroq\/x *\n$/)
  })

  it('models without a gateway says where it looked', async () => {
    place.config({ port: 9 })
    expect((await say(xxVerb, 'models')).err).toMatch(/nothing answers at http:\/\/127\.0\.0\.1:9/)
  })
})

describe('doctor', () => {
  it('compares versions, and does not only look whether a program is there', async () => {
    place.config({ port: 9 })
    place.program('claude', '#!/bin/sh\necho "2.1.329 (Claude Code)"\n')
    place.program('codex', '#!/bin/sh\necho codex-cli 0.171.2\n')
    place.program('qwen', '#!/bin/sh\necho 0.15.10\n')
    place.program('pi', '#!/bin/sh\necho 0.72.1 >&2\n')
    place.program('hermes', '#!/bin/sh\necho Hermes Agent v0.20.4\n')
    place.program('agy', '#!/bin/sh\nexit 3\n')
    const { code, out } = await say(doctorVerb)
    expect(code).toBe(69)
    expect(out).toMatch(/^– {2}gateway +nothing answers at http:\/\/127\.0\.0\.1:9; xx starts it$/m)
    expect(out).toMatch(/^(?:✓ {2}crash guard {2}tmux [\d.]+|– {2}crash guard {2}no tmux: )/m)
    expect(out).toMatch(/^✓ {2}claude +2\.1\.329 .*\n(?! )/m)
    expect(out).toMatch(/^✓ {2}codex +0\.171\.2 .*\n {5}newer than 0\.169\.0, which was verified$/m)
    expect(out).toMatch(/^✓ {2}qwen +0\.15\.10 .*\n {5}command lines were verified with 0\.24\.4$/m)
    expect(out).toMatch(/^! {2}pi +0\.72\.1 .*\n {5}older than 0\.73\.1: older ones were never run/m)
    expect(out).toMatch(/^✓ {2}hermes +0\.20\.4 .*\n {5}before 0\.21 .*\n {5}.*were not run$/m)
    expect(out).toMatch(/^! {2}antigravity +.*agy does not tell its version \(--version\)$/m)
    expect(out).toMatch(/^– {2}opencode +not installed: npm install -g opencode-ai$/m)
  })

  it('is content with a machine that has nothing wrong', async () => {
    place.config({ port: 9 })
    expect((await say(doctorVerb)).code).toBe(0)
  })
})
