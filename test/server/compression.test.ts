/** A gateway on real sockets shortens what tools returned, remembers it over a restart, and writes down what it did. */
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { startGateway } from '../../src/server/start.ts'
import { askCache } from '../../src/store/cache-report.ts'
import { Originals, originalsFolder } from '../../src/store/originals.ts'
import { realClock } from '../../src/world/clock.ts'
import { Log } from '../../src/world/log.ts'
import { Redactor } from '../../src/world/redact.ts'
import { settingsWith as compression } from '../compression/shelter.ts'
import { type Round, talk } from '../compression/talk.ts'
import { post, settingsWith } from './house.ts'

const open: (() => unknown)[] = []
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close()
})

/** A test run as vitest prints it: much that passed, one that failed. */
const output = [
  ' RUN  v4.1.12 /home/dev/shop',
  '',
  ...Array.from(
    { length: 400 },
    (_, at) => `     ✓ adds item number ${at} to a basket and sums it up ${at % 9}ms`,
  ),
  ' ❯ test/basket.test.ts (401 tests | 1 failed) 18ms',
  '     × has the count of the basket 7ms',
  '',
  ' FAIL  test/basket.test.ts > has the count of the basket',
  'AssertionError: expected 3 to be 4 // Object.is equality',
  ' ❯ test/basket.test.ts:18:25',
  '',
  ' Test Files  1 failed (1)',
  '      Tests  1 failed | 400 passed (401)',
].join('\n')

const answer = {
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'm1',
  content: [{ type: 'text', text: 'ok' }],
  stop_reason: 'end_turn',
  usage: { input_tokens: 9, cache_read_input_tokens: 0, cache_creation_input_tokens: 4000, output_tokens: 3 },
}

async function upstream(heard: string[]): Promise<string> {
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk) => {
      body += chunk
    })
    request.on('end', () => {
      heard.push(body)
      response.setHeader('content-type', 'application/json').end(JSON.stringify(answer))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  open.push(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

async function gateway(baseUrl: string, stateFolder: string) {
  const alpha = {
    provider: {
      id: 'alpha',
      title: 'Alpha',
      baseUrl: '',
      speaks: { anthropic: '/v1/messages' },
      authorize: 'x-api-key',
      keyVariables: [],
    },
    baseUrl,
    key: 'upstream-key-1',
    headers: {},
  } as const
  const settings = settingsWith({
    providers: { alpha },
    profiles: { default: { name: 'default', roles: { big: ['alpha/m1'] } } },
    compression: compression(),
    stateFolder,
    ledger: { file: join(stateFolder, 'ledger.db'), keepDays: 9 },
  })
  const log = new Log({ level: 'error', clock: realClock, redactor: new Redactor(), sinks: [] })
  const started = await startGateway(settings, [], log)
  let closed = false
  const close = async (): Promise<void> => {
    if (!closed) await started.close(0)
    closed = true
  }
  open.push(close)
  return { url: `http://127.0.0.1:${started.listeners[0]?.port}/v1/messages`, close }
}

it('and `clutch show` finds what it left out', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'clutch-compression-'))
  open.push(() => rmSync(folder, { recursive: true, force: true }))
  const stateFolder = join(folder, 'state')
  const heard: string[] = []
  const baseUrl = await upstream(heard)
  const headers = { 'x-session-id': 's1', 'content-type': 'application/json' }
  const round: Round = ['npx vitest run', output]
  const ask = (url: string, rounds: readonly Round[]): Promise<Response> =>
    post(url, { ...talk('anthropic', rounds), stream: false }, headers)

  const first = await gateway(baseUrl, stateFolder)
  const response = await ask(first.url, [round])
  expect(response.status).toBe(200)
  expect(response.headers.get('x-clutch-cache')).toMatch(/saved=\d{5}; level=balanced$/)
  await response.text()
  await first.close()
  const second = await gateway(baseUrl, stateFolder)
  await (await ask(second.url, [round, ['pwd', '/home']])).text()
  await second.close()

  const [one = '', two = ''] = heard
  expect(one).toContain('has the count of the basket')
  expect(one).toContain('expected 3 to be 4')
  expect(one).not.toContain('adds item number 200')
  expect(two.startsWith(one.slice(0, one.lastIndexOf(']')))).toBe(true)
  const id = /clutch show (r[0-9a-f]+)\]/.exec(one)?.[1] ?? ''
  expect(new Originals({ folder: originalsFolder(stateFolder) }).read(id)).toEqual({
    kind: 'text',
    text: output,
  })
  expect(statSync(join(stateFolder, 'births.db')).mode & 0o777).toBe(0o600)
  const { sessions } = askCache(join(stateFolder, 'ledger.db'), { sinceMs: 0 })
  expect(sessions).toMatchObject([{ session: 's1', level: 'balanced', calls: 2 }])
  expect(sessions[0]?.savedTokens).toBeGreaterThan(4000)
})
