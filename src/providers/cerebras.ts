/** Cerebras: open models, very fast. */
import type { Provider } from './provider.ts'

export const cerebras: Provider = {
  id: 'cerebras',
  title: 'Cerebras',
  baseUrl: 'https://api.cerebras.ai/v1',
  speaks: { 'openai-chat': '/chat/completions' },
  authorize: 'bearer',
  keyVariables: ['CEREBRAS_API_KEY'],
  baseUrlVariables: ['CEREBRAS_BASE_URL'],
  keysPage: 'https://cloud.cerebras.ai',
  quirks: {
    maxTokensField: 'max_completion_tokens',
    reasoningField: 'reasoning',
    thinkingRequest: 'none',
    images: false,
    documents: false,
    maxStopSequences: 4,
  },
  models: [
    {
      match: /gpt-oss/,
      quirks: { thinkingRequest: 'reasoning_effort', efforts: ['low', 'medium', 'high'] },
    },
  ],
}
