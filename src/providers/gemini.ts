/** Google's Gemini API (AI Studio keys). */
import type { Provider } from './provider.ts'

export const gemini: Provider = {
  id: 'gemini',
  aliases: ['google'],
  title: 'Google Gemini',
  baseUrl: 'https://generativelanguage.googleapis.com',
  speaks: {
    gemini: '/v1beta/models/{model}:{method}',
    'openai-chat': '/v1beta/openai/chat/completions',
  },
  authorize: 'x-goog-api-key',
  authorizeIn: { 'openai-chat': 'bearer' },
  keyVariables: ['GEMINI_API_KEY', 'GOOGLE_API_KEY'],
  baseUrlVariables: ['GEMINI_BASE_URL'],
  keysPage: 'https://aistudio.google.com/apikey',
  homeOf: /^(gemini|gemma)-/,
  quirks: {
    images: true,
    documents: true,
    webSearch: true,
    reasoningReplay: 'refused',
    maxStopSequences: 5,
  },
}
