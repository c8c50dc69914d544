/** `call_agent`: `xx call` for agents that have tools and no shell. */
import { spawn } from 'node:child_process'
import { agents } from '../../agents/index.ts'
import { asText, type JsonObject } from '../../wire/json.ts'
import type { Io } from '../io.ts'
import type { McpAnswer, McpTool } from './tool.ts'

export const callAgent: McpTool = {
  name: 'call_agent',
  description:
    'Asks another coding agent on this machine to do a task in the current folder and returns its answer. It starts without any memory of this conversation: say everything it needs. It may take minutes.',
  input: {
    type: 'object',
    properties: {
      agent: { type: 'string', enum: agents.map(({ id }) => id), description: 'Which agent to ask' },
      task: { type: 'string', description: 'The whole task, in words' },
      model: { type: 'string', description: 'A model as the gateway names it; leave out for the usual one' },
      session: {
        type: 'string',
        description: 'A session of that agent to go on with; leave out for a new one',
      },
    },
    required: ['agent', 'task'],
    additionalProperties: false,
  },
  run,
}

function run(given: JsonObject, io: Io, cancelled: AbortSignal): Promise<McpAnswer> {
  const words = wordsFor(given)
  if (typeof words === 'string') return Promise.resolve({ text: words, failed: true })
  const [program = '', ...first] = io.program ?? []
  const child = spawn(program, [...first, 'xx', 'call', ...words], {
    cwd: io.cwd,
    env: { ...io.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const stop = () => child.kill('SIGTERM')
  cancelled.addEventListener('abort', stop)
  return new Promise((resolve) => {
    const said = { out: '', err: '' }
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      said.out += text
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said.err += text
    })
    child.once('error', (error) => resolve({ text: error.message, failed: true }))
    child.once('close', (code) => {
      cancelled.removeEventListener('abort', stop)
      if (code === 0) resolve({ text: said.out.trimEnd() })
      else
        resolve({
          text: `${said.out}${said.err.slice(-longestReason)}`.trim() || `exit ${code}`,
          failed: true,
        })
    })
  })
}

/** The end of what it complained of, in characters. */
const longestReason = 4_000

/** A text says what is wrong. */
function wordsFor({ agent, task, model, session }: JsonObject): readonly string[] | string {
  const name = asText(agent)
  const text = asText(task)
  if (name === undefined || !agents.some(({ id }) => id === name))
    return `"agent" is one of ${agents.map(({ id }) => id).join(', ')}`
  if (text === undefined || text.trim() === '') return '"task" is the text of the task'
  const option = (flag: string, value: unknown) => {
    const word = asText(value)
    return word ? [flag, word] : []
  }
  return [name, ...option('-m', model), ...option('-s', session), '-p', text]
}
