/** Requesty: a router. Refuses requests without a familiar user agent. */
import type { Provider } from './provider.ts'

export const requesty: Provider = {
  id: 'requesty',
  title: 'Requesty',
  baseUrl: 'https://router.requesty.ai/v1',
  speaks: { 'openai-chat': '/chat/completions', anthropic: '/messages' },
  authorize: 'bearer',
  vendorPrefixes: true,
  keyVariables: ['REQUESTY_API_KEY'],
  baseUrlVariables: ['REQUESTY_BASE_URL'],
  keysPage: 'https://app.requesty.ai/api-keys',
  headers: {
    'user-agent': 'Mozilla/5.0 (compatible; clutch)',
    accept: 'application/json, text/event-stream',
  },
  quirks: { reasoningField: 'reasoning_content', images: true, documents: true },
}
