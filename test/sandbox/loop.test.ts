/** The three-step loop, with the tools each real agent offers. */
import { expect, test } from 'vitest'
import type {
  AssistantPart,
  Conversation,
  Tool,
  Turn,
  UserPart,
} from '../../src/conversation/conversation.ts'
import { type WholePart, type WholeReply, wholeReply } from '../../src/conversation/whole.ts'
import { asked } from './asking.ts'
import { bodyOf, eventsIn, plainDialects, plainUrl } from './plain-dialect.ts'

const path = '/tmp/some where/proof.txt'
const nonce = 'nonce-4f2a'
const prompt = `Please do the three steps.\nCLUTCH-LOOP write ${path} content ${nonce}\n`

type Properties = Readonly<Record<string, string>>
/** `*` marks what is required. */
function offered(name: string, properties: Properties): Tool {
  const plain = (key: string) => key.replace('*', '')
  return {
    kind: 'function',
    name,
    description: '',
    schema: {
      type: 'object',
      properties: Object.fromEntries(Object.entries(properties).map(([key, type]) => [plain(key), { type }])),
      required: Object.keys(properties)
        .filter((key) => key.endsWith('*'))
        .map(plain),
    },
  }
}

const agents: Readonly<Record<string, { tools: readonly Tool[]; shell: object; write: object }>> = {
  'Claude Code': {
    tools: [
      offered('Agent', { 'prompt*': 'string' }),
      offered('Bash', {
        'command*': 'string',
        timeout: 'number',
        description: 'string',
        run_in_background: 'boolean',
      }),
      offered('Workflow', { script: 'string' }),
      offered('DeferredToolPlaceholder', {}),
      offered('Write', { 'file_path*': 'string', 'content*': 'string' }),
    ],
    shell: { name: 'Bash', given: { command: 'echo step-one', description: 'A step of the loop' } },
    write: { name: 'Write', given: { file_path: path, content: nonce } },
  },
  Codex: {
    tools: [
      offered('write_stdin', { chars: 'string', 'session_id*': 'number' }),
      offered('exec_command', { 'cmd*': 'string', workdir: 'string', shell: 'string', prefix_rule: 'array' }),
      { kind: 'function', namespace: 'multi_agent_v1', name: 'spawn_agent', description: '', schema: {} },
      { kind: 'web-search' },
    ],
    shell: { name: 'exec_command', given: { cmd: 'echo step-one' } },
    write: { name: 'exec_command', given: { cmd: `printf %s '${nonce}' > '${path}'` } },
  },
  'Qwen Code': {
    tools: [
      offered('notebook_edit', { 'content*': 'string' }),
      offered('tool_call', { 'name*': 'string', 'arguments*': 'object' }),
      offered('run_shell_command', { 'command*': 'string', is_background: 'boolean', timeout: 'integer' }),
      offered('write_file', { 'file_path*': 'string', 'content*': 'string', record_as_artifact: 'boolean' }),
    ],
    shell: { name: 'run_shell_command', given: { command: 'echo step-one', is_background: false } },
    write: { name: 'write_file', given: { file_path: path, content: nonce } },
  },
  OpenCode: {
    tools: [
      offered('task', { 'prompt*': 'string', command: 'string' }),
      offered('bash', { 'command*': 'string', timeout: 'integer', workdir: 'string' }),
      offered('write', { 'content*': 'string', 'filePath*': 'string' }),
    ],
    shell: { name: 'bash', given: { command: 'echo step-one' } },
    write: { name: 'write', given: { filePath: path, content: nonce } },
  },
  Pi: {
    tools: [
      offered('read', { 'path*': 'string' }),
      offered('bash', { 'command*': 'string', timeout: 'number' }),
      offered('edit', { 'path*': 'string', 'oldText*': 'string', 'newText*': 'string' }),
      offered('write', { 'path*': 'string', 'content*': 'string' }),
    ],
    shell: { name: 'bash', given: { command: 'echo step-one' } },
    write: { name: 'write', given: { path, content: nonce } },
  },
  'an agent whose shell takes a list': {
    tools: [offered('shell', { 'command*': 'array' })],
    shell: { name: 'shell', given: { command: ['bash', '-lc', 'echo step-one'] } },
    write: { name: 'shell', given: { command: ['bash', '-lc', `printf %s '${nonce}' > '${path}'`] } },
  },
  'an agent whose schema has required fields of its own': {
    tools: [offered('bash', { 'command*': 'string', 'reason*': 'string', 'detached*': 'boolean' })],
    shell: { name: 'bash', given: { command: 'echo step-one', reason: 'sandbox', detached: false } },
    write: {
      name: 'bash',
      given: { command: `printf %s '${nonce}' > '${path}'`, reason: 'sandbox', detached: false },
    },
  },
}

