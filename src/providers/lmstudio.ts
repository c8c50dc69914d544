/** Models on this machine, served by LM Studio. */
import type { Provider } from './provider.ts'

export const lmstudio: Provider = {
  id: 'lmstudio',
  title: 'LM Studio',
  baseUrl: 'http://127.0.0.1:1234/v1',
  speaks: {
    'openai-chat': '/chat/completions',
    'openai-responses': '/responses',
    anthropic: '/messages',
  },
  authorize: 'bearer',
  keyVariables: [],
  baseUrlVariables: ['LMSTUDIO_BASE_URL'],
  local: true,
  quirks: { noNamedToolChoice: true, cacheControl: false, documents: false },
}
