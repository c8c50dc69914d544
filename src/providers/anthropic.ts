/** Anthropic's own API. */
import type { Provider } from './provider.ts'

export const anthropic: Provider = {
  id: 'anthropic',
  title: 'Anthropic',
  baseUrl: 'https://api.anthropic.com',
  speaks: { anthropic: '/v1/messages' },
  authorize: 'x-api-key',
  keyVariables: ['ANTHROPIC_API_KEY'],
  baseUrlVariables: ['ANTHROPIC_BASE_URL'],
  keysPage: 'https://console.anthropic.com/settings/keys',
  homeOf: /^claude-/,
  quirks: { images: true, documents: true, webSearch: true, maxNameLength: 128 },
  models: [
    { match: /^claude-3-(opus|sonnet|haiku)/, quirks: { maxOutputTokens: 4096 } },
    { match: /^claude-3-5/, quirks: { maxOutputTokens: 8192 } },
    { match: /^claude-3-7/, quirks: { maxOutputTokens: 64_000 } },
    { match: /^claude-(sonnet|haiku)-4/, quirks: { maxOutputTokens: 64_000 } },
    { match: /^claude-opus-4-(0|1|2025)/, quirks: { maxOutputTokens: 32_000 } },
    { match: /^claude-(3|(sonnet|haiku)-4-(?!6)|opus-4-(0|1|2025))/, quirks: { efforts: [] } },
    { match: /^claude-opus-4-5/, quirks: { maxOutputTokens: 64_000, efforts: ['low', 'medium', 'high'] } },
    {
      match: /^claude-(opus|sonnet)-4-6/,
      quirks: { maxOutputTokens: 128_000, efforts: ['low', 'medium', 'high', 'max'] },
    },
    {
      match: /^claude-(opus-4-[7-9]|(opus|sonnet|haiku|fable|mythos)-([5-9]|\d\d))/,
      quirks: {
        maxOutputTokens: 128_000,
        efforts: ['low', 'medium', 'high', 'xhigh', 'max'],
        refusesSampling: true,
      },
    },
  ],
}
