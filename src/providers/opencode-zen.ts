/** OpenCode Zen: a curated list; each family of models has its own dialect. */
import type { Provider } from './provider.ts'

export const opencodeZen: Provider = {
  id: 'opencode-zen',
  aliases: ['zen', 'opencode'],
  title: 'OpenCode Zen',
  baseUrl: 'https://opencode.ai/zen/v1',
  speaks: {
    'openai-chat': '/chat/completions',
    anthropic: '/messages',
    'openai-responses': '/responses',
    gemini: '/models/{model}:{method}',
  },
  authorize: 'bearer',
  authorizeIn: { anthropic: 'x-api-key', gemini: 'x-goog-api-key' },
  keyVariables: ['OPENCODE_ZEN_API_KEY', 'OPENCODE_API_KEY'],
  baseUrlVariables: ['OPENCODE_ZEN_BASE_URL'],
  keysPage: 'https://opencode.ai/zen',
  quirks: { images: true, documents: false },
  models: [
    { match: /^(?!gpt-|claude-|gemini-)/, quirks: {}, dialects: ['openai-chat'] },
    {
      match: /^gpt-/,
      quirks: { refusesSampling: true, efforts: ['low', 'medium', 'high', 'xhigh'], cacheKey: true },
      dialects: ['openai-responses'],
    },
    { match: /^claude-/, quirks: { documents: true }, dialects: ['anthropic'] },
    { match: /^gemini-/, quirks: { documents: true }, dialects: ['gemini'] },
  ],
}
