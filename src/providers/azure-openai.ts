/** OpenAI models in a company's own Azure resource: base URL, deployment and api-version are the user's. */
import type { Provider } from './provider.ts'

export const azureOpenai: Provider = {
  id: 'azure-openai',
  aliases: ['azure'],
  title: 'Azure OpenAI',
  baseUrl: '',
  speaks: {
    'openai-chat': '/openai/deployments/{model}/chat/completions',
    'openai-responses': '/openai/v1/responses',
  },
  authorize: 'api-key',
  keyVariables: ['AZURE_OPENAI_API_KEY', 'AZURE_API_KEY'],
  baseUrlVariables: ['AZURE_OPENAI_ENDPOINT', 'AZURE_API_BASE'],
  keysPage: 'https://portal.azure.com',
  quirks: {
    thinkingRequest: 'none',
    efforts: [],
    reasoningReplay: 'refused',
    images: true,
    cacheKey: true,
    maxStopSequences: 4,
  },
  models: [
    {
      match: /(^|[^a-z])(o\d|codex|gpt-?[5-9])/i,
      quirks: {
        maxTokensField: 'max_completion_tokens',
        thinkingRequest: 'reasoning_effort',
        refusesSampling: true,
        systemRole: 'developer',
        maxStopSequences: 0,
        efforts: ['low', 'medium', 'high'],
      },
    },
  ],
}
