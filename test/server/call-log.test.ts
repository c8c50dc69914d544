import { describe, expect, test } from 'vitest'
import { dialects } from '../../src/dialects/index.ts'
import type { Call, CallRecord } from '../../src/gateway/call.ts'
import { agentOf, logCall } from '../../src/server/call-log.ts'
import { Log, type LogLevel } from '../../src/world/log.ts'
import { Redactor } from '../../src/world/redact.ts'

const call: Call = {
  id: 'GQ2PGn4cRjeAmvQGTPP4AJz0',
  dialect: dialects.anthropic,
  client: {
    status: 200,
    gone: false,
    head: () => undefined,
    write: () => true,
    end: () => undefined,
    onDrain: () => undefined,
    onGone: () => undefined,
  } as Call['client'],
  profile: { name: 'default', roles: {} },
  headers: { 'user-agent': 'claude-cli/2.1.329 (external, sdk-cli)', 'x-api-key': 'client-secret' },
  query: '',
  startedMs: 1_000,
  body: Buffer.from('{"prompt":"private words"}'),
  model: 'claude-opus',
  stream: true,
}

const alpha = { provider: 'alpha', model: 'a-1', dialect: 'openai-chat' } as const
const beta = { provider: 'beta', model: 'b-1', dialect: 'anthropic' } as const

const record: CallRecord = {
  call,
  plan: {
    asked: 'claude-opus',
    rule: 'role big',
    targets: [alpha, beta],
    skipped: [{ name: 'x/y', because: 'no key' }],
  },
  attempts: [
    { target: alpha, startedMs: 1_000, failure: { kind: 'overloaded', message: 'busy', status: 529 } },
    { target: beta, startedMs: 1_100, firstWordMs: 1_400 },
  ],
  lost: ['top-k'],
  ending: { usage: { input: 10, cacheRead: 90, cacheWrite: 0, output: 5 }, reason: 'done' },
}

function logged(change: Partial<CallRecord>, level: LogLevel = 'info'): Record<string, unknown>[] {
  const lines: Record<string, unknown>[] = []
  const sink = { write: (json: string) => void lines.push(JSON.parse(json)), flush: () => Promise.resolve() }
  const clock = { nowMs: () => 2_000, after: () => () => undefined }
  logCall(new Log({ level, clock, redactor: new Redactor(), sinks: [sink] }), { ...record, ...change }, 2_000)
  return lines
}

const left = { kind: 'client-left', message: 'the client left' } as const

describe('the line of a call', () => {
  test('says who asked for what, where it went and how it ended', () => {
    expect(logged({})).toEqual([
      {
        time: expect.any(String),
        level: 'info',
        event: 'call',
        id: call.id,
        agent: 'claude',
        outcome: 'served',
        status: 200,
        dialect: 'anthropic',
        asked: 'claude-opus',
        target: 'beta/b-1',
        targetDialect: 'anthropic',
        stream: true,
        rule: 'role big',
        attempts: [{ target: 'alpha/a-1', failure: 'overloaded', because: 'busy' }, { target: 'beta/b-1' }],
        lost: ['top-k'],
        usage: { input: 10, cacheRead: 90, cacheWrite: 0, output: 5 },
        reason: 'done',
        firstWordMs: 400,
        totalMs: 1_000,
      },
    ])
  })

  test('[C105] calls a client that left cancelled, which is no failure of anybody’s', () => {
    const [line] = logged({ ending: { ...record.ending, failure: left } })
    expect(line).toMatchObject({ level: 'info', outcome: 'cancelled' })
  })

  test('tells a reply that was cut from one that never began', () => {
    const failure = { kind: 'cut', message: 'ended early' } as const
    expect(logged({ ending: { ...record.ending, failure } })[0]).toMatchObject({
      level: 'warn',
      outcome: 'cut',
    })
    const never = {
      attempts: [{ target: alpha, startedMs: 1, failure }],
      ending: { ...record.ending, failure },
    }
    expect(logged(never)[0]).toMatchObject({ level: 'warn', outcome: 'refused', failure: 'cut' })
  })

  test('does not warn of a client’s own mistake', () => {
    const failure = { kind: 'bad-request', message: 'messages: field required' } as const
    expect(logged({ ending: { ...record.ending, failure } })[0]).toMatchObject({ level: 'info' })
  })

  test('quotes no more than a piece of what an upstream says', () => {
    const failure = { kind: 'bad-request', message: `wrong: ${'private '.repeat(500)}` } as const
    expect(JSON.stringify(logged({ ending: { ...record.ending, failure } })).length).toBeLessThan(1_200)
  })

  test('at debug shows headers and decisions, without secrets and without the body', () => {
    const lines = logged({}, 'debug')
    expect(lines[0]).toMatchObject({
      event: 'call-details',
      headers: { 'user-agent': expect.stringContaining('claude-cli'), 'x-api-key': '[redacted]' },
      targets: ['alpha/a-1 (openai-chat)', 'beta/b-1 (anthropic)'],
      skipped: [{ name: 'x/y', because: 'no key' }],
      bodyBytes: 26,
    })
    expect(JSON.stringify(lines)).not.toMatch(/private words|client-secret/)
  })
})

test.each([
  ['claude-cli/2.1.329 (external, sdk-cli)', 'claude'],
  ['claude-cli/0.24.4 (external, cli)', 'qwen'],
  ['codex_exec/0.169.0 (Debian 12.0.0; x86_64) xterm', 'codex'],
  ['codex-tui/0.169.0', 'codex'],
  ['QwenCode/0.24.4 (linux; x64)', 'qwen'],
  ['opencode/1.18.33 ai-sdk/provider-utils', 'opencode'],
  ['pi/1.5.2 (linux; node/v24.21.0; x64)', 'pi'],
  ['GeminiCLI-tui/0.61.0/m (linux; x64; terminal)', 'gemini-cli'],
  ['curl/8.0', 'curl'],
  [undefined, 'unknown'],
])('[C89] %s is guessed to be %s', (userAgent, agent) => {
  expect(agentOf(userAgent)).toBe(agent)
})
