/** xAI: Grok models. */
import type { Provider } from './provider.ts'

export const xai: Provider = {
  id: 'xai',
  aliases: ['grok'],
  title: 'xAI',
  baseUrl: 'https://api.x.ai/v1',
  speaks: { 'openai-responses': '/responses', 'openai-chat': '/chat/completions' },
  authorize: 'bearer',
  keyVariables: ['XAI_API_KEY'],
  baseUrlVariables: ['XAI_BASE_URL'],
  keysPage: 'https://console.x.ai',
  homeOf: /^grok-/,
  quirks: {
    reasoningField: 'reasoning_content',
    thinkingRequest: 'none',
    efforts: [],
    images: true,
    documents: false,
    webSearch: true,
  },
  models: [
    { match: /^grok-3-mini/, quirks: { thinkingRequest: 'reasoning_effort', efforts: ['low', 'high'] } },
    { match: /^grok-(3-mini|4|[5-9]|code)/, quirks: { maxStopSequences: 0 } },
  ],
}
