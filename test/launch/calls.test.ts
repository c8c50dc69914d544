// Agents that call agents: who may call whom, what the called one is told, and the tool that offers it.
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { serveMcp } from '../../src/cli/mcp.ts'
import { callEnvironment, callerIn, whyNoCall } from '../../src/launch/calls.ts'
import { attributionOf } from '../../src/server/attribution.ts'
import { around, planned } from './around.ts'
import { bundleLauncher, type Installed, install } from './built.ts'
import { until } from './terminal.ts'

const allowance = { depth: 3, count: 20, minutes: 60 }
const nobody = { path: [] }

describe('who may call whom', () => {
  it.each([
    ['a person calls', nobody, 0, undefined],
    ['an agent calls another', { path: ['claude'] as const }, 0, undefined],
    ['three deep', { path: ['claude', 'codex', 'pi'] as const }, 0, undefined],
    [
      'four deep',
      { path: ['claude', 'codex', 'pi', 'hermes'] as const },
      0,
      /deeper than launch\.call_depth \(3\)/,
    ],
    ['itself', { path: ['qwen'] as const }, 0, /circle/],
    ['who waits further up', { path: ['qwen', 'pi'] as const }, 0, /claude|circle/],
    ['one too many', { path: ['claude'] as const }, 20, /all 20 calls/],
    ['too late', { path: ['claude'] as const, untilMs: 999 }, 0, /60 minutes .* are over/],
  ])('%s', (_, caller, made, because) => {
    const found = whyNoCall('qwen', caller, made, allowance, 1_000)
    if (because === undefined) expect(found).toBeUndefined()
    else expect(found).toMatch(because)
  })

  it('is told through the environment, and read back the same', () => {
    const call = { path: ['claude'] as const, session: 'root-session', root: 'root-session', untilMs: 123 }
    expect(callerIn(callEnvironment('codex', 'codex-1', call))).toEqual({
      path: ['claude', 'codex'],
      session: 'codex-1',
      root: 'root-session',
      untilMs: 123,
    })
    expect(callerIn({ CLUTCH_CALL_PATH: 'nonsense>>claude', CLUTCH_CALL_UNTIL: 'soon' })).toEqual({
      path: ['claude'],
    })
  })
})

describe('what a launch hands on', () => {
  const call = { path: ['claude'] as const, session: 'parent/1', root: 'r', untilMs: 5 }

  it('a first launch begins a tree, and is no part of an earlier one', () => {
    const { env, unset } = planned('xip', { env: { CLUTCH_CALL_ROOT: 'old', CLUTCH_CALL_UNTIL: '1' } })
    expect(env).toMatchObject({ CLUTCH_CALL_PATH: 'codex', CLUTCH_CALL_SESSION: around.launchId })
    expect(unset).toEqual(expect.arrayContaining(['CLUTCH_CALL_ROOT', 'CLUTCH_CALL_UNTIL']))
  })

  it.each(['c', 'x', 'q', 'p', 'o', 'h', 'a', 'g'])(
    'x%snp, when it is called, tells the gateway by whom',
    (letter) => {
      const { gateway, env } = planned([`${letter}np`, 'go on'], { call })
      expect(gateway?.url).toBe('http://127.0.0.1:8082/s/launch-1~parent%2F1')
      expect(env).toMatchObject({ CLUTCH_CALL_ROOT: 'r', CLUTCH_CALL_UNTIL: '5' })
    },
  )

  it('the gateway’s accounts keep the caller apart from the launch', () => {
    const record = (headers: Record<string, string>, from: 'launch' | 'header') =>
      ({ call: { headers }, session: { session: 'its-own', from } }) as unknown as Parameters<
        typeof attributionOf
      >[0]
    expect(attributionOf(record({ 'x-clutch-launch': 'pi-1~parent/1' }, 'launch'))).toMatchObject({
      session: 'pi-1',
      parent: 'parent/1',
    })
    expect(attributionOf(record({ 'x-clutch-launch': 'codex-1~parent' }, 'header'))).toMatchObject({
      session: 'codex-1',
    })
    expect(attributionOf(record({ 'x-clutch-launch': 'codex-1' }, 'header'))).not.toHaveProperty('parent')
    expect(attributionOf(record({}, 'header'))).toMatchObject({ session: 'its-own' })
  })
})

