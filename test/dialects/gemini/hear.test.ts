import { expect, test } from 'vitest'
import { gemini } from '../../../src/dialects/gemini/index.ts'

test('hears the methods of every version, with the model in the path', () => {
  for (const start of ['/v1beta', '/v1alpha', '/v1', '']) {
    expect(gemini.hear(`${start}/models/gemini-3-pro:generateContent`)).toEqual({
      kind: 'generate',
      model: 'gemini-3-pro',
      stream: false,
    })
    expect(gemini.hear(`${start}/models/m:streamGenerateContent`)).toEqual({
      kind: 'generate',
      model: 'm',
      stream: true,
    })
    expect(gemini.hear(`${start}/models/m:countTokens`)).toEqual({ kind: 'count-tokens', model: 'm' })
  }
})

test('model names may hold slashes and colons, plain or percent-encoded', () => {
  const modelIn = (path: string): unknown => {
    const heard = gemini.hear(path)
    return heard?.kind === 'generate' ? heard.model : undefined
  }
  expect(modelIn('/v1beta/models/sandbox/loop-gemini:generateContent')).toBe('sandbox/loop-gemini')
  expect(modelIn('/v1beta/models/sandbox%2Floop-gemini:generateContent')).toBe('sandbox/loop-gemini')
  expect(modelIn('/v1beta/models/models%2Fgemini-3-pro:generateContent')).toBe('gemini-3-pro')
  expect(modelIn('/v1beta/models/openrouter/moonshotai/kimi-k2.6:free:generateContent')).toBe(
    'openrouter/moonshotai/kimi-k2.6:free',
  )
  expect(modelIn('/v1beta/models/a%ZZ:generateContent')).toBe('a%ZZ')
})

test('lists and single models are Gemini’s only under its own versions', () => {
  expect(gemini.hear('/v1beta/models')).toEqual({ kind: 'list-models' })
  expect(gemini.hear('/v1beta/models/gemini-3-pro')).toEqual({ kind: 'get-model', model: 'gemini-3-pro' })
  expect(gemini.hear('/v1beta/models/a/kimi:free')).toEqual({ kind: 'get-model', model: 'a/kimi:free' })
  expect(gemini.hear('/v1/models')).toBeUndefined()
  expect(gemini.hear('/v1/models/claude')).toBeUndefined()
})

test('other methods and other dialects’ paths are not heard', () => {
  for (const path of [
    '/v1beta/models/m:embedContent',
    '/v1beta/models/m:predict',
    '/v1beta/cachedContents',
    '/v1/messages',
    '/v1/chat/completions',
    '/v1betamodels/m:generateContent',
    '/',
  ])
    expect(gemini.hear(path)).toBeUndefined()
})

test('[C76] counts are told as totalTokens, also for a wrapped request', () => {
  expect(gemini.countTokens.encode(31)).toBe('{"totalTokens":31}')
  const contents = [{ parts: [{ text: 'x' }] }]
  expect(gemini.request.decode({ generateContentRequest: { model: 'models/m', contents } })).toEqual(
    gemini.request.decode({ contents }),
  )
})
