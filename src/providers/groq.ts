/** Groq: open models, fast. */
import type { Provider } from './provider.ts'

export const groq: Provider = {
  id: 'groq',
  title: 'Groq',
  baseUrl: 'https://api.groq.com/openai/v1',
  speaks: { 'openai-chat': '/chat/completions', 'openai-responses': '/responses' },
  authorize: 'bearer',
  vendorPrefixes: true,
  keyVariables: ['GROQ_API_KEY'],
  baseUrlVariables: ['GROQ_BASE_URL'],
  keysPage: 'https://console.groq.com/keys',
  quirks: {
    maxTokensField: 'max_completion_tokens',
    reasoningField: 'reasoning',
    thinkingRequest: 'none',
    documents: false,
    images: false,
    maxStopSequences: 4,
  },
  models: [
    {
      match: /gpt-oss/,
      quirks: { thinkingRequest: 'reasoning_effort', efforts: ['low', 'medium', 'high'] },
    },
    { match: /llama-4|vision/, quirks: { images: true } },
  ],
}
