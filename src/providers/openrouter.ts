/** OpenRouter: one key, many providers behind it; answers in three dialects. */
import type { Provider } from './provider.ts'

export const openrouter: Provider = {
  id: 'openrouter',
  title: 'OpenRouter',
  baseUrl: 'https://openrouter.ai/api/v1',
  speaks: {
    'openai-chat': '/chat/completions',
    anthropic: '/messages',
    'openai-responses': '/responses',
  },
  authorize: 'bearer',
  vendorPrefixes: true,
  keyVariables: ['OPENROUTER_API_KEY'],
  baseUrlVariables: ['OPENROUTER_BASE_URL'],
  keysPage: 'https://openrouter.ai/keys',
  freeTier: [
    {
      match: /:free$/,
      allowances: [
        { unit: 'requests', per: 'minute', limit: 20 },
        { unit: 'requests', per: 'day', limit: 1000 },
      ],
    },
  ],
  quirks: {
    reasoningField: 'reasoning_details',
    thinkingRequest: 'reasoning',
    efforts: ['minimal', 'low', 'medium', 'high', 'xhigh'],
    images: true,
    documents: true,
    cacheKey: false,
    maxModels: 3,
  },
  models: [
    { match: /^mistralai\//, quirks: { callIdLength: 9, noUserAfterTool: true } },
    { match: /^(openai|x-ai)\//, quirks: { reasoningReplay: 'accepted' } },
    { match: /^(anthropic|google|moonshotai|minimax|deepseek)\//, quirks: { reasoningReplay: 'required' } },
  ],
}
