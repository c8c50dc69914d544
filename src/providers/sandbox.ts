/** The upstream inside this process: needs no key and no network, speaks all four dialects. */
import type { Provider } from './provider.ts'

export const sandbox: Provider = {
  id: 'sandbox',
  title: 'Sandbox',
  baseUrl: 'sandbox://in-process',
  speaks: {
    anthropic: '/v1/messages',
    'openai-responses': '/v1/responses',
    'openai-chat': '/v1/chat/completions',
    gemini: '/v1beta/models/{model}:{method}',
  },
  authorize: 'none',
  keyVariables: [],
  local: true,
  quirks: { images: true, documents: true, webSearch: true, cacheKey: true },
}
