/** Qwen Code: speaks Chat Completions; listens to the OpenAI variables. */
import type { Agent } from './agent.ts'

const flags = ['{bypass}', '{gateway}', '{model}', '{native}']

export const qwen: Agent = {
  id: 'qwen',
  letter: 'q',
  title: 'Qwen Code',
  programs: ['qwen'],
  dialect: 'openai-chat',
  verified: '0.24.4',
  install: 'npm install -g @qwen-code/qwen-code  (needs Node 22; on Node 20 npm quietly takes an older one)',
  version: { args: ['--version'] },
  approvals: { bypass: ['--yolo'] },
  model: { gateway: ['-m', '{model}'], direct: ['-m', '{model}'] },
  usualModel: 'big',
  bringsModel: true,
  newSession: ['--session-id', '{session}'],
  namesItsSession: false,
  forms: {
    start: { words: flags },
    continue: { words: [...flags, '-c'] },
    pick: { words: [...flags, '-r'] },
    resume: { words: [...flags, '-r', '{session}'] },
    ask: { words: [...flags, '{prompt}'] },
    'ask-continue': { words: [...flags, '-c', '{prompt}'] },
    'ask-resume': { words: [...flags, '-r', '{session}', '{prompt}'] },
  },
  point: (gateway) => ({
    env: {
      OPENAI_BASE_URL: `${gateway.url}/v1`,
      OPENAI_API_KEY: gateway.key,
      ...(gateway.model !== undefined && { OPENAI_MODEL: gateway.model }),
      // The launcher has said so already.
      QWEN_CODE_SUPPRESS_YOLO_WARNING: '1',
    },
    // Its settings may remember another kind of login.
    args: ['--auth-type', 'openai'],
  }),
  detours: [],
  gatewayVariables: ['OPENAI_BASE_URL', 'OPENAI_MODEL'],
  keyVariables: ['OPENAI_API_KEY'],
  sessions: { format: 'qwen', folder: '.qwen/projects' },
  cannot: ['name its session in its requests'],
}
