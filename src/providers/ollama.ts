/** Models on this machine, served by Ollama. */
import type { Provider } from './provider.ts'

export const ollama: Provider = {
  id: 'ollama',
  title: 'Ollama',
  baseUrl: 'http://127.0.0.1:11434',
  speaks: {
    'openai-chat': '/v1/chat/completions',
    anthropic: '/v1/messages',
    'openai-responses': '/v1/responses',
  },
  authorize: 'bearer',
  keyVariables: [],
  baseUrlVariables: ['OLLAMA_BASE_URL'],
  local: true,
  quirks: {
    reasoningField: 'reasoning',
    efforts: ['low', 'medium', 'high'],
    images: true,
    noNamedToolChoice: true,
    requiredToolWord: 'auto',
    cacheControl: false,
  },
}