function step(conversation: Partial<Conversation>, model = 'loop-gemini'): WholeReply {
  const url = plainUrl('gemini')
  return wholeReply(eventsIn(asked({ dialects: plainDialects, url, body: bodyOf(model, conversation) }).text))
}

const callIn = ({ parts }: WholeReply): object | undefined => {
  const part = parts.find(({ opening }) => opening.type === 'tool-call')
  return part && { name: nameOf(part), given: JSON.parse(part.text) }
}
const nameOf = ({ opening }: WholePart): string => (opening.type === 'tool-call' ? opening.name : '')
const said = ({ parts }: WholeReply): string =>
  parts.map(({ opening, text }) => (opening.type === 'text' ? text : '')).join('')

const user = (...texts: string[]): Turn => ({
  role: 'user',
  parts: texts.map((text) => ({ type: 'text', text })),
})
/** What an agent sends next: the call as it was made, and its result. */
function answered(reply: WholeReply, result = '', isError = false): Turn[] {
  const calls = reply.parts.flatMap(({ opening, text }): AssistantPart[] =>
    opening.type === 'tool-call' ? [{ ...opening, arguments: text }] : [],
  )
  const results = calls.flatMap((call): UserPart[] =>
    call.type === 'tool-call'
      ? [{ type: 'tool-result', callId: call.id, content: [{ type: 'text', text: result }], isError }]
      : [],
  )
  return [
    { role: 'assistant', parts: calls },
    { role: 'user', parts: results },
  ]
}

test.each(Object.entries(agents))('%s finishes the loop in three steps', (_, { tools, shell, write }) => {
  const first = step({ tools, turns: [user(prompt)] })
  expect(first.reason).toBe('tool-calls')
  expect(callIn(first)).toEqual(shell)
  const turns = [user(prompt), ...answered(first)]
  const second = step({ tools, turns })
  expect(callIn(second)).toEqual(write)
  const third = step({ tools, turns: [...turns, ...answered(second, 'written')] })
  expect(third.reason).toBe('done')
  expect(said(third)).toBe(`All done: ${nonce}`)
})

test('the order is found among reminders, in quotes, and when guidance follows it', () => {
  const tools = agents['Pi']?.tools ?? []
  const turns: Turn[] = [
    user('<reminder>be brief</reminder>', `"Please.\nCLUTCH-LOOP write /a/b content n-1\n"`),
    { role: 'system', parts: [{ type: 'text', text: 'the date' }] },
  ]
  expect(callIn(step({ tools, turns }))).toEqual({ name: 'bash', given: { command: 'echo step-one' } })
  const quoted = [user('"CLUTCH-LOOP write /a/b content n-1"'), ...answered(step({ tools, turns }))]
  expect(callIn(step({ tools, turns: quoted }))).toEqual({
    name: 'write',
    given: { path: '/a/b', content: 'n-1' },
  })
})

test('a second order in the same session starts again', () => {
  const tools = agents['Pi']?.tools ?? []
  const first = step({ tools, turns: [user(prompt)] })
  const turns = [
    user(prompt),
    ...answered(first),
    ...answered(first),
    user('CLUTCH-LOOP write /x content again'),
  ]
  expect(callIn(step({ tools, turns }))).toEqual({ name: 'bash', given: { command: 'echo step-one' } })
})

test('a step that failed ends the loop and says so', () => {
  const tools = agents['Pi']?.tools ?? []
  const first = step({ tools, turns: [user(prompt)] })
  const after = step({ tools, turns: [user(prompt), ...answered(first, 'no such shell', true)] })
  expect(said(after)).toBe('Not done: step 1 of 3 failed: no such shell')
  expect(after.reason).toBe('done')
})

