import { describe, expect, it } from 'vitest'
import { tongues } from '../../src/compression/pairing/tongues.ts'
import { Transcript } from '../../src/compression/transcript.ts'
import type { DialectId } from '../../src/conversation/conversation.ts'

const long = (word: string): string => `${word} said "so" ünd \\ more\n`.repeat(40)

const bytes = (body: unknown): Uint8Array => Buffer.from(JSON.stringify(body, null, 1))

function heard(dialect: DialectId, body: unknown) {
  const transcript = new Transcript(tongues[dialect], bytes(body))
  transcript.begin()
  return transcript.texts.map((text) => ({
    call: transcript.callOf(text),
    failed: text.failed,
    text: transcript.textOf(text),
  }))
}

describe('Pairing finds what tools said, with the call that made them say it', () => {
  it('in Messages, as a text and as parts', () => {
    const found = heard('anthropic', {
      model: 'm',
      system: [{ type: 'text', text: 'a "tool_result" is none here' }],
      messages: [
        { role: 'user', content: 'hi' },
        {
          role: 'assistant',
          content: [
            { type: 'text', text: 'well' },
            { type: 'tool_use', id: 't1', name: 'Bash', input: { command: 'npm test', timeout: 5 } },
            { type: 'tool_use', id: 't2', name: 'Read', input: { file_path: '/a/b.ts' } },
          ],
        },
        {
          role: 'user',
          content: [
            { type: 'tool_result', tool_use_id: 't1', content: long('one'), is_error: true },
            {
              type: 'tool_result',
              tool_use_id: 't2',
              content: [
                { type: 'text', text: long('two') },
                { type: 'image', source: { type: 'base64', data: 'x'.repeat(600) } },
                { type: 'text', text: 'short' },
                { type: 'text', text: long('three'), cache_control: { type: 'ephemeral' } },
              ],
            },
            { type: 'text', text: long('the user') },
          ],
        },
      ],
    })
    expect(found).toEqual([
      { call: { tool: 'Bash', commandLine: 'npm test' }, failed: true, text: long('one') },
      { call: { tool: 'Read', path: '/a/b.ts' }, failed: false, text: long('two') },
      { call: { tool: 'Read', path: '/a/b.ts' }, failed: false, text: long('three') },
    ])
  })

  it('in Chat', () => {
    const call = { name: 'shell', arguments: JSON.stringify({ command: ['bash', '-lc', 'git status'] }) }
    const found = heard('openai-chat', {
      messages: [
        { role: 'system', content: long('system') },
        { role: 'assistant', content: null, tool_calls: [{ id: 'c1', type: 'function', function: call }] },
        { role: 'tool', content: long('one'), tool_call_id: 'c1' },
        { role: 'tool', content: [{ type: 'text', text: long('lost') }], tool_call_id: 'c9' },
        { role: 'user', content: long('user') },
      ],
    })
    expect(found).toEqual([
      { call: { tool: 'shell', commandLine: 'git status' }, failed: false, text: long('one') },
      { call: undefined, failed: false, text: long('lost') },
    ])
  })

  it('in Responses, functions and shells', () => {
    const found = heard('openai-responses', {
      instructions: long('be good'),
      input: [
        { type: 'message', role: 'user', content: [{ type: 'input_text', text: long('hi') }] },
        { type: 'function_call', call_id: 'c1', name: 'exec_command', arguments: '{"cmd":"rg -n x src"}' },
        { type: 'function_call_output', call_id: 'c1', output: long('one') },
        { type: 'local_shell_call', call_id: 'c2', action: { type: 'exec', command: ['ls', '-la', 'a b'] } },
        { type: 'local_shell_call_output', call_id: 'c2', output: long('two') },
        { type: 'custom_tool_call', call_id: 'c3', name: 'apply_patch', input: '*** Begin' },
        {
          type: 'custom_tool_call_output',
          call_id: 'c3',
          output: [{ type: 'input_text', text: long('three') }],
        },
      ],
    })
    expect(found).toEqual([
      { call: { tool: 'exec_command', commandLine: 'rg -n x src' }, failed: false, text: long('one') },
      { call: { tool: 'local_shell', commandLine: "ls -la 'a b'" }, failed: false, text: long('two') },
      { call: { tool: 'apply_patch' }, failed: false, text: long('three') },
    ])
  })

  it('in Gemini, by id and by order', () => {
    const run = (command: string) => ({ functionCall: { name: 'run_shell_command', args: { command } } })
    const answer = (output: string) => ({
      functionResponse: { name: 'run_shell_command', response: { output } },
    })
    const found = heard('gemini', {
      contents: [
        { role: 'user', parts: [{ text: long('hi') }] },
        { role: 'model', parts: [run('ls'), run('pwd')] },
        { role: 'user', parts: [answer(long('one'))] },
        { role: 'user', parts: [answer(long('two'))] },
        {
          role: 'model',
          parts: [{ functionCall: { id: 'g1', name: 'read_file', args: { absolute_path: '/x.md' } } }],
        },
        {
          role: 'user',
          parts: [
            {
              functionResponse: {
                id: 'g1',
                name: 'read_file',
                response: { error: 'no', output: long('three') },
              },
            },
          ],
        },
      ],
    })
    expect(found).toEqual([
      { call: { tool: 'run_shell_command', commandLine: 'ls' }, failed: false, text: long('one') },
      { call: { tool: 'run_shell_command', commandLine: 'pwd' }, failed: false, text: long('two') },
      { call: { tool: 'read_file', path: '/x.md' }, failed: true, text: long('three') },
    ])
  })

  it('and nothing at all in a body that it cannot read', () => {
    for (const broken of ['{"messages":[{"content":[{"type":"tool_result",', '[]', '', '{"messages":7}']) {
      const transcript = new Transcript(tongues.anthropic, Buffer.from(broken))
      transcript.begin()
      expect(transcript.texts).toEqual([])
      expect(transcript.splices()).toEqual([])
    }
  })

  it('a word of a tool of its own is no command line', () => {
    const found = heard('anthropic', {
      messages: [
        {
          role: 'assistant',
          content: [{ type: 'tool_use', id: 't', name: 'editor', input: { command: 'view', path: '/a' } }],
        },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't', content: long('x') }] },
      ],
    })
    expect(found[0]?.call).toEqual({ tool: 'editor', path: '/a' })
  })
})