let bundle: string
let place: Installed
beforeAll(async () => {
  bundle = await bundleLauncher()
})
afterAll(() => rmSync(bundle, { recursive: true }))
beforeEach(() => {
  place = install(bundle)
  place.config({})
})
afterEach(() => place.remove())

const says = (text: string) => `#!/bin/sh\ncase $1 in --version) echo 9.9.9; exit ;; esac\n${text}\n`
/** The last word is the prompt. */
const prompt = 'for word; do :; done'

describe('xx call', () => {
  it('has the answer on standard output, and the exit code of the agent', () => {
    place.program('codex', says(`${prompt}\nprintf 'answer to %s in %s' "$word" "$CLUTCH_CALL_PATH"; exit 3`))
    const { status, stdout } = place.run(['call', 'codex', '--direct', "what's 6 × 7?\nthink"])
    expect([status, stdout]).toEqual([3, "answer to what's 6 × 7?\nthink in codex"])
  })

  it('an agent calls an agent that calls an agent, and a circle is refused with its path', () => {
    place.program('claude', says('xx call codex --direct "go on"'))
    place.program('codex', says('xx call p --direct "go on"'))
    place.program(
      'pi',
      says('echo "$CLUTCH_CALL_PATH"; xx call claude --direct "go on"; echo "ended with $?"'),
    )
    const { stdout, stderr } = place.run(['call', 'claude', '--direct', 'begin'])
    expect(stdout).toBe('claude>codex>pi\nended with 75\n')
    expect(stderr).toMatch(
      /claude > codex > pi > claude would be a circle: claude waits for this answer already/,
    )
  })

  it('depth and number hold for the whole tree, as config.json says', () => {
    place.config({ launch: { call_depth: 1, call_count: 2 } })
    place.program('codex', says('xx call pi --direct "go on"'))
    place.program('pi', says('echo pi is here'))
    const env = { CLUTCH_CALL_PATH: 'claude', CLUTCH_CALL_SESSION: 'tree' }
    expect(place.run(['call', 'codex', '--direct', 'a'], { env }).stderr).toMatch(/launch\.call_depth \(1\)/)
    expect(place.run(['call', 'pi', '--direct', 'a'], { env }).stdout).toBe('pi is here\n')
    const last = place.run(['call', 'pi', '--direct', 'a'], { env })
    expect([last.status, last.stdout]).toEqual([75, ''])
    expect(last.stderr).toMatch(/all 2 calls of this tree have been made/)
    expect(
      readFileSync(join(place.home, '.xx/state/calls/tree.log'), 'utf8').trim().split('\n'),
    ).toHaveLength(2)
  })

  it('ends what takes longer than its tree has, and says so', () => {
    place.program('pi', says('trap "exit 0" TERM; while :; do sleep 0.05; done'))
    const env = {
      CLUTCH_CALL_PATH: 'claude',
      CLUTCH_CALL_SESSION: 't',
      CLUTCH_CALL_UNTIL: String(Date.now() + 1_500),
    }
    const { status, stderr } = place.run(['call', 'pi', '--direct', 'a'], { env })
    expect(status).toBe(124)
    expect(stderr).toMatch(/time of this tree of calls is over/)
  })

  it.each([
    [['claud', 'x'], /no agent is named claud/, 'xx call claude'],
    [['claude'], /needs a prompt/, "xx cIp '…'"],
    [['claude', '-r', 'x'], /needs a terminal/, 'xx'],
  ])('%j is refused with what works', (words, problem, instead) => {
    place.program('claude', says('exit 9'))
    const { status, stderr } = place.run(['call', ...words])
    expect(status).toBe(64)
    expect(stderr).toMatch(problem)
    expect(stderr).toContain(`try: ${instead}`)
  })
})

