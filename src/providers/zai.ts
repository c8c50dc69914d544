/** Z.ai: GLM models, international, billed by token. */
import type { Provider } from './provider.ts'

export const zai: Provider = {
  id: 'zai',
  aliases: ['z.ai', 'glm'],
  title: 'Z.ai',
  baseUrl: 'https://api.z.ai/api',
  speaks: { 'openai-chat': '/paas/v4/chat/completions', anthropic: '/anthropic/v1/messages' },
  authorize: 'bearer',
  keyVariables: ['ZAI_API_KEY', 'Z_AI_API_KEY'],
  baseUrlVariables: ['ZAI_BASE_URL'],
  keysPage: 'https://z.ai/manage-apikey/apikey-list',
  homeOf: /^glm-/,
  quirks: {
    reasoningField: 'reasoning_content',
    thinkingRequest: 'thinking',
    requiredToolWord: 'auto',
    noNamedToolChoice: true,
    noParallelSwitch: true,
    structuredOutput: 'json',
    maxStopSequences: 1,
    images: false,
    documents: false,
    cacheControl: false,
  },
  models: [
    { match: /^glm-4\.5/, quirks: { maxOutputTokens: 98_304 } },
    { match: /^glm-(4\.[6-9]|[5-9])/, quirks: { maxOutputTokens: 131_072 } },
    {
      match: /^glm-5\.[3-9]/,
      quirks: { thinkingRequest: 'reasoning_effort', efforts: ['low', 'high', 'max'] },
    },
    { match: /^glm-\d(\.\d)?v|^glm-5\.3-flash/i, quirks: { images: true } },
  ],
}
