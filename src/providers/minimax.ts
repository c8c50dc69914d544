/** MiniMax. The Anthropic dialect comes first: it keeps thoughts apart from the answer. */
import type { Provider } from './provider.ts'

export const minimax: Provider = {
  id: 'minimax',
  title: 'MiniMax',
  baseUrl: 'https://api.minimax.io',
  speaks: {
    anthropic: '/anthropic/v1/messages',
    'openai-chat': '/v1/chat/completions',
    'openai-responses': '/v1/responses',
  },
  authorize: 'bearer',
  keyVariables: ['MINIMAX_API_KEY'],
  baseUrlVariables: ['MINIMAX_BASE_URL'],
  keysPage: 'https://platform.minimax.io/user-center/basic-information/interface-key',
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
