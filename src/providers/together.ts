/** Together AI: open models. */
import type { Provider } from './provider.ts'

export const together: Provider = {
  id: 'together',
  title: 'Together AI',
  baseUrl: 'https://api.together.xyz/v1',
  speaks: { 'openai-chat': '/chat/completions' },
  authorize: 'bearer',
  vendorPrefixes: true,
  keyVariables: ['TOGETHER_API_KEY'],
  baseUrlVariables: ['TOGETHER_BASE_URL'],
  keysPage: 'https://api.together.ai/settings/api-keys',
  quirks: { reasoningField: 'reasoning', thinkingRequest: 'none', images: true, documents: false },
}
