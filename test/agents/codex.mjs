// Codex: the OpenAI Responses dialect over HTTP or a WebSocket, native binary.
import { target } from './runner/target.mjs'

/** `-c` settings reach the gateway without touching a config file; Codex ignores OPENAI_BASE_URL. */
const settings = (values) => Object.entries(values).flatMap(([key, value]) => ['-c', `${key}=${value}`])

const invocation = ({ url, model, prompt, key, home }, more) => ({
  args: [
    'exec',
    '--dangerously-bypass-approvals-and-sandbox',
    '--skip-git-repo-check',
    ...settings({
      model_provider: 'clutch',
      'model_providers.clutch.name': 'clutch',
      'model_providers.clutch.base_url': `${url}/v1`,
      'model_providers.clutch.env_key': 'CLUTCH_KEY',
      check_for_update_on_startup: 'false',
      'analytics.enabled': 'false',
      'features.plugins': 'false',
      'features.apps': 'false',
      ...more,
    }),
    '-m',
    model,
    prompt,
  ],
  env: { CLUTCH_KEY: key, CODEX_HOME: `${home}/.codex` },
  files: { '.codex/.keep': '' },
})

export const codex = {
  name: 'codex',
  version: '0.169.0',
  package: `@openai/codex@0.169.0-${target.name}`,
  program: `vendor/${target.rustTriple}/bin/codex`,
  runsOn: 'itself',
  dialects: ['openai-responses'],
  sideRequests: 0,
  invocation: (place) => invocation(place, {}),
}

export const codexSocket = {
  ...codex,
  name: 'codex-socket',
  installedAs: codex.name,
  socket: true,
  invocation: (place) => invocation(place, { 'model_providers.clutch.supports_websockets': 'true' }),
}
