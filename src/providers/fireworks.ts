/** Fireworks AI: open models. */
import type { Provider } from './provider.ts'

export const fireworks: Provider = {
  id: 'fireworks',
  title: 'Fireworks AI',
  baseUrl: 'https://api.fireworks.ai/inference/v1',
  speaks: { 'openai-chat': '/chat/completions', 'openai-responses': '/responses', anthropic: '/messages' },
  authorize: 'bearer',
  vendorPrefixes: true,
  keyVariables: ['FIREWORKS_API_KEY'],
  baseUrlVariables: ['FIREWORKS_BASE_URL'],
  keysPage: 'https://app.fireworks.ai/settings/users/api-keys',
  quirks: {
    reasoningField: 'reasoning_content',
    thinkingRequest: 'reasoning_effort',
    efforts: ['low', 'medium', 'high'],
    images: true,
    documents: false,
  },
}
