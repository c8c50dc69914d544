/** Hermes: speaks Chat Completions; its documentation and source alone stand behind these rows. */
import type { Agent } from './agent.ts'

const flags = ['{gateway}', '{model}', '{bypass}', '{native}']

export const hermes: Agent = {
  id: 'hermes',
  letter: 'h',
  title: 'Hermes',
  programs: ['hermes'],
  dialect: 'openai-chat',
  install:
    'see https://github.com/NousResearch/hermes-agent  (the npm package of that name is somebody else’s bridge)',
  version: { args: ['--version'] },
  earlier: [
    {
      before: '0.21.0',
      says: 'before 0.21 `chat -q` was headless by itself; later it needs --oneshot',
      forms: {
        ask: { words: ['chat', ...flags, '-Q', '-q', '{prompt}'] },
        'ask-continue': { words: ['chat', ...flags, '-c', '-Q', '-q', '{prompt}'] },
        'ask-resume': { words: ['chat', ...flags, '-r', '{session}', '-Q', '-q', '{prompt}'] },
      },
    },
  ],
  approvals: { bypass: ['--yolo', '--accept-hooks'] },
  model: { gateway: ['-m', '{model}'], direct: ['-m', '{model}'] },
  usualModel: 'big',
  namesItsSession: false,
  forms: {
    start: { words: ['chat', ...flags] },
    continue: { words: ['chat', ...flags, '-c'] },
    pick: { words: ['sessions', 'browse', '{native}'] },
    resume: { words: ['chat', ...flags, '-r', '{session}'] },
    ask: { words: ['chat', ...flags, '-Q', '--oneshot', '-q', '{prompt}'] },
    'ask-continue': { words: ['chat', ...flags, '-c', '-Q', '--oneshot', '-q', '{prompt}'] },
    'ask-resume': { words: ['chat', ...flags, '-r', '{session}', '-Q', '--oneshot', '-q', '{prompt}'] },
  },
  // OPENAI_BASE_URL is no longer read, and OPENAI_API_KEY does not go to other hosts.
  point: (gateway) => ({
    env: { CUSTOM_BASE_URL: `${gateway.url}/v1` },
    args: ['--provider', 'custom'],
  }),
  detours: [],
  gatewayVariables: ['CUSTOM_BASE_URL', 'OPENAI_BASE_URL'],
  keyVariables: ['OPENAI_API_KEY'],
  cannot: [
    'present a key to the gateway: without one in its own config.yaml it sends `no-key-required`',
    'name its session in its requests',
    'list its sessions to the launcher: they are in a database of its own (`hermes sessions browse`)',
  ],
}
