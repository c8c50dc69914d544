/** Antigravity (`agy`): speaks Chat Completions in its gateway mode; documentation alone stands behind these rows. */
import type { Agent } from './agent.ts'

const flags = ['{bypass}', '{gateway}', '{model}', '{native}']
/** The default of five minutes would end long runs. */
const patience = ['--print-timeout', '60m']

/** It sends tools only for model ids that it knows, and its list must hold the helper it asks for side work. */
const known = 'gemini-3.1-pro-preview'
const helper = 'gemini-3.1-flash-lite-preview'

export const antigravity: Agent = {
  id: 'antigravity',
  letter: 'g',
  title: 'Antigravity',
  programs: ['agy'],
  dialect: 'openai-chat',
  install: 'curl -fsSL https://antigravity.google/cli/install.sh | bash',
  version: {
    args: ['--version'],
    oldest: '1.1.17',
    because: 'older ones cannot be pointed at a gateway',
  },
  earlier: [
    {
      before: '1.2.15',
      says: 'before 1.2.15 there was no gateway mode: it is pointed at with the Gemini variables',
      point: ({ url, key }) => ({
        env: { GOOGLE_GEMINI_BASE_URL: url, GEMINI_API_KEY: key, AGY_CLI_DISABLE_AUTO_UPDATE: '1' },
      }),
    },
  ],
  approvals: { bypass: ['--dangerously-skip-permissions'] },
  model: { gateway: ['--model', '{model}'], direct: ['--model', '{model}'] },
  usualModel: known,
  doubtfulModel: { unless: /^gemini-/, because: 'Antigravity sends tools only for Gemini ids that it knows' },
  namesItsSession: false,
  forms: {
    start: { words: flags },
    continue: { words: [...flags, '-c'] },
    pick: { missing: 'it has no flag for its list of sessions (inside it: /resume)', closest: 'continue' },
    resume: { words: [...flags, '--conversation', '{session}'] },
    // `-p` takes the prompt as its value and must come last.
    ask: { words: [...flags, ...patience, '-p', '{prompt}'] },
    'ask-continue': { words: [...flags, '-c', ...patience, '-p', '{prompt}'] },
    'ask-resume': { words: [...flags, '--conversation', '{session}', ...patience, '-p', '{prompt}'] },
  },
  point: ({ url, key, model }) => ({
    env: {
      AGY_LLM_GATEWAY_URL: `${url}/v1`,
      AGY_LLM_GATEWAY_API_KEY: key,
      AGY_LLM_GATEWAY_WIRE_PROTOCOL: 'openai',
      AGY_LLM_GATEWAY_MODELS: [...new Set([model ?? known, helper])].join(','),
      AGY_CLI_DISABLE_AUTO_UPDATE: '1',
    },
  }),
  detours: [],
  gatewayVariables: [
    'AGY_LLM_GATEWAY_URL',
    'AGY_LLM_GATEWAY_API_KEY',
    'AGY_LLM_GATEWAY_WIRE_PROTOCOL',
    'AGY_LLM_GATEWAY_MODELS',
    'AGY_LLM_GATEWAY_HEADERS',
    'AGY_LLM_GATEWAY_PROXY_URL',
    'AGY_LLM_GATEWAY_CA_CERT',
    'GOOGLE_GEMINI_BASE_URL',
  ],
  keyVariables: ['GEMINI_API_KEY'],
  cannot: [
    'send tools for models it does not know: name a Gemini id and map it in the gateway',
    'open its list of sessions from the command line',
    'list its sessions to the launcher',
    'name its session in its requests',
  ],
}
