/** Moonshot AI: Kimi models. Thoughts must come back with the tool calls they led to. */
import type { Provider } from './provider.ts'

export const moonshot: Provider = {
  id: 'moonshot',
  aliases: ['kimi'],
  title: 'Moonshot AI',
  baseUrl: 'https://api.moonshot.ai',
  speaks: {
    'openai-chat': '/v1/chat/completions',
    anthropic: '/anthropic/v1/messages',
    'openai-responses': '/v1/responses',
  },
  authorize: 'bearer',
  keyVariables: ['MOONSHOT_API_KEY', 'KIMI_API_KEY'],
  baseUrlVariables: ['MOONSHOT_BASE_URL'],
  keysPage: 'https://platform.moonshot.ai/console/api-keys',
  homeOf: /^(kimi|moonshot)-/,
  quirks: {
    maxTokensField: 'max_completion_tokens',
    reasoningField: 'reasoning_content',
    thinkingRequest: 'thinking',
    cachedTokens: 'cached_tokens',
    cacheKey: true,
    images: true,
    documents: false,
    cacheControl: false,
    maxStopSequences: 5,
  },
  models: [
    { match: /^kimi-/, quirks: { reasoningReplay: 'required', refusesSampling: true } },
    { match: /^kimi-k2/, quirks: { requiredToolWord: 'auto', noNamedToolChoice: true } },
    { match: /^kimi-k2\.7-code/, quirks: { thinkingRequest: 'none' } },
    {
      match: /^kimi-k3/,
      quirks: { thinkingRequest: 'reasoning_effort', efforts: ['low', 'high', 'max'] },
    },
    {
      match: /^moonshot-v1/,
      quirks: { thinkingRequest: 'none', thinking: false, reasoningReplay: 'refused' },
    },
  ],
}
