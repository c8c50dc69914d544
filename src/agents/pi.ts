/** Pi: speaks Chat Completions; an extension tells it about the gateway (it ignores base URLs in the environment). */
import type { Agent } from './agent.ts'

const flags = ['{gateway}', '{model}', '{native}']
const extension = 'pi-clutch.mjs'

export const pi: Agent = {
  id: 'pi',
  letter: 'p',
  title: 'Pi',
  programs: ['pi'],
  dialect: 'openai-chat',
  verified: '1.5.2',
  install:
    'npm install -g @earendil-works/pi-coding-agent  (needs Node 22.19; on Node 20 npm quietly takes an older one)',
  version: {
    args: ['--version'],
    oldest: '0.73.1',
    because: 'older ones were never run through the gateway',
  },
  stumbles: {
    before: '0.73.1',
    says: 'this session ends with an answer, and this version of Pi may stop there with "Cannot continue from message role: assistant": begin with a prompt of your own (xx pcp "go on"), or install the current Pi',
  },
  approvals: { neverAsked: 'Pi has no approvals: it never asks before it acts' },
  model: { gateway: ['--provider', 'clutch', '--model', '{model}'], direct: ['--model', '{model}'] },
  usualModel: 'big',
  newSession: ['--session-id', '{session}'],
  namesItsSession: false,
  forms: {
    start: { words: flags },
    continue: { words: [...flags, '-c'] },
    pick: { words: [...flags, '-r'] },
    resume: { words: [...flags, '--session', '{session}'] },
    ask: { words: ['-p', ...flags, '{prompt}'] },
    'ask-continue': { words: ['-p', ...flags, '-c', '{prompt}'] },
    'ask-resume': { words: ['-p', ...flags, '--session', '{session}', '{prompt}'] },
  },
  point: ({ url, key, model = 'big', contextTokens, outputTokens, fileAt }) => ({
    env: {
      CLUTCH_URL: `${url}/v1`,
      CLUTCH_KEY: key,
      CLUTCH_MODEL: model,
      CLUTCH_CONTEXT_TOKENS: String(contextTokens ?? 128_000),
      CLUTCH_OUTPUT_TOKENS: String(outputTokens ?? 32_000),
    },
    args: ['-e', fileAt(extension)],
    files: { [extension]: source },
  }),
  detours: [],
  gatewayVariables: [
    'CLUTCH_URL',
    'CLUTCH_KEY',
    'CLUTCH_MODEL',
    'CLUTCH_CONTEXT_TOKENS',
    'CLUTCH_OUTPUT_TOKENS',
  ],
  keyVariables: [],
  sessions: {
    format: 'pi',
    folder: '.pi/agent/sessions',
    movedBy: { variable: 'PI_CODING_AGENT_DIR', part: '.pi/agent' },
  },
  cannot: ['ask for approvals', 'name its session in its requests'],
}

/** The same text for every launch, so that one file serves all of them; what differs is in the environment. */
const source = `// Tells Pi about the Clutch gateway; written by its launcher.
const { CLUTCH_URL, CLUTCH_MODEL, CLUTCH_CONTEXT_TOKENS, CLUTCH_OUTPUT_TOKENS } = process.env

export default function (pi) {
  pi.registerProvider('clutch', {
    name: 'Clutch',
    baseUrl: CLUTCH_URL,
    apiKey: '$CLUTCH_KEY',
    api: 'openai-completions',
    models: [
      {
        type: 'chat',
        id: CLUTCH_MODEL,
        name: CLUTCH_MODEL,
        reasoning: true,
        input: ['text', 'image'],
        cost: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 },
        contextWindow: Number(CLUTCH_CONTEXT_TOKENS),
        maxTokens: Number(CLUTCH_OUTPUT_TOKENS),
      },
    ],
  })
}
`
