/** Alibaba Model Studio: Qwen models. */
import type { Provider } from './provider.ts'

export const qwen: Provider = {
  id: 'qwen',
  aliases: ['dashscope'],
  title: 'Alibaba Model Studio',
  baseUrl: 'https://dashscope-intl.aliyuncs.com',
  speaks: {
    'openai-chat': '/compatible-mode/v1/chat/completions',
    anthropic: '/apps/anthropic/v1/messages',
  },
  authorize: 'bearer',
  keyVariables: ['DASHSCOPE_API_KEY', 'QWEN_API_KEY'],
  baseUrlVariables: ['DASHSCOPE_BASE_URL'],
  keysPage: 'https://modelstudio.console.alibabacloud.com/?tab=api#/api-key',
  homeOf: /^(qwen|qwq|qvq)/,
  quirks: {
    reasoningField: 'reasoning_content',
    thinkingRequest: 'enable_thinking',
    structuredOutput: 'json',
    requiredToolWord: 'auto',
    images: false,
    documents: false,
  },
  models: [
    { match: /coder|instruct/, quirks: { thinkingRequest: 'none', thinking: false } },
    { match: /-vl|-omni|^qvq|^qwen3\.[5-9]/, quirks: { images: true } },
  ],
}
