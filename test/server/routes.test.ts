import { describe, expect, test } from 'vitest'
import { dialects } from '../../src/dialects/index.ts'
import { callersDialect, findRoute } from '../../src/server/routes.ts'

const kindOf = (method: string, url: string): string => {
  const { errand } = findRoute(method, url, dialects)
  if (errand.kind === 'generate' || errand.kind === 'count-tokens')
    return `${errand.kind} ${errand.dialect.id}`
  if (errand.kind === 'models') return `models ${errand.google ? 'google' : 'shared'} ${errand.model ?? '*'}`
  if (errand.kind === 'probe') return `probe ${errand.probe}`
  return errand.kind === 'wrong-method' ? `wrong-method ${errand.allow}` : errand.kind
}

describe('what a path is for', () => {
  test.each([
    ['POST', '/v1/messages', 'generate anthropic'],
    ['POST', '/v1/messages/count_tokens', 'count-tokens anthropic'],
    ['POST', '/v1/chat/completions', 'generate openai-chat'],
    ['POST', '/v1/responses', 'generate openai-responses'],
    ['POST', '/v1beta/models/gemini-3-pro:generateContent', 'generate gemini'],
    ['POST', '/v1beta/models/a/b/c:streamGenerateContent', 'generate gemini'],
    ['POST', '/v1beta/models/gemini-3-pro:countTokens', 'count-tokens gemini'],
    ['GET', '/v1/models', 'models shared *'],
    ['GET', '/v1/models/alpha/some-model', 'models shared alpha/some-model'],
    ['GET', '/v1/models/alpha%2Fsome-model', 'models shared alpha/some-model'],
    ['GET', '/v1beta/models', 'models google *'],
    ['GET', '/v1beta/models/alpha/some-model', 'models google alpha/some-model'],
    ['GET', '/', 'probe root'],
    ['HEAD', '/', 'probe root'],
    ['GET', '/health', 'probe health'],
    ['GET', '/healthz', 'probe healthz'],
    ['GET', '/readyz', 'probe readyz'],
    ['HEAD', '/api/hello', 'probe hello'],
    ['POST', '/api/event_logging/batch', 'probe telemetry'],
    ['GET', '/v1/messages', 'wrong-method POST'],
    ['POST', '/v1/models', 'wrong-method GET, HEAD'],
    ['DELETE', '/healthz', 'wrong-method GET, HEAD'],
    ['GET', '/favicon.ico', 'not-found'],
    ['POST', '/v1/embeddings', 'not-found'],
    ['GET', '/toString', 'not-found'],
  ])('%s %s is %s', (method, url, expected) => {
    expect(kindOf(method, url)).toBe(expected)
  })

  test('[C1] a query changes nothing about what a path is for', () => {
    expect(kindOf('POST', '/v1/messages?beta=true')).toBe('generate anthropic')
    expect(findRoute('POST', '/v1/messages?beta=true', dialects).query).toBe('?beta=true')
    expect(kindOf('GET', '/v1/models?limit=1000')).toBe('models shared *')
  })

  test('[C133] messages without /v1 are accepted too', () => {
    expect(kindOf('POST', '/messages')).toBe('generate anthropic')
    expect(kindOf('POST', '/messages/count_tokens')).toBe('count-tokens anthropic')
  })

  test('[C139] models can be asked for without /v1 as well', () => {
    expect(kindOf('GET', '/models')).toBe('models shared *')
  })
})

describe('prefixes', () => {
  test.each([
    ['/p/kimi/v1/messages', 'generate anthropic', 'kimi', undefined],
    ['/p/kimi', 'probe root', 'kimi', undefined],
    ['/p/kimi/', 'probe root', 'kimi', undefined],
    ['/p/kimi/healthz', 'probe healthz', 'kimi', undefined],
    ['/p/my%20team/v1/responses', 'generate openai-responses', 'my team', undefined],
    ['/s/launch-1/v1/messages', 'generate anthropic', undefined, 'launch-1'],
    ['/p/kimi/s/launch-1/v1/messages?beta=true', 'generate anthropic', 'kimi', 'launch-1'],
    ['/s/launch-1/p/kimi/v1beta/models/x:generateContent', 'generate gemini', 'kimi', 'launch-1'],
    ['/p/%zz/v1/messages', 'generate anthropic', '%zz', undefined],
    ['/p//v1/messages', 'not-found', undefined, undefined],
  ])('[C134] %s', (url, expected, profile, launch) => {
    const method = expected.startsWith('probe') ? 'GET' : 'POST'
    expect(kindOf(method, url)).toBe(expected)
    const route = findRoute(method, url, dialects)
    expect([route.profile, route.launch]).toEqual([profile, launch])
  })
})

describe('whose words an error is in', () => {
  const speaker = (path: string, headers: Record<string, string> = {}): string =>
    callersDialect(path, headers, dialects).id

  test('paths of calls decide for themselves', () => {
    expect(speaker('/v1/messages')).toBe('anthropic')
    expect(speaker('/v1/chat/completions', { 'anthropic-version': '2023-06-01' })).toBe('openai-chat')
    expect(speaker('/v1/responses')).toBe('openai-responses')
    expect(speaker('/v1beta/models/x:generateContent')).toBe('gemini')
  })
  test('on shared paths the headers give the caller away', () => {
    expect(speaker('/v1/models')).toBe('openai-chat')
    expect(speaker('/v1/models', { 'anthropic-version': '2026-10-21' })).toBe('anthropic')
    expect(speaker('/v1/models', { 'x-api-key': 'k' })).toBe('anthropic')
    expect(speaker('/v1/models', { 'x-goog-api-key': 'k' })).toBe('gemini')
    expect(speaker('/v1beta/files')).toBe('gemini')
  })
  test('paths nobody knows are told apart by how they begin', () => {
    expect(speaker('/v1/messages/batches')).toBe('anthropic')
    expect(speaker('/v1/responses/resp_1')).toBe('openai-responses')
    expect(speaker('/nothing')).toBe('openai-chat')
  })
})
