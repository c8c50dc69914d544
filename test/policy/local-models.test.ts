/** Servers of models on this machine: found, asked, and used when nothing else is left. */

import type { ServerResponse } from 'node:http'
import { describe, expect, test } from 'vitest'
import { type LocalServer, lastResort, readLocalModels } from '../../src/routing/local-models.ts'
import { LocalShelf } from '../../src/server/local-shelf.ts'
import type { AskJson } from '../../src/world/ask-json.ts'
import { Log } from '../../src/world/log.ts'
import { Redactor } from '../../src/world/redact.ts'
import { VirtualClock } from '../gateway/rig.ts'
import { settingsWith } from '../server/house.ts'
import { alphaConfig, ask, chatReply, type Heard, Home, json, until, upstream } from './house.ts'

type Answers = Readonly<Record<string, unknown>>

const answering = (answers: Answers) => (path: string, body?: object) => {
  const name = body && 'model' in body ? `${path} ${String(body.model)}` : path
  const found = answers[name]
  return Promise.resolve(found === undefined ? undefined : JSON.parse(JSON.stringify(found)))
}

const ollama: Answers = {
  '/api/tags': {
    models: [{ name: 'qwen3:latest' }, { name: 'tuned:8b' }, { name: 'nomic-embed-text:latest' }],
  },
  '/api/ps': { models: [{ name: 'qwen3:latest', context_length: 8192 }] },
  '/api/show tuned:8b': {
    parameters: 'stop "x"\nnum_ctx                        16384',
    model_info: { 'q.context_length': 40960 },
  },
  '/api/show nomic-embed-text:latest': { model_info: { 'nomic-bert.context_length': 2048 } },
}

describe('what a server says of its models', () => {
  test('Ollama: what a loaded model runs with, else what its file asks for, else what it was trained with', async () => {
    expect(await readLocalModels('ollama', answering(ollama))).toEqual([
      { id: 'qwen3:latest', windowTokens: 8192, loaded: true },
      { id: 'tuned:8b', windowTokens: 16384 },
      { id: 'nomic-embed-text:latest', windowTokens: 2048 },
    ])
  })

  test('llama.cpp: the window of one slot, not what the model was trained with', async () => {
    const answers = {
      '/v1/models': { data: [{ id: 'gguf', meta: { n_ctx_train: 131072 } }] },
      '/props': { default_generation_settings: { n_ctx: 4096 } },
    }
    expect(await readLocalModels('llama-cpp', answering(answers))).toEqual([
      { id: 'gguf', windowTokens: 4096, loaded: true },
    ])
    const { '/props': _, ...older } = answers
    expect(await readLocalModels('llama-cpp', answering(older))).toEqual([
      { id: 'gguf', windowTokens: 131072, loaded: true },
    ])
  })

  test('LM Studio: loaded and possible windows, no embeddings; older ones only names', async () => {
    const own = {
      '/api/v0/models': {
        data: [
          { id: 'a', type: 'llm', state: 'loaded', max_context_length: 131072, loaded_context_length: 8192 },
          { id: 'b', type: 'vlm', state: 'not-loaded', max_context_length: 32768 },
          { id: 'e', type: 'embeddings', state: 'loaded' },
        ],
      },
    }
    expect(await readLocalModels('lmstudio', answering(own))).toEqual([
      { id: 'a', windowTokens: 8192, loaded: true },
      { id: 'b', windowTokens: 32768 },
    ])
    expect(await readLocalModels('lmstudio', answering({ '/v1/models': { data: [{ id: 'a' }] } }))).toEqual([
      { id: 'a', loaded: true },
    ])
  })

  test('vLLM: max_model_len', async () => {
    const answers = { '/v1/models': { data: [{ id: 'org/big', max_model_len: 65536 }] } }
    expect(await readLocalModels('vllm', answering(answers))).toEqual([
      { id: 'org/big', windowTokens: 65536, loaded: true },
    ])
  })

  test.each(['ollama', 'llama-cpp', 'lmstudio', 'vllm'])(
    '%s: silence and nonsense are no models',
    async (kind) => {
      expect(await readLocalModels(kind, answering({}))).toBeUndefined()
      for (const junk of [
        'text',
        7,
        [],
        { models: 'x', data: null },
        { models: [7, {}], data: [null, { id: 3 }] },
      ]) {
        const all = {
          '/api/tags': junk,
          '/api/ps': junk,
          '/v1/models': junk,
          '/props': junk,
          '/api/v0/models': junk,
        }
        expect((await readLocalModels(kind, answering(all))) ?? []).toEqual([])
      }
    },
  )
})

describe('the last resort', () => {
  const servers: LocalServer[] = [
    {
      provider: 'ollama',
      models: [
        { id: 'bge-m3', windowTokens: 8192, loaded: true },
        { id: 'small', windowTokens: 4096 },
        { id: 'large:latest', windowTokens: 65536 },
      ],
    },
    { provider: 'vllm', models: undefined },
    {
      provider: 'lmstudio',
      models: [
        { id: 'a', windowTokens: 99999 },
        { id: 'b', windowTokens: 1, loaded: true },
      ],
    },
  ]

  test('is each server’s best: loaded before large, and something that can chat', () => {
    expect(lastResort(true, servers)).toEqual(['ollama/large:latest', 'lmstudio/b'])
  })

  test('may be named, in the user’s order; what is not there is left out', () => {
    expect(lastResort(['lmstudio/a', 'vllm/x', 'ollama/large', 'ollama/none', 'lmstudio'], servers)).toEqual([
      'lmstudio/a',
      'ollama/large:latest',
      'lmstudio/b',
    ])
  })
})

