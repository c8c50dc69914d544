/** Models on this machine or in the house, served by vLLM. */
import type { Provider } from './provider.ts'

export const vllm: Provider = {
  id: 'vllm',
  title: 'vLLM',
  baseUrl: 'http://127.0.0.1:8000/v1',
  speaks: {
    'openai-chat': '/chat/completions',
    'openai-responses': '/responses',
    anthropic: '/messages',
  },
  authorize: 'bearer',
  keyVariables: [],
  baseUrlVariables: ['VLLM_BASE_URL'],
  local: true,
  quirks: { reasoningField: 'reasoning', cacheControl: false, documents: false },
}
