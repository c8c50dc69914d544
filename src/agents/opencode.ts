/** OpenCode: speaks Chat Completions; takes a configuration from one variable, over the user's own. */
import type { Agent, Gateway } from './agent.ts'

const flags = ['{bypass}', '{gateway}', '{model}', '{native}']

export const opencode: Agent = {
  id: 'opencode',
  letter: 'o',
  title: 'OpenCode',
  programs: ['opencode'],
  dialect: 'openai-chat',
  verified: '1.18.33',
  install: 'npm install -g opencode-ai',
  version: { args: ['--version'] },
  approvals: { bypass: ['--auto'] },
  model: { gateway: ['-m', 'clutch/{model}'], direct: ['-m', '{model}'] },
  usualModel: 'big',
  namesItsSession: true,
  forms: {
    start: { words: flags },
    continue: { words: [...flags, '-c'] },
    pick: { missing: 'it has no flag for its list of sessions (inside it: /sessions)', closest: 'continue' },
    resume: { words: [...flags, '-s', '{session}'] },
    // Its `--prompt` opens the interactive program.
    ask: { words: ['run', ...flags, '{prompt}'] },
    'ask-continue': { words: ['run', ...flags, '-c', '{prompt}'] },
    'ask-resume': { words: ['run', ...flags, '-s', '{session}', '{prompt}'] },
  },
  point: (gateway) => ({ env: { OPENCODE_CONFIG_CONTENT: JSON.stringify(overlay(gateway)) } }),
  detours: [],
  gatewayVariables: ['OPENCODE_CONFIG_CONTENT', 'OPENAI_BASE_URL', 'ANTHROPIC_BASE_URL'],
  keyVariables: ['OPENAI_API_KEY', 'ANTHROPIC_API_KEY'],
  sessions: {
    format: 'opencode',
    folder: '.local/share/opencode/opencode.db',
    movedBy: { variable: 'XDG_DATA_HOME', part: '.local/share' },
  },
  cannot: ['open its list of sessions from the command line'],
}

/** Where the window is not known: without any it would count 0 tokens and never compact. */
const usualWindow = { context: 128_000, output: 32_000 }

function overlay({ url, key, model = 'big', smallModel, contextTokens, outputTokens, project }: Gateway) {
  const small = smallModel ?? model
  const limit = {
    context: contextTokens ?? usualWindow.context,
    output: outputTokens ?? Math.min(usualWindow.output, contextTokens ?? usualWindow.output),
  }
  const served = (name: string) => [name, { name, tool_call: true, reasoning: true, limit }]
  return {
    model: `clutch/${model}`,
    small_model: `clutch/${small}`,
    provider: {
      clutch: {
        npm: '@ai-sdk/openai-compatible',
        name: 'Clutch',
        options: {
          baseURL: `${url}/v1`,
          apiKey: key,
          ...(project !== undefined && { headers: { 'x-clutch-project': project } }),
        },
        models: Object.fromEntries([...new Set([model, small])].map(served)),
      },
    },
  }
}