describe('clutch mcp', () => {
  /** Goes when every question has its answer. */
  async function talk(messages: readonly (object | string)[], { program = ['xx'], env = {} } = {}) {
    const input = new PassThrough()
    const heard: string[] = []
    const wanted = messages.filter((message) => typeof message === 'string' || 'id' in message).length
    const io = {
      out: (text: string) => {
        heard.push(text)
        if (heard.length === wanted) input.end()
      },
      err: () => undefined,
      env: { ...place.env, ...env },
      home: place.home,
      cwd: place.project,
      // The launcher alone has no verb `xx`.
      program: ['sh', '-c', `shift; exec ${program.join(' ')} "$@"`, 'sh'],
    }
    const over = serveMcp(input, io)
    for (const message of messages)
      input.write(`${typeof message === 'string' ? message : JSON.stringify(message)}\n`)
    await over
    return heard.map((line) => JSON.parse(line))
  }
  const ask = (id: number, method: string, params?: object) => ({ jsonrpc: '2.0', id, method, params })

  it('says what it is and what it can, and answers nothing that wants no answer', async () => {
    const replies = await talk([
      ask(1, 'initialize', { protocolVersion: '2025-03-26', capabilities: {}, clientInfo: {} }),
      { jsonrpc: '2.0', method: 'notifications/initialized' },
      ask(2, 'tools/list'),
      ask(3, 'ping'),
      ask(4, 'resources/list'),
      'no JSON',
    ])
    expect(replies).toMatchObject([
      { jsonrpc: '2.0', id: 1, result: { protocolVersion: '2025-03-26', capabilities: { tools: {} } } },
      { id: 2, result: { tools: expect.arrayContaining([expect.objectContaining({ name: 'call_agent' })]) } },
      { id: 3, result: {} },
      { id: 4, error: { code: -32601 } },
      { id: null, error: { code: -32700 } },
    ])
    expect(replies[1].result.tools[0].inputSchema).toMatchObject({
      type: 'object',
      required: ['agent', 'task'],
    })
  })

  it('call_agent returns the answer, and what went wrong as a failure the model reads', async () => {
    place.config({ launch: {}, proxy: { auto_start: false }, port: 9 })
    const none = await talk([
      ask(1, 'tools/call', { name: 'call_agent', arguments: { agent: 'codex', task: 'x' } }),
    ])
    expect(none[0].result).toMatchObject({
      isError: true,
      content: [{ text: expect.stringMatching(/not installed/) }],
    })
    const wrong = await talk([
      ask(1, 'tools/call', { name: 'call_agent', arguments: { agent: 'nobody', task: 'x' } }),
      ask(2, 'tools/call', { name: 'none' }),
    ])
    expect(wrong).toMatchObject([{ result: { isError: true } }, { error: { code: -32602 } }])
  })

  it('call_agent works through a whole process, and a circle reaches the model as words', async () => {
    place.program('pi', says(`${prompt}\nprintf 'from pi: %s' "$word"`))
    place.program('xx-direct', '#!/bin/sh\nexec xx "$@" --direct\n')
    const program = ['xx-direct']
    const call = (id: number) =>
      ask(id, 'tools/call', { name: 'call_agent', arguments: { agent: 'pi', task: 'a b' } })
    expect(await talk([call(7)], { program })).toMatchObject([
      { id: 7, result: { content: [{ type: 'text', text: 'from pi: a b' }] } },
    ])
    const env = { CLUTCH_CALL_PATH: 'pi', CLUTCH_CALL_SESSION: 's' }
    expect(await talk([call(8)], { program, env })).toMatchObject([
      { id: 8, result: { isError: true, content: [{ text: expect.stringMatching(/circle/) }] } },
    ])
  })

  it('a call nobody waits for any more is ended', async () => {
    place.program('pi', says('trap "touch ended; exit 1" TERM; touch begun; while :; do sleep 0.05; done'))
    place.program('xx-direct', '#!/bin/sh\nexec xx "$@" --direct\n')
    const input = new PassThrough()
    const io = {
      out: () => undefined,
      err: () => undefined,
      env: place.env,
      home: place.home,
      cwd: place.project,
      program: ['sh', '-c', 'shift; exec xx-direct "$@"', 'sh'],
    }
    const over = serveMcp(input, io)
    input.write(
      `${JSON.stringify(ask(1, 'tools/call', { name: 'call_agent', arguments: { agent: 'pi', task: 'a b' } }))}\n`,
    )
    await until('it begins', () => existsSync(join(place.project, 'begun')))
    input.write(
      `${JSON.stringify({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 1 } })}\n`,
    )
    await until('it is ended', () => existsSync(join(place.project, 'ended')))
    input.end()
    await over
  })
})
