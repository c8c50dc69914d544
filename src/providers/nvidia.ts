/** NVIDIA NIM: hosted open models. */
import type { Provider } from './provider.ts'

export const nvidia: Provider = {
  id: 'nvidia',
  aliases: ['nim'],
  title: 'NVIDIA NIM',
  baseUrl: 'https://integrate.api.nvidia.com/v1',
  speaks: { 'openai-chat': '/chat/completions' },
  authorize: 'bearer',
  vendorPrefixes: true,
  keyVariables: ['NVIDIA_API_KEY', 'NVIDIA_NIM_API_KEY'],
  baseUrlVariables: ['NVIDIA_BASE_URL'],
  models: [{ match: /mistral|devstral|magistral/, quirks: { callIdLength: 9, noUserAfterTool: true } }],
  keysPage: 'https://build.nvidia.com',
  quirks: { thinkingRequest: 'none', images: false, documents: false },
}
