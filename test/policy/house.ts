/** A whole gateway on real sockets, with a home of its own on disk and upstreams that count what reaches them. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach } from 'vitest'
import { loadSettings } from '../../src/config/load.ts'
import { type Running, startGateway } from '../../src/server/start.ts'
import { realClock } from '../../src/world/clock.ts'
import { Log } from '../../src/world/log.ts'
import { makePrivateFolder } from '../../src/world/private-files.ts'
import { Redactor } from '../../src/world/redact.ts'

const closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

export interface Heard {
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

/** An upstream that remembers; `answer` absent: a Chat reply that used 1000 + 500 tokens. */
export async function upstream(
  answer: (response: ServerResponse, heard: Heard) => void = (response) => chatReply(response),
) {
  const heard: Heard[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk) => {
      body += chunk
    })
    request.on('end', () => {
      const one = { path: request.url ?? '', headers: request.headers, body }
      heard.push(one)
      answer(response, one)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const close = () =>
    new Promise<void>((resolve) => {
      server.closeAllConnections()
      server.close(() => resolve())
    })
  closers.push(close)
  return { url: `http://127.0.0.1:${port}`, port, heard, close }
}

export function chatReply(response: ServerResponse, model = 'm'): void {
  const choice = { index: 0, finish_reason: 'stop', message: { role: 'assistant', content: 'done' } }
  json(response, {
    id: 'c1',
    object: 'chat.completion',
    created: 1,
    model,
    choices: [choice],
    usage: { prompt_tokens: 1000, completion_tokens: 500, total_tokens: 1500 },
  })
}

export function json(response: ServerResponse, body: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify(body))
}

export class Home {
  readonly folder = mkdtempSync(join(tmpdir(), 'clutch-policy-'))
  readonly lines: Record<string, unknown>[] = []

  constructor() {
    closers.push(() => rmSync(this.folder, { recursive: true, force: true }))
    makePrivateFolder(this.path('.xx/state'))
  }

  path(name: string): string {
    return join(this.folder, name)
  }

  write(config: object | string): void {
    const text = typeof config === 'string' ? config : JSON.stringify(config, null, 2)
    writeFileSync(this.path('.xx/config.json'), text)
  }

  load(env: Record<string, string> = {}) {
    return loadSettings({ flags: {}, env, home: this.folder })
  }

  /** A gateway with this home; a second one finds what the first left. */
  async start(
    env: Record<string, string> = {},
  ): Promise<Pick<Running, 'listeners' | 'reload' | 'close'> & { readonly url: string }> {
    const first = this.load(env)
    if (!first.ok) throw new Error(JSON.stringify(first.problems))
    const { config, keys, dotEnvs } = first.files
    const reading = { load: () => this.load(env), files: [config, keys, ...dotEnvs] }
    const sink = {
      write: (line: string) => void this.lines.push(JSON.parse(line)),
      flush: () => Promise.resolve(),
    }
    const log = new Log({ level: 'debug', clock: realClock, redactor: new Redactor(), sinks: [sink] })
    const running = await startGateway(first.settings, [], log, reading)
    let open = true
    const close = async (graceMs: number): Promise<void> => {
      if (open) await running.close(graceMs)
      open = false
    }
    closers.push(() => close(0))
    const port = running.listeners[0]?.port ?? 0
    return { listeners: running.listeners, reload: running.reload, close, url: `http://127.0.0.1:${port}` }
  }
}

/** config.json with one Chat upstream, `alpha`, that serves `m` for every role. */
export const alphaConfig = (url: string, more: object = {}): object => ({
  port: 0,
  log: { folder: null },
  ledger: false,
  providers: { alpha: { base_url: `${url}/v1`, dialect: 'openai-chat', api_key: 'upstream-secret-1' } },
  model_tiers: { BIG: { default: 'alpha/m' } },
  ...more,
})

export const ask = (
  url: string,
  headers: Record<string, string> = {},
  model = 'claude-opus-4',
): Promise<Response> =>
  fetch(`${url}/v1/messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ model, max_tokens: 99, messages: [{ role: 'user', content: 'hello' }] }),
  })

/** Waits until something is true, briefly. */
export async function until(isTrue: () => boolean | Promise<boolean>, forMs = 5_000): Promise<void> {
  const endMs = Date.now() + forMs
  while (!(await isTrue())) {
    if (Date.now() > endMs) throw new Error('it did not become true in time')
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
