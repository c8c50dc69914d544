/** Alibaba Model Studio (China): Qwen models. */
import type { Provider } from './provider.ts'

export const qwenCn: Provider = {
  id: 'qwen-cn',
  aliases: ['dashscope-cn'],
  title: 'Alibaba Model Studio (China)',
  baseUrl: 'https://dashscope.aliyuncs.com',
  speaks: {
    'openai-chat': '/compatible-mode/v1/chat/completions',
    anthropic: '/apps/anthropic/v1/messages',
  },
  authorize: 'bearer',
  keyVariables: ['DASHSCOPE_CN_API_KEY', 'QWEN_CN_API_KEY'],
  baseUrlVariables: ['DASHSCOPE_CN_BASE_URL'],
  keysPage: 'https://bailian.console.aliyun.com/?tab=model#/api-key',
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