test('a command of the user’s own is run first, and may fail', () => {
  const tools = agents['Pi']?.tools ?? []
  const asked = user(`${prompt}CLUTCH-LOOP run npm test\n`)
  const first = step({ tools, turns: [asked] })
  expect(callIn(first)).toEqual({ name: 'bash', given: { command: 'npm test' } })
  const second = step({ tools, turns: [asked, ...answered(first, 'one failed', true)] })
  expect(callIn(second)).toEqual({ name: 'write', given: { path, content: nonce } })
  const after = step({ tools, turns: [asked, ...answered(first, '', true), ...answered(second, 'no', true)] })
  expect(said(after)).toBe('Not done: step 2 of 3 failed: no')
})

test('apply-patch writes with the freeform tool, as itself and as a function that stands for it', () => {
  const freeform: Tool = { kind: 'freeform', name: 'apply_patch', description: '' }
  const shell = offered('exec_command', { 'cmd*': 'string' })
  const first = step({ tools: [shell, freeform], turns: [user(prompt)] }, 'loop:apply-patch')
  const turns = [user(prompt), ...answered(first)]
  const patch = `*** Begin Patch\n*** Add File: ${path}\n+${nonce}\n*** End Patch\n`
  const own = step({ tools: [shell, freeform], turns }, 'loop:apply-patch')
  expect(own.parts.at(-1)).toMatchObject({ opening: { name: 'apply_patch', freeform: true }, text: patch })
  const foreign = offered('apply_patch', { 'input*': 'string' })
  expect(callIn(step({ tools: [shell, foreign], turns }, 'loop:apply-patch'))).toEqual({
    name: 'apply_patch',
    given: { input: patch },
  })
})

test('thoughts are shown to those who asked for them', () => {
  const tools = agents['Pi']?.tools ?? []
  const thinks = (kind: 'default' | 'off' | 'adaptive') =>
    step({ tools, turns: [user(prompt)], thinking: { kind } }).parts[0]?.opening.type === 'thinking'
  expect([thinks('default'), thinks('off'), thinks('adaptive')]).toEqual([false, false, true])
})

test('titles, suggestions, summaries and requests without an order get short answers', () => {
  const tools = agents['Pi']?.tools ?? []
  const title = step({ system: [{ type: 'text', text: 'You write a title' }], turns: [user(prompt)] })
  expect(said(title)).toBe('Sandbox loop')
  expect(said(step({ tools, turns: [user(prompt), user('[SUGGESTION MODE: what next?')] }))).toBe(
    'show me the file',
  )
  expect(said(step({ tools, turns: [user('CRITICAL: Respond with TEXT ONLY. Sum up.')] }))).toContain(
    'Summary',
  )
  expect(said(step({ tools, turns: [user('hello')] }))).toContain('CLUTCH-LOOP write')
  expect(said(step({ turns: [user(prompt)] }))).toContain('no tool')
})

const tools = agents['Pi']?.tools ?? []
const kinds = (turns: readonly Turn[], model: string): object => {
  const body = bodyOf(model, { tools, turns })
  const { status, text, fault } = asked({ dialects: plainDialects, url: plainUrl('gemini'), body })
  if (status !== 200) return { status, fault: fault?.kind }
  return { status, events: eventsIn(text).map(({ type }) => type) }
}
const firstStep: readonly Turn[] = [user(prompt)]
const secondStep = [...firstStep, ...answered(step({ tools, turns: firstStep }))]
const thirdStep = [...secondStep, ...answered(step({ tools, turns: secondStep }))]

test('dies: every step fails before its first word, each in another way', () => {
  expect(kinds(firstStep, 'dies')).toEqual({ status: 529, fault: undefined })
  expect(kinds(secondStep, 'dies')).toEqual({ status: 200, events: ['start', 'failed'] })
  expect(kinds(thirdStep, 'dies')).toEqual({ status: 0, fault: 'timeout' })
})

test('dies:2:3 lives in the first step, and side requests are answered in any', () => {
  expect(callIn(step({ tools, turns: firstStep }, 'dies:2:3'))).toEqual(agents['Pi']?.shell)
  expect(kinds(secondStep, 'dies:2:3')).toEqual(kinds(secondStep, 'dies'))
  const title = { system: [{ type: 'text' as const, text: 'You write a title' }], turns: firstStep }
  expect(said(step(title, 'dies'))).toBe('Sandbox loop')
})
