// From the words to the agent's own process, on a real shell.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { quoteAlways } from '../../src/launch/quote.ts'
import { planAsScript, planForPeople } from '../../src/launch/shell.ts'
import { planned, settings } from './around.ts'
import { bundleLauncher, echo, type Installed, install, readEcho } from './built.ts'

/** Of util-linux: gives a command a terminal. */
const pseudoTerminal = 'script'

let bundle: string
let place: Installed

beforeAll(async () => {
  bundle = await bundleLauncher()
})
afterAll(() => rmSync(bundle, { recursive: true }))
beforeEach(() => {
  place = install(bundle)
  place.config({ proxy: { auto_start: false } })
})
afterEach(() => place.remove())

const nasty = [
  `it's "quoted" and \`ticked\``,
  '$HOME $PATH $(touch broken) \\ \\\\ !! *',
  'two\nlines, and a\ttab',
  'ends with newlines\n\n',
  'ünïcode ✓ 🦊',
  '; exit 3 # & | < >',
]

describe('quoting', () => {
  const shells = ['sh', 'bash'].filter((shell) => spawnSync(shell, ['-c', ':']).status === 0)

  it.each(shells)('%s reads back every word that was written for it', (shell) => {
    const words = fc.array(
      fc.string({ unit: 'grapheme', maxLength: 12 }).filter((word) => !word.includes('\0')),
      {
        maxLength: 5,
      },
    )
    const show = [process.execPath, '-e', 'process.stdout.write(JSON.stringify(process.argv.slice(1)))', '--']
    fc.assert(
      fc.property(words, (args) => {
        const plan = { ...planned('cid'), program: show[0] ?? '', args: [...show.slice(1), ...args] }
        const { stdout } = spawnSync(shell, ['-c', planAsScript(plan)], { encoding: 'utf8' })
        expect(JSON.parse(stdout)).toEqual(args)
        const pasted = spawnSync(shell, ['-c', planForPeople(plan, undefined)], { encoding: 'utf8' })
        expect(JSON.parse(pasted.stdout)).toEqual(args)
      }),
      { numRuns: 15 },
    )
  })

  it.each(nasty)('a prompt arrives as it was typed: %j', (prompt) => {
    place.program('claude', echo)
    const { stdout, status } = place.run(['cnd', prompt])
    expect(status).toBe(0)
    expect(readEcho(stdout).args).toEqual(['--dangerously-skip-permissions', '-p', prompt])
    expect(existsSync(join(place.project, 'broken'))).toBe(false)
  })

  it('a prompt from standard input follows the words, and the agent is left without', () => {
    place.program('claude', echo)
    const { stdout } = place.run(['cnd', '--stdin', 'Review this:'], { input: 'a $diff\n\n' })
    expect(readEcho(stdout)).toMatchObject({
      args: expect.arrayContaining(['Review this:\n\na $diff']),
      stdin: '/dev/null',
    })
  })
})

