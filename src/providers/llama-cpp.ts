/** Models on this machine, served by llama.cpp. */
import type { Provider } from './provider.ts'

export const llamaCpp: Provider = {
  id: 'llama-cpp',
  title: 'llama.cpp',
  baseUrl: 'http://127.0.0.1:8080/v1',
  speaks: { 'openai-chat': '/chat/completions', anthropic: '/messages' },
  authorize: 'bearer',
  keyVariables: [],
  baseUrlVariables: ['LLAMA_CPP_BASE_URL'],
  local: true,
  quirks: {
    reasoningField: 'reasoning_content',
    noNamedToolChoice: true,
    cacheControl: false,
    documents: false,
  },
}
