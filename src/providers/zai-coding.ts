/** Z.ai: GLM models, the coding subscription. */
import type { Provider } from './provider.ts'

export const zaiCoding: Provider = {
  id: 'zai-coding',
  aliases: ['glm-coding'],
  title: 'Z.ai Coding Plan',
  baseUrl: 'https://api.z.ai/api',
  speaks: {
    'openai-chat': '/coding/paas/v4/chat/completions',
    anthropic: '/anthropic/v1/messages',
  },
  authorize: 'bearer',
  keyVariables: ['ZAI_CODING_API_KEY', 'ZAI_API_KEY', 'Z_AI_API_KEY'],
  baseUrlVariables: ['ZAI_CODING_BASE_URL'],
  keysPage: 'https://z.ai/manage-apikey/apikey-list',
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
  models: [{ match: /^glm-\d(\.\d)?v/i, quirks: { images: true } }],
}
