/** MiniMax (China). The Anthropic dialect comes first: it keeps thoughts apart from the answer. */
import type { Provider } from './provider.ts'

export const minimaxCn: Provider = {
  id: 'minimax-cn',
  title: 'MiniMax (China)',
  baseUrl: 'https://api.minimaxi.com',
  speaks: {
    anthropic: '/anthropic/v1/messages',
    'openai-chat': '/v1/chat/completions',
    'openai-responses': '/v1/responses',
  },
  authorize: 'bearer',
  keyVariables: ['MINIMAX_CN_API_KEY'],
  baseUrlVariables: ['MINIMAX_CN_BASE_URL'],
  keysPage: 'https://platform.minimaxi.com/user-center/basic-information/interface-key',
  homeOf: /^minimax-/i,
  quirks: {
    reasoningField: 'reasoning_details',
    reasoningReplay: 'required',
    thinkingRequest: 'none',
    images: false,
    documents: false,
  },
  models: [{ match: /^minimax-m[3-9]/i, quirks: { images: true } }],
}
