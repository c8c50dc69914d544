// Qwen Code: Chat Completions by habit, the other three on request; needs Node 22.
const ways = {
  'openai-chat': ({ url, key, model }) => ({
    type: 'openai',
    env: { OPENAI_BASE_URL: `${url}/v1`, OPENAI_API_KEY: key, OPENAI_MODEL: model },
  }),
  'openai-responses': ({ url, key, model }) => ({
    type: 'openai-responses',
    env: { OPENAI_BASE_URL: `${url}/v1`, OPENAI_API_KEY: key, OPENAI_MODEL: model },
  }),
  anthropic: ({ url, key, model }) => ({
    type: 'anthropic',
    env: { ANTHROPIC_BASE_URL: url, ANTHROPIC_API_KEY: key, ANTHROPIC_MODEL: model },
  }),
  gemini: ({ url, key, model }) => ({
    type: 'gemini',
    env: { GOOGLE_GEMINI_BASE_URL: url, GEMINI_API_KEY: key, GEMINI_MODEL: model },
  }),
}

export const qwen = {
  name: 'qwen',
  version: '0.24.4',
  package: '@qwen-code/qwen-code@0.24.4',
  program: 'cli-entry.js',
  runsOn: 'node',
  dialects: ['openai-chat', 'openai-responses', 'anthropic', 'gemini'],
  sideRequests: 0,
  invocation: ({ dialect, prompt, ...place }) => {
    const way = ways[dialect](place)
    return {
      args: ['--yolo', '--auth-type', way.type, prompt],
      env: {
        ...way.env,
        QWEN_CODE_SUPPRESS_YOLO_WARNING: '1',
        QWEN_TELEMETRY_ENABLED: 'false',
        QWEN_USAGE_STATISTICS_ENABLED: 'false',
      },
      files: {
        '.qwen/settings.json': JSON.stringify({
          general: { enableAutoUpdate: false },
          privacy: { usageStatisticsEnabled: false },
          telemetry: { enabled: false },
        }),
      },
    }
  },
}
