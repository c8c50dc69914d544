/** DeepSeek. Thinks by default; thoughts of a turn with tool calls must come back in later turns. */
import type { Provider } from './provider.ts'

export const deepseek: Provider = {
  id: 'deepseek',
  title: 'DeepSeek',
  baseUrl: 'https://api.deepseek.com',
  speaks: {
    'openai-chat': '/chat/completions',
    anthropic: '/anthropic/v1/messages',
    'openai-responses': '/responses',
  },
  authorize: 'bearer',
  authorizeIn: { anthropic: 'x-api-key' },
  keyVariables: ['DEEPSEEK_API_KEY'],
  baseUrlVariables: ['DEEPSEEK_BASE_URL'],
  keysPage: 'https://platform.deepseek.com/api_keys',
  homeOf: /^deepseek-/,
  quirks: {
    reasoningField: 'reasoning_content',
    reasoningReplay: 'required',
    thinkingRequest: 'thinking',
    efforts: ['low', 'high', 'max'],
    cachedTokens: 'prompt_cache_hit_tokens',
    structuredOutput: 'json',
    images: false,
    documents: false,
    cacheControl: false,
  },
  models: [
    { match: /^deepseek-reasoner$/, quirks: { thinkingRequest: 'none' } },
    { match: /vision/, quirks: { images: true } },
  ],
}
