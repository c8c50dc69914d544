/** A whole gateway on real sockets that shortens what tools returned, before an upstream that remembers what it was sent. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach } from 'vitest'
import type { Configuration } from '../../src/config/load.ts'
import type { CompressionSettings, Settings } from '../../src/config/settings.ts'
import { startGateway } from '../../src/server/start.ts'
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

interface Usage {
  readonly read: number
  readonly write: number
}

const answer = ({ read, write }: Usage): string =>
  JSON.stringify({
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: 'm1',
    content: [{ type: 'text', text: 'ok' }],
    stop_reason: 'end_turn',
    usage: {
      input_tokens: 9,
      cache_read_input_tokens: read,
      cache_creation_input_tokens: write,
      output_tokens: 3,
    },
  })

export interface World {
  /** `~/.xx` */
  readonly folder: string
  readonly stateFolder: string
  /** Where a user may have projects. */
  readonly projects: string
  /** What the upstream was sent, one body after the other. */
  readonly heard: string[]
  /** What it says of its cache from now on. */
  usage: Usage
  start(changes?: Partial<CompressionSettings>, more?: Partial<Settings>): Promise<Started>
}

export interface Started {
  readonly origin: string
  /** What the upstream was sent for it, and what the gateway said of it. */
  ask(rounds: readonly Round[], how?: Asking): Promise<{ readonly sent: string; readonly headline: string }>
  close(): Promise<void>
}

export interface Asking {
  readonly session?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Readonly<Record<string, unknown>>
  /** Before `/v1/messages`. */
  readonly path?: string
}

export async function openWorld(): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), 'clutch-compression-'))
  open.push(() => rmSync(folder, { recursive: true, force: true }))
  const stateFolder = join(folder, 'state')
  const projects = join(folder, 'projects')
  mkdirSync(projects)
  const world = { heard: [] as string[], usage: { read: 0, write: 4000 } }
  const baseUrl = await upstream(
    (body) => void world.heard.push(body),
    () => answer(world.usage),
  )
  const start: World['start'] = (changes, more) =>
    startOne(world.heard, {
      providers: { alpha: alphaAt(baseUrl) },
      profiles: { default: { name: 'default', roles: { big: ['alpha/m1'] } } },
      compression: compression(changes),
      stateFolder,
      ledger: { file: join(stateFolder, 'ledger.db'), keepDays: 9 },
      ...more,
    })
  return Object.assign(world, { folder, stateFolder, projects, start })
}

async function upstream(hear: (body: string) => void, say: () => string): Promise<string> {
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk) => {
      body += chunk
    })
    request.on('end', () => {
      hear(body)
      response.setHeader('content-type', 'application/json').end(say())
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  open.push(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const alphaAt = (baseUrl: string) =>
  ({
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
  }) as const

const unread: Configuration = { ok: false, problems: [], warnings: [] }

async function startOne(heard: string[], changes: Partial<Settings>): Promise<Started> {
  const settings = settingsWith(changes)
  const log = new Log({ level: 'error', clock: realClock, redactor: new Redactor(), sinks: [] })
  const started = await startGateway(settings, [], log, { load: () => unread, files: [] })
  let closed = false
  const close = async (): Promise<void> => {
    if (!closed) await started.close(0)
    closed = true
  }
  open.push(close)
  const origin = `http://127.0.0.1:${started.listeners[0]?.port}`
  return {
    origin,
    ask: async (rounds, { session = 's1', headers = {}, body = {}, path = '' } = {}) => {
      const asked = { ...talk('anthropic', rounds), stream: false, ...body }
      const sentWith = { 'x-session-id': session, 'content-type': 'application/json', ...headers }
      const response = await post(`${origin}${path}/v1/messages`, asked, sentWith)
      const text = await response.text()
      if (response.status !== 200) throw new Error(text)
      return { sent: heard.at(-1) ?? '', headline: response.headers.get('x-clutch-cache') ?? '' }
    },
    close,
  }
}