describe('the agent', () => {
  it('is the very process that was started: no parent of ours stays', async () => {
    place.program('codex', echo)
    const child = place.start(['xid'], { stdio: ['ignore', 'pipe', 'inherit'] })
    let stdout = ''
    child.stdout?.on('data', (chunk: Buffer) => {
      stdout += chunk.toString()
    })
    await once(child, 'close')
    expect(readEcho(stdout).pid).toBe(child.pid)
  })

  it('ends with its own exit code', () => {
    place.program('pi', '#!/bin/sh\nexit 42\n')
    expect(place.run(['pid']).status).toBe(42)
  })

  it.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('gets %s itself', async (signal) => {
    place.program(
      'qwen',
      `#!/bin/sh\ntrap 'echo got it; exit 7' ${signal.slice(3)}\necho ready\nwhile :; do sleep 0.02; done\n`,
    )
    const child = place.start(['qid'], { stdio: ['ignore', 'pipe', 'inherit'] })
    let stdout = ''
    child.stdout?.on('data', (chunk: Buffer) => {
      stdout += chunk.toString()
      if (stdout === 'ready\n') child.kill(signal)
    })
    const [code] = await once(child, 'close')
    expect([stdout, code]).toEqual(['ready\ngot it\n', 7])
  })

  it('has the terminal', () => {
    place.program('claude', '#!/bin/sh\n[ -t 0 ] && [ -t 1 ] && [ -t 2 ] && echo a terminal\n')
    const { stdout } = spawnSync(pseudoTerminal, ['-qec', `${quoteAlways(place.xx)} cid`, '/dev/null'], {
      encoding: 'utf8',
      env: place.env,
      cwd: '/',
    })
    expect(stdout.trim()).toBe('a terminal')
  })

  it('finds nothing of the launcher in its environment', () => {
    place.program('claude', echo)
    const { stdout } = place.run(['cid'], {
      env: { ANTHROPIC_BASE_URL: 'http://old', ANTHROPIC_API_KEY: 'pass' },
    })
    expect(readEcho(stdout).env).toEqual({})
  })

  it('runs beside a parent where there is no shell in front, which ends as it does', async () => {
    place.program('codex', `#!/bin/sh\ntrap 'exit 9' TERM\necho ready\nwhile :; do sleep 0.02; done\n`)
    const child = spawn(process.execPath, [join(place.dir, 'dist/xx.cjs'), 'xid'], {
      cwd: place.project,
      env: place.env,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    child.stdout.once('data', () => child.kill('SIGTERM'))
    expect((await once(child, 'close'))[0]).toBe(9)
  })

  it('is asked for its version once, and again when it has changed', () => {
    place.config({ port: 9, proxy: { auto_start: false } })
    const told = (version: string) => `#!/bin/sh\necho ${version}\necho asked >> "$HOME/asked"\n`
    place.program('pi', told('1.5.2'))
    for (let time = 0; time < 3; time += 1) place.run(['pip'])
    expect(readFileSync(join(place.home, 'asked'), 'utf8')).toBe('asked\n')
    place.program('pi', told('1.5.2-next'))
    place.run(['pip'])
    expect(readFileSync(join(place.home, 'asked'), 'utf8')).toBe('asked\nasked\n')
  })

  it('that is not installed is named, with how to install it', () => {
    const { status, stderr } = place.run(['gid'])
    expect(status).toBe(69)
    expect(stderr).toMatch(/Antigravity is not installed \(no agy on PATH\)\n.*curl/)
  })
})

describe('a dry run', () => {
  it('needs neither the agent nor the gateway, and starts nothing', () => {
    const { status, stdout, stderr } = place.run(['aip', '-n'])
    expect(status).toBe(0)
    expect(stdout).toMatch(/OPENAI_COMPATIBLE_BASE_URL=http:\/\/127\.0\.0\.1:8082\/s\/ante-\w+\/v1/)
    expect(stdout).toMatch(/ante --provider openai-compatible --model big --yolo\n$/)
    expect(stderr).toMatch(/Ante is not installed here/)
  })

  it('prints what a shell would start, to the last variable', () => {
    place.program('claude', echo)
    const { stdout } = place.run(['cip', '-s', 'it’s', '-n'])
    const ran = spawnSync('sh', ['-c', stdout], {
      encoding: 'utf8',
      env: { ...place.env, ANTHROPIC_MODEL: 'old' },
    })
    expect(readEcho(ran.stdout)).toMatchObject({
      args: ['--dangerously-skip-permissions', '--resume', 'it’s'],
      env: { ANTHROPIC_BASE_URL: 'http://127.0.0.1:8082', ENABLE_TOOL_SEARCH: 'true' },
    })
    expect(readEcho(ran.stdout).env).not.toHaveProperty('ANTHROPIC_MODEL')
  })

  it('does not print the gateway’s key', () => {
    const secret = 'sk-very $secret'
    const text = planForPeople(planned('cip', { settings: { ...settings, clientKey: secret } }), secret)
    expect(text).not.toContain(secret)
    expect(text).toContain('ANTHROPIC_AUTH_TOKEN="$PROXY_AUTH_KEY"')
  })
})

describe('the gateway', () => {
  let server: Server | undefined
  afterEach(() => server?.close())

  const listen = async (answer: (url: string) => { status: number; body: unknown }) => {
    server = createServer((request, response) => {
      const { status, body } = answer(request.url ?? '')
      response.writeHead(status).end(typeof body === 'string' ? body : JSON.stringify(body))
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    place.config({ port, proxy: { auto_start: false }, profiles: { kimi: 'groq/kimi' } })
    place.program('claude', echo)
    return port
  }
  const runAsync = async (args: readonly string[]) => {
    const child = place.start(args, { stdio: ['ignore', 'pipe', 'pipe'] })
    const said = { stdout: '', stderr: '' }
    child.stdout?.on('data', (chunk: Buffer) => (said.stdout += chunk.toString()))
    child.stderr?.on('data', (chunk: Buffer) => (said.stderr += chunk.toString()))
    const [status] = await once(child, 'close')
    return { status, ...said }
  }

  it('is asked what it offers under this launch’s profile, and the agent is told the window', async () => {
    const asked: string[] = []
    const port = await listen((url) => {
      asked.push(url)
      return url.endsWith('/models')
        ? { status: 200, body: { data: [{ id: 'claude-opus', context_window: 64_000 }] } }
        : { status: 200, body: { id: 'groq/x', context_window: 32_000, max_output_tokens: 4_000 } }
    })
    const { stdout } = await runAsync(['cip', '--profile', 'kimi', '-m', 'groq/x'])
    expect(asked).toEqual(['/p/kimi/v1/models', '/p/kimi/v1/models/groq/x'])
    expect(readEcho(stdout).env).toMatchObject({
      ANTHROPIC_BASE_URL: `http://127.0.0.1:${port}/p/kimi`,
      CLAUDE_CODE_MAX_CONTEXT_TOKENS: '32000',
    })
  })

  it('that refuses is quoted, and the agent is not started', async () => {
    await listen(() => ({ status: 401, body: { error: { message: 'This gateway wants a key.' } } }))
    const { status, stdout, stderr } = await runAsync(['cip'])
    expect([status, stdout]).toEqual([69, ''])
    expect(stderr).toMatch(/This gateway wants a key/)
  })

  it('that is a stranger on our port is told apart', async () => {
    await listen(() => ({ status: 200, body: '<html>It works!</html>' }))
    expect((await runAsync(['cip'])).stderr).toMatch(/answers 200, and not as a gateway/)
  })

  it('on another machine is never started from here', () => {
    place.config({ proxy: { base_url: 'http://gateway.invalid:9' } })
    place.program('claude', echo)
    expect(place.run(['cip']).stderr).toMatch(/another machine: start it there/)
  })

  it('that is down stays down where auto_start is off', () => {
    place.program('claude', echo)
    place.config({ port: 9, proxy: { auto_start: false } })
    const { status, stderr } = place.run(['cip'])
    expect(status).toBe(69)
    expect(stderr).toMatch(/auto_start is false\n {4}try: clutch up/)
  })

  it('is started when it is down, outlives the launch, and the agent finds it ready', async () => {
    const port = await freePort()
    place.config({ port })
    place.program('claude', echo)
    place.gateway(`
      import { createServer } from 'node:http'
      import { writeFileSync } from 'node:fs'
      writeFileSync(process.env.HOME + '/pid', String(process.pid))
      writeFileSync(process.env.HOME + '/env', JSON.stringify(process.env))
      const list = JSON.stringify({ data: [{ id: 'claude-opus', context_window: 99000 }] })
      setTimeout(() => createServer((_, response) => response.end(list)).listen(${port}, '127.0.0.1'), 200)
    `)
    const { stdout, stderr, status } = place.run(['cip'])
    const pid = Number(readFileSync(join(place.home, 'pid'), 'utf8'))
    process.kill(pid, 'SIGTERM')
    expect(status).toBe(0)
    expect(stderr).toMatch(/starting the gateway/)
    expect(readEcho(stdout).env['CLAUDE_CODE_MAX_CONTEXT_TOKENS']).toBe('99000')
    expect(readFileSync(join(place.home, 'env'), 'utf8')).not.toMatch(/CLUTCH_PLAN_FD/)
  })

  it('that does not come up is quoted with its last words, and nothing is sent into the dead port', async () => {
    place.config({ port: await freePort() })
    place.program('claude', echo)
    place.gateway(`console.error('no room on this disk'); process.exit(70)`)
    const { status, stdout, stderr } = place.run(['cip'])
    expect([status, stdout]).toEqual([69, ''])
    expect(stderr).toMatch(/did not come up: it ended with 70\n {2}\| no room on this disk/)
  })
})

describe('what an agent reads from a file', () => {
  it('lies among temporary files where the home directory cannot be written', async () => {
    const port = await freePort()
    const server = createServer((_, response) => response.end('{"data":[]}')).listen(port, '127.0.0.1')
    await once(server, 'listening')
    place.config({ port })
    place.program('pi', '#!/bin/sh\nprintf "%s" "$2"\n')
    // A file stands where the folder would be: that stops root as well.
    writeFileSync(join(place.home, '.xx/state'), '')
    const child = place.start(['pip'], { stdio: ['ignore', 'pipe', 'ignore'] })
    let stdout = ''
    child.stdout?.on('data', (chunk: Buffer) => {
      stdout += chunk.toString()
    })
    await once(child, 'close')
    server.close()
    expect(stdout).toMatch(/clutch-launch-/)
    expect(statSync(stdout).mode & 0o777).toBe(0o600)
    rmSync(join(stdout, '..'), { recursive: true })
  })
})

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as AddressInfo
  probe.close()
  return port
}
