// Pi: Chat Completions by habit, the other three through the same extension; needs Node 22.
const ways = {
  'openai-chat': { api: 'openai-completions', path: '/v1' },
  'openai-responses': { api: 'openai-responses', path: '/v1' },
  anthropic: { api: 'anthropic-messages', path: '' },
  gemini: { api: 'google-generative-ai', path: '/v1beta' },
}

const provider = ({ url, model, dialect }) => ({
  name: 'Clutch',
  baseUrl: `${url}${ways[dialect].path}`,
  apiKey: '$CLUTCH_KEY',
  api: ways[dialect].api,
  models: [
    {
      type: 'chat',
      id: model,
      name: model,
      reasoning: true,
      input: ['text'],
      cost: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 },
      contextWindow: 200_000,
      maxTokens: 32_000,
    },
  ],
})

/** Pi ignores base-URL variables; an extension adds a provider without touching the user's files. */
const extension = (place) => `export default function (pi) {
  pi.registerProvider('clutch', ${JSON.stringify(provider(place), null, 2)})
}
`

export const pi = {
  name: 'pi',
  version: '1.5.2',
  package: '@earendil-works/pi-coding-agent@1.5.2',
  program: 'dist/bundle/cli.js',
  // Its package holds everything else it needs in one bundle; extensions are loaded through this.
  besides: { jiti: '2.7.0' },
  runsOn: 'node',
  dialects: ['openai-chat', 'openai-responses', 'anthropic', 'gemini'],
  sideRequests: 0,
  invocation: (place) => ({
    args: [
      '-p',
      '-e',
      `${place.home}/clutch.mjs`,
      '--provider',
      'clutch',
      '--model',
      place.model,
      place.prompt,
    ],
    env: { CLUTCH_KEY: place.key, PI_SKIP_VERSION_CHECK: '1', PI_TELEMETRY: '0', PI_OFFLINE: '1' },
    files: { 'clutch.mjs': extension(place) },
  }),
}