const use = (id: string) => ({
  role: 'assistant',
  content: [{ type: 'tool_use', id, name: 'Bash', input: {} }],
})
const result = (id: string, text: string, more = {}) => ({
  role: 'user',
  content: [{ type: 'tool_result', tool_use_id: id, content: text, ...more }],
})
const request = (messages: readonly unknown[], more = {}) =>
  Buffer.from(JSON.stringify({ model: 'm', messages, max_tokens: 5, ...more }))

describe('A transcript', () => {
  const told = { literal: Buffer.from('"less"'), birth: 'b' }

  it('keeps what was told while the conversation grows, and reads only what is new', () => {
    const start = [{ role: 'user', content: 'go' }, use('a'), result('a', long('a'), { cache_control: {} })]
    const transcript = new Transcript(tongues.anthropic, request(start))
    transcript.begin()
    transcript.texts[0]!.told = told
    const grown = [start[0], start[1], result('a', long('a')), use('b'), result('b', long('b'))]
    const { sameItems } = transcript.advance(request(grown))
    expect(sameItems).toBe(2)
    expect(transcript.texts.map((text) => text.told)).toEqual([told, undefined])
    expect(transcript.callOf(transcript.texts[1]!)).toEqual({ tool: 'Bash' })
  })

  it('keeps it when what stands before the conversation changes, and when the client goes back', () => {
    const messages = [use('a'), result('a', long('a')), use('b'), result('b', long('b'))]
    const transcript = new Transcript(tongues.anthropic, request(messages))
    transcript.begin()
    for (const text of transcript.texts) text.told = told
    transcript.advance(Buffer.from(`{"system":"new",${request(messages).toString().slice(1)}`))
    expect(transcript.texts.map((text) => text.told)).toEqual([told, told])
    transcript.advance(request(messages.slice(0, 2)))
    expect(transcript.texts.map((text) => text.told)).toEqual([told])
  })

  it('forgets it when the client says something else under the same id', () => {
    const transcript = new Transcript(tongues.anthropic, request([use('a'), result('a', long('a'))]))
    transcript.begin()
    transcript.texts[0]!.told = told
    transcript.advance(request([use('a'), result('a', long('A'))]))
    expect(transcript.texts.map((text) => text.told)).toEqual([undefined])
  })
})
