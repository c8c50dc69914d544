import { mkdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { hookVerb } from '../../src/cli/hook.ts'
import { shapeOf } from '../../src/cli/hook-shape.ts'
import { readSavings } from '../../src/store/savings.ts'
import { scratch } from '../store/scratch.ts'

const passes = `${Array.from({ length: 200 }, (_, n) => `src/part-${Math.floor(n / 40)}/file.ts:${n}: the same thing was found here`).join('\n')}\n`
const grep = { command: 'grep -rn "the same" src' }

function machine(env: Record<string, string> = {}, home = scratch()) {
  const settingsFile = join(home, '.claude', 'settings.json')
  const hook = async (args: readonly string[], input: object = {}) => {
    const said = { out: '', err: '' }
    const io = {
      out: (text: string) => {
        said.out += text
      },
      err: (text: string) => {
        said.err += text
      },
      env: { PATH: '/usr/bin:/bin', PORT: '1', ...env },
      home,
      cwd: join(home, 'project'),
      program: ['/opt/node', '/opt/clutch/bin/clutch'],
    }
    const code = await hookVerb(args, io, async () => JSON.stringify(input))
    return { code, ...said }
  }
  const write = (settings: object) => {
    mkdirSync(join(home, '.claude'), { recursive: true })
    writeFileSync(settingsFile, JSON.stringify(settings))
  }
  const settings = () => JSON.parse(readFileSync(settingsFile, 'utf8'))
  return { hook, write, settings, settingsFile, home }
}

const used = (tool: string, input: object, response: unknown) => ({
  session_id: 's1',
  cwd: '/home/somebody/project',
  hook_event_name: 'PostToolUse',
  tool_name: tool,
  tool_input: input,
  tool_response: response,
})

const shell = (stdout: string, more: object = {}) => ({
  ...{ stdout, stderr: '', interrupted: false, isImage: false, noOutputExpected: false },
  ...more,
})

const replacement = (out: string) => JSON.parse(out).hookSpecificOutput.updatedToolOutput

describe('the hook in Claude Code', () => {
  it('gives back a shorter output in the tool’s own shape, and notes what was saved', async () => {
    const { hook, home } = machine()
    const { code, out } = await hook([], used('Bash', grep, shell(passes)))
    expect(code).toBe(0)
    expect(JSON.parse(out).hookSpecificOutput.hookEventName).toBe('PostToolUse')
    const { stdout, ...rest } = replacement(out)
    expect(stdout.length).toBeLessThan(passes.length * 0.8)
    expect(rest).toEqual({ stderr: '', interrupted: false, isImage: false, noOutputExpected: false })
    expect(readSavings(join(home, '.xx', 'state'))).toMatchObject([
      { kind: 'firing', mouth: 'hook', agent: 'claude', session: 's1', project: '/home/somebody/project' },
    ])
  })

  it.each([
    ['a short output', 'Bash', grep, shell('ok\n')],
    ['an image', 'Bash', grep, shell(passes, { isImage: true })],
    ['an output that is kept in a file', 'Bash', grep, shell(passes, { persistedOutputPath: '/tmp/x' })],
    ['a file that was read', 'Read', { file_path: '/a.ts' }, { type: 'text', file: { content: passes } }],
    ['an original', 'Bash', { command: 'clutch show r12345' }, shell(passes)],
    [
      'the work of another mouth',
      'Bash',
      grep,
      shell(`${passes}[+12 lines hidden: x — clutch show r12345]\n`),
    ],
    ['a shape that nobody knows', 'Bash', grep, { output: passes }],
    ['no response', 'Bash', grep, undefined],
  ])('says nothing of %s', async (_, tool, input, response) => {
    const { hook } = machine()
    expect(await hook([], used(tool, input, response))).toEqual({ code: 0, out: '', err: '' })
  })

  it('says nothing where it is not understood, or turned off', async () => {
    const { hook } = machine()
    expect(await hook([], { hook_event_name: 'PreToolUse', tool_name: 'Bash' })).toMatchObject({
      code: 0,
      out: '',
    })
    expect(await hook([], {})).toMatchObject({ code: 0, out: '' })
    for (const env of [{ CLUTCH_COMPRESS: 'off' }, { AI_AGENT: 'claude-code_2-1-120_harness' }]) {
      const { out } = await machine(env).hook([], used('Bash', grep, shell(passes)))
      expect(out).toBe('')
    }
    const newer = machine({ AI_AGENT: 'claude-code_2-1-121_harness' })
    expect((await newer.hook([], used('Bash', grep, shell(passes)))).out).not.toBe('')
  })

  it('knows content blocks, and leaves those that are no text', () => {
    const image = { type: 'image', data: 'x' }
    const blocks = [{ type: 'text', text: 'a' }, image, { type: 'text', text: 'b', note: 1 }]
    expect(shapeOf('mcp__x__y', blocks)?.texts).toEqual(['a', 'b'])
    expect(shapeOf('mcp__x__y', blocks)?.withTexts(['A', 'B'])).toEqual([
      { type: 'text', text: 'A' },
      image,
      { type: 'text', text: 'B', note: 1 },
    ])
    expect(shapeOf('x', { content: blocks, isError: false })?.withTexts(['A', 'B'])).toMatchObject({
      isError: false,
    })
    expect(shapeOf('x', [image])).toBeUndefined()
  })
})

describe('a gateway that is asked by the hook', () => {
  /** One that answers each request as it is told, or never; `asked`: how long each was waited for, or 0. */
  async function gateway(answer?: string) {
    const waitedMs: number[] = []
    const server = createServer((request, response) => {
      const startedMs = performance.now()
      request.resume()
      if (answer !== undefined) response.end(answer)
      request.socket.once('close', () => waitedMs.push(performance.now() - startedMs))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => {
      server.closeAllConnections()
      server.close()
    })
    const home = scratch()
    const stateFolder = join(home, '.xx', 'state')
    mkdirSync(stateFolder, { recursive: true })
    writeFileSync(join(stateFolder, 'admin-token'), 'secret-token\n')
    const PORT = String((server.address() as AddressInfo).port)
    const ask = (env: Record<string, string> = {}) =>
      machine({ PORT, ...env }, home).hook([], used('Bash', grep, shell(passes)))
    return { ask, waitedMs, memory: join(stateFolder, 'hook-unanswered') }
  }

  it('and never answers is left after a quarter of a second, and not asked again for some seconds', async () => {
    const { ask, waitedMs, memory } = await gateway()
    const first = await ask()
    expect(replacement(first.out).stdout.length).toBeLessThan(passes.length * 0.8)
    await expect.poll(() => waitedMs.length).toBe(1)
    expect(waitedMs[0]).toBeLessThan(900)
    expect((await ask()).out).toBe(first.out)
    expect(waitedMs).toHaveLength(1)
    utimesSync(memory, 1, 1)
    expect((await ask()).out).toBe(first.out)
    await expect.poll(() => waitedMs.length).toBe(2)
  })

  it('is believed, but where the environment of the agent says how far to go', async () => {
    const { ask } = await gateway(JSON.stringify({ text: 'told by the gateway' }))
    expect(replacement((await ask()).out).stdout).toBe('told by the gateway')
    expect((await ask({ CLUTCH_COMPRESS: 'off' })).out).toBe('')
    const misspelt = await ask({ CLUTCH_COMPRESS: 'losless' })
    expect(misspelt).toMatchObject({ code: 0, out: '' })
    expect(misspelt.err).toContain('"losless" is no level (off, lossless')
  })
})

describe('clutch hook install', () => {
  const entry = {
    matcher: '*',
    hooks: [{ type: 'command', command: '/opt/node /opt/clutch/bin/clutch hook', timeout: 10 }],
  }

  it('writes one entry, and only once', async () => {
    const { hook, settings, settingsFile } = machine()
    expect((await hook(['install'])).code).toBe(0)
    expect(settings()).toEqual({ hooks: { PostToolUse: [entry] } })
    expect(statSync(settingsFile).mode & 0o777).toBe(0o600)
    expect((await hook(['install'])).out).toContain('nothing to change')
    expect(settings()).toEqual({ hooks: { PostToolUse: [entry] } })
  })

  it('leaves everything else as it is, and takes nothing but itself away again', async () => {
    const before = {
      model: 'opus',
      hooks: {
        PreToolUse: [{ matcher: 'Bash', hooks: [{ type: 'command', command: 'mine.sh' }] }],
        PostToolUse: [{ matcher: 'Edit', hooks: [{ type: 'command', command: 'format.sh' }] }],
      },
      permissions: { deny: ['Bash(rm:*)'] },
    }
    const { hook, write, settings } = machine()
    write(before)
    await hook(['install'])
    expect(settings().hooks.PostToolUse).toEqual([...before.hooks.PostToolUse, entry])
    expect(settings().permissions).toEqual(before.permissions)
    await hook(['uninstall'])
    expect(settings()).toEqual(before)
    expect((await hook(['uninstall'])).out).toContain('nothing to change')
  })

  it('takes its empty group and event away as well', async () => {
    const { hook, write, settings } = machine()
    write({ model: 'opus' })
    await hook(['install'])
    await hook(['install', '--uninstall'])
    expect(settings()).toEqual({ model: 'opus' })
  })

  it('replaces an entry of its own from another place', async () => {
    const { hook, write, settings } = machine()
    const old = { type: 'command', command: 'node /old/clutch/bin/clutch hook' }
    write({ hooks: { PostToolUse: [{ matcher: '*', hooks: [{ type: 'command', command: 'mine' }, old] }] } })
    await hook(['install'])
    expect(settings().hooks.PostToolUse).toEqual([
      { matcher: '*', hooks: [{ type: 'command', command: 'mine' }] },
      entry,
    ])
  })

  it('writes the project’s settings when asked to, and nothing at all on a dry run', async () => {
    const { hook, home, settingsFile } = machine()
    const { out } = await hook(['install', '--dry-run'])
    expect(out).toContain('"PostToolUse"')
    expect(statSync(settingsFile, { throwIfNoEntry: false })).toBeUndefined()
    await hook(['install', '--project'])
    expect(JSON.parse(readFileSync(join(home, 'project', '.claude', 'settings.json'), 'utf8'))).toEqual({
      hooks: { PostToolUse: [entry] },
    })
  })

  it('leaves a file alone that it cannot read', async () => {
    const { hook, settingsFile, home } = machine()
    mkdirSync(join(home, '.claude'))
    writeFileSync(settingsFile, '{ broken')
    expect(await hook(['install'])).toMatchObject({ code: 78 })
    expect(readFileSync(settingsFile, 'utf8')).toBe('{ broken')
  })

  it('refuses words that it does not know', async () => {
    const { hook } = machine()
    expect((await hook(['frob'])).code).toBe(64)
    expect((await hook(['install', '--frob'])).err).toContain('--frob')
  })
})
