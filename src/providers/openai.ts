/** OpenAI's own API. With OPENAI_BASE_URL it is whatever Chat endpoint that names (see config/openai-base-url.ts). */
import type { Provider } from './provider.ts'

export const openai: Provider = {
  id: 'openai',
  title: 'OpenAI',
  baseUrl: 'https://api.openai.com/v1',
  speaks: { 'openai-responses': '/responses', 'openai-chat': '/chat/completions' },
  authorize: 'bearer',
  keyVariables: ['OPENAI_API_KEY'],
  baseUrlVariables: ['OPENAI_BASE_URL'],
  keysPage: 'https://platform.openai.com/api-keys',
  homeOf: /^(gpt-|chatgpt-|o\d(-|$)|codex-)/,
  quirks: {
    maxTokensField: 'max_completion_tokens',
    thinkingRequest: 'none',
    efforts: [],
    reasoningReplay: 'refused',
    images: true,
    documents: true,
    webSearch: true,
    cacheKey: true,
    maxStopSequences: 4,
    maxNameLength: 64,
  },
  models: [
    { match: /^(gpt-3\.5|gpt-4(?!\.1|o))/, quirks: { structuredOutput: 'json' } },
    {
      match: /^(o\d|codex|gpt-[5-9])/,
      quirks: {
        thinkingRequest: 'reasoning_effort',
        refusesSampling: true,
        systemRole: 'developer',
        maxStopSequences: 0,
        verbosity: true,
        fillsOptionalTexts: true,
        efforts: ['low', 'medium', 'high'],
      },
    },
    { match: /^gpt-5(-|$)/, quirks: { efforts: ['minimal', 'low', 'medium', 'high'] } },
    { match: /^gpt-(5\.[2-9]|[6-9])/, quirks: { efforts: ['low', 'medium', 'high', 'xhigh'] } },
    { match: /-chat(-latest)?$/, quirks: { thinkingRequest: 'none', refusesSampling: false } },
    { match: /(-pro|-codex|^codex|-deep-research)/, quirks: {}, dialects: ['openai-responses'] },
  ],
}
