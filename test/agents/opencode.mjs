// OpenCode: Chat Completions by habit, the other three through its bundled SDK packages; native binary.
import { target } from './runner/target.mjs'

const ways = {
  'openai-chat': { npm: '@ai-sdk/openai-compatible', path: '/v1' },
  'openai-responses': { npm: '@ai-sdk/openai', path: '/v1' },
  anthropic: { npm: '@ai-sdk/anthropic', path: '/v1' },
  // This SDK takes an id with a slash for a whole path and leaves `models/` out.
  gemini: { npm: '@ai-sdk/google', path: '/v1beta', idPrefix: 'models/' },
}

const config = ({ url, key, model, dialect }) => ({
  model: `clutch/${model}`,
  small_model: `clutch/${model}`,
  share: 'disabled',
  autoupdate: false,
  provider: {
    clutch: {
      npm: ways[dialect].npm,
      name: 'Clutch',
      options: { baseURL: `${url}${ways[dialect].path}`, apiKey: key },
      models: {
        [model]: {
          id: `${ways[dialect].idPrefix ?? ''}${model}`,
          name: model,
          tool_call: true,
          reasoning: true,
          limit: { context: 200_000, output: 32_000 },
        },
      },
    },
  },
})

export const opencode = {
  name: 'opencode',
  version: '1.18.33',
  // The baseline build runs on processors without AVX2.
  package: `opencode-${target.name}${target.arch === 'x64' ? '-baseline' : ''}@1.18.33`,
  program: 'bin/opencode',
  runsOn: 'itself',
  dialects: ['openai-chat', 'openai-responses', 'anthropic', 'gemini'],
  // It asks for a title of the conversation before the first turn.
  sideRequests: 1,
  invocation: (place) => ({
    args: ['run', '--auto', place.prompt],
    env: {
      OPENCODE_CONFIG_CONTENT: JSON.stringify(config(place)),
      OPENCODE_DISABLE_AUTOUPDATE: '1',
      OPENCODE_DISABLE_MODELS_FETCH: '1',
      OPENCODE_DISABLE_LSP_DOWNLOAD: '1',
      OPENCODE_DISABLE_DEFAULT_PLUGINS: '1',
      OPENCODE_PURE: '1',
    },
  }),
}