describe('the shelf', () => {
  const settings = settingsWith({
    localLastResort: true,
    providers: {
      vllm: {
        provider: {
          id: 'vllm',
          title: '',
          baseUrl: '',
          speaks: {},
          authorize: 'none',
          keyVariables: [],
          local: true,
        },
        baseUrl: 'http://127.0.0.1:8000/v1',
        headers: {},
      },
      ...settingsWith().providers,
    },
  })
  const quiet = (clock: VirtualClock) =>
    new Log({ level: 'error', clock, redactor: new Redactor(), sinks: [] })

  test('never waits: it answers with what it knows, and asks again after a while, one question at a time', async () => {
    const clock = new VirtualClock()
    const asked: string[] = []
    const waiting: ((isUp: boolean) => void)[] = []
    const askJson: AskJson = ({ url }) => {
      asked.push(url)
      return new Promise((resolve) => {
        waiting.push((isUp) =>
          resolve(
            isUp
              ? { kind: 'answered', status: 200, body: { data: [{ id: 'm', max_model_len: 9 }] } }
              : { kind: 'unreachable', because: 'ECONNREFUSED' },
          ),
        )
      })
    }
    const shelf = new LocalShelf(settings, { ask: askJson, clock, log: quiet(clock) })
    expect(asked).toEqual(['http://127.0.0.1:8000/v1/models'])
    expect([shelf.lastResort(), shelf.lastResort(), asked.length]).toEqual([[], [], 1])
    waiting.pop()?.(false)
    await clock.advance(29_999)
    expect([shelf.lastResort(), asked.length]).toEqual([[], 1])
    await clock.advance(1)
    expect([shelf.lastResort(), asked.length]).toEqual([[], 2])
    waiting.pop()?.(true)
    await clock.advance(0)
    expect([shelf.lastResort(), shelf.windowOf('vllm', 'm')]).toEqual([['vllm/m'], 9])
    await clock.advance(30_000)
    expect(shelf.lastResort()).toEqual(['vllm/m'])
    waiting.pop()?.(false)
    await clock.advance(0)
    expect([shelf.lastResort(), shelf.report()]).toEqual([
      [],
      [{ provider: 'vllm', reachable: false, models: [] }],
    ])
  })

  test('asks nobody when no local provider is configured', () => {
    const clock = new VirtualClock()
    const shelf = new LocalShelf(settingsWith(), {
      ask: () => Promise.reject(new Error('asked')),
      clock,
      log: quiet(clock),
    })
    expect(shelf.lastResort()).toEqual([])
  })
})

describe('a gateway with a local server', () => {
  const serve =
    (answers: Answers) =>
    (response: ServerResponse, { path, body }: Heard): void => {
      const model = body === '' ? '' : ` ${JSON.parse(body).model}`
      const found = answers[`${path}${model}`]
      if (path.endsWith('/chat/completions')) chatReply(response)
      else if (found === undefined) json(response, { error: 'no such path' }, 404)
      else json(response, found)
    }

  async function start(localUrl: string, more: object = {}) {
    const { url } = await upstream((response) => json(response, { error: { message: 'down' } }, 503))
    const home = new Home()
    const config = alphaConfig(url, { limits: { max_retries: 0 }, ...more })
    home.write({
      ...config,
      providers: {
        alpha: { base_url: `${url}/v1`, dialect: 'openai-chat' },
        ollama: { base_url: localUrl, dialect: 'openai-chat' },
      },
    })
    return { home, gateway: await home.start() }
  }

  const found = (home: Home) =>
    home.lines.some(({ event, reachable }) => event === 'local-models' && reachable === true)

  test('asks it when every other target has failed', async () => {
    const { url, heard } = await upstream(serve(ollama))
    const { home, gateway } = await start(url, { local_last_resort: ['ollama'] })
    await until(() => found(home))
    const answer = await ask(gateway.url)
    expect([answer.status, answer.headers.get('x-clutch-target')]).toEqual([200, 'ollama/qwen3:latest'])
    expect(JSON.parse(heard.at(-1)?.body ?? '').model).toBe('qwen3:latest')
    const explicit = await ask(gateway.url, {}, 'alpha/m')
    expect(explicit.status).not.toBe(200)
  })

  test('does not send it what it cannot hold', async () => {
    const { url, heard } = await upstream(serve(ollama))
    const { home, gateway } = await start(url, { local_last_resort: true })
    await until(() => found(home))
    const words = 'many words '.repeat(8_000)
    const body = { model: 'claude-opus-4', max_tokens: 9, messages: [{ role: 'user', content: words }] }
    const answer = await fetch(`${gateway.url}/v1/messages`, { method: 'POST', body: JSON.stringify(body) })
    expect(answer.status).not.toBe(200)
    expect(heard.some(({ path }) => path.endsWith('/chat/completions'))).toBe(false)
  })

  test('does not miss it when it is not there', async () => {
    const gone = await upstream()
    await gone.close()
    const { gateway } = await start(gone.url, { local_last_resort: true })
    const answer = await ask(gateway.url)
    expect([answer.status, answer.headers.get('x-clutch-attempts')]).toEqual([529, '1'])
  })
})
