/** Compression alone: a listener whose profile has one upstream, the user's own; on real sockets. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { shorten } from '../../src/compression/shorten.ts'
import { filters } from '../../src/filters/index.ts'
import { startGateway } from '../../src/server/start.ts'
import { realClock } from '../../src/world/clock.ts'
import { Log } from '../../src/world/log.ts'
import { Redactor } from '../../src/world/redact.ts'
import { settings as settingsOf } from '../config/house.ts'
import { scratch } from '../store/scratch.ts'

const open: (() => unknown)[] = []
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close()
})

const hits = Array.from(
  { length: 300 },
  (_, n) => `src/part-${Math.floor(n / 60)}/long-name.ts:${n}: found here`,
).join('\n')

/** One tool call and its result; the unusual spacing and numbers are the client's own. */
const body = `{"model": "some-model-7b", "max_tokens": 64, "temperature": 1.0, "messages": [
  {"role": "user", "content": "look"},
  {"role": "assistant", "content": [{"type": "tool_use", "id": "t1", "name": "Bash", "input": {"command": "grep -rn found src"}}]},
  {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "t1", "content": ${JSON.stringify(hits)}}]}
], "x_unknown": {"b": 1, "a": 2}}`

async function place() {
  const heard: { body: string; path: string; key: string | undefined }[] = []
  const server = createServer((request, response) => {
    let text = ''
    request.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk
    })
    request.on('end', () => {
      heard.push({ body: text, path: request.url ?? '', key: request.headers['x-api-key']?.toString() })
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end(
        JSON.stringify({
          ...{
            id: 'msg_1',
            type: 'message',
            role: 'assistant',
            model: 'some-model-7b',
            stop_reason: 'end_turn',
          },
          ...{ content: [{ type: 'text', text: 'found' }], usage: { input_tokens: 10, output_tokens: 1 } },
        }),
      )
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  open.push(() => server.close())
  const { port } = server.address() as AddressInfo
  const settings = settingsOf({
    config: {
      listeners: [{ port: 0 }, { port: 0, profile: 'compress' }],
      providers: { mine: { base_url: `http://127.0.0.1:${port}`, dialect: 'anthropic', api_key: 'k-mine' } },
      profiles: { compress: { default_provider: 'mine' } },
      compression: { holdout: 0 },
    },
  })
  const log = new Log({ level: 'error', clock: realClock, redactor: new Redactor(), sinks: [] })
  const running = await startGateway({ ...settings, stateFolder: join(scratch(), 'state') }, [], log)
  open.push(() => running.close(0))
  const listener = running.listeners.find(({ profile }) => profile === 'compress')
  const ask = (headers: Record<string, string> = {}) =>
    fetch(`http://127.0.0.1:${listener?.port}/v1/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-api-key': 'k-client', ...headers },
      body,
    })
  return { heard, ask }
}

/** What takes too long is left alone, and a cold filter on a busy machine may. */
function warm(): void {
  const result = { tool: 'Bash', commandLine: 'grep -rn found src', failed: false, text: hits }
  for (let n = 0; n < 50; n++) shorten(result, { level: 'balanced', originalId: 'r00000', filters })
}

describe('a listener that only compresses', () => {
  it('sends everything on as it came, under its own key, but for what tools said', async () => {
    warm()
    const { heard, ask } = await place()
    const answer = await ask()
    expect(await answer.json()).toMatchObject({ id: 'msg_1', content: [{ text: 'found' }] })
    const [{ body: sent = '', path, key } = {}] = heard
    expect(path).toBe('/v1/messages')
    expect(key).toBe('k-mine')
    const [before = '', after = ''] = body.split(JSON.stringify(hits))
    expect(sent.startsWith(before)).toBe(true)
    expect(sent.endsWith(after)).toBe(true)
    expect(sent.length).toBeLessThan(body.length * 0.75)
  })

  it('leaves that alone too where the request says so', async () => {
    const { heard, ask } = await place()
    await (await ask({ 'x-clutch-compress': 'off' })).text()
    expect(heard[0]?.body).toBe(body)
  })
})
