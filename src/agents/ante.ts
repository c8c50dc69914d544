/** Ante: speaks Chat Completions; its documentation alone stands behind these rows. */
import type { Agent } from './agent.ts'

const flags = ['{gateway}', '{model}', '{bypass}', '{native}']
const askFlags = ['{gateway}', '{model}', '{native}']

export const ante: Agent = {
  id: 'ante',
  letter: 'a',
  title: 'Ante',
  programs: ['ante'],
  dialect: 'openai-chat',
  install: 'curl -fsSL https://ante.run/install.sh | bash',
  version: { args: ['--version'] },
  approvals: { bypass: ['--yolo'] },
  model: { gateway: ['--model', '{model}'], direct: ['--model', '{model}'] },
  usualModel: 'big',
  namesItsSession: false,
  forms: {
    start: { words: flags },
    continue: { words: [...flags, '--resume', '{session}'], needsNewest: true },
    pick: { missing: 'it has no flag for its list of sessions (inside it: /resume)', closest: 'continue' },
    resume: { words: [...flags, '--resume', '{session}'] },
    ask: { words: [...askFlags, '-p', '{prompt}'], neverAsks: true },
    'ask-continue': {
      words: [...askFlags, '--resume', '{session}', '-p', '{prompt}'],
      needsNewest: true,
      neverAsks: true,
    },
    'ask-resume': { words: [...askFlags, '--resume', '{session}', '-p', '{prompt}'], neverAsks: true },
  },
  point: ({ url, key, contextTokens }) => ({
    env: {
      OPENAI_COMPATIBLE_BASE_URL: `${url}/v1`,
      OPENAI_COMPATIBLE_API_KEY: key,
      ...(contextTokens !== undefined && { MODEL_CONTEXT_LIMIT: String(contextTokens) }),
    },
    args: ['--provider', 'openai-compatible'],
  }),
  detours: [],
  gatewayVariables: [
    'OPENAI_COMPATIBLE_BASE_URL',
    'OPENAI_COMPATIBLE_API_KEY',
    'OPENAI_BASE_URL',
    'ANTHROPIC_BASE_URL',
    // It moves every provider at once and would win over the one named here.
    'MODEL_BASE_URL',
    'MODEL_CONTEXT_LIMIT',
  ],
  keyVariables: ['OPENAI_API_KEY', 'ANTHROPIC_API_KEY'],
  sessions: {
    format: 'folders',
    folder: '.ante/sessions',
    movedBy: { variable: 'ANTE_HOME', part: '.ante' },
  },
  cannot: [
    'open its list of sessions from the command line',
    'ask for approvals when it runs headless',
    'name its session in its requests',
  ],
}
