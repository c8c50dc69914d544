/** Mistral: its own word for a required tool call, its own rules for ids. */
import type { Provider } from './provider.ts'

export const mistral: Provider = {
  id: 'mistral',
  title: 'Mistral',
  baseUrl: 'https://api.mistral.ai/v1',
  speaks: { 'openai-chat': '/chat/completions' },
  authorize: 'bearer',
  keyVariables: ['MISTRAL_API_KEY'],
  baseUrlVariables: ['MISTRAL_BASE_URL'],
  keysPage: 'https://console.mistral.ai/api-keys',
  homeOf: /^(mistral|magistral|ministral|codestral|devstral|pixtral)-/,
  quirks: {
    requiredToolWord: 'any',
    callIdLength: 9,
    noUserAfterTool: true,
    systemOnlyFirst: true,
    thinkingRequest: 'none',
    streamUsage: false,
    reasoningReplay: 'refused',
    documents: false,
    images: true,
  },
}
