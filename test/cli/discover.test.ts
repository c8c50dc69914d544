import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { discoverVerb } from '../../src/cli/discover.ts'
import { resultsIn } from '../../src/launch/transcripts.ts'
import { openSqlite } from '../../src/world/sqlite.ts'
import { scratch } from '../store/scratch.ts'

const hits = Array.from(
  { length: 300 },
  (_, n) => `src/part-${Math.floor(n / 60)}/long-name.ts:${n}: found here`,
).join('\n')
const command = 'grep -rn found src'
const lines = (...all: object[]): string => all.map((line) => `${JSON.stringify(line)}\n`).join('')

const claude = lines(
  {
    type: 'assistant',
    message: { content: [{ type: 'tool_use', id: 't1', name: 'Bash', input: { command } }] },
  },
  { type: 'user', message: { content: [{ type: 'tool_result', tool_use_id: 't1', content: hits }] } },
  {
    type: 'assistant',
    message: { content: [{ type: 'tool_use', id: 't2', name: 'Read', input: { file_path: '/a' } }] },
  },
  {
    type: 'user',
    message: {
      content: [
        { type: 'tool_result', tool_use_id: 't2', content: [{ type: 'text', text: hits }], is_error: true },
      ],
    },
  },
)
const codex = lines(
  {
    type: 'response_item',
    payload: {
      type: 'function_call',
      name: 'shell',
      arguments: JSON.stringify({ command: ['bash', '-lc', command] }),
      call_id: 'c1',
    },
  },
  {
    type: 'response_item',
    payload: {
      type: 'function_call_output',
      call_id: 'c1',
      output: JSON.stringify({ output: hits, metadata: { exit_code: 0 } }),
    },
  },
)
const pi = lines(
  {
    type: 'message',
    message: {
      role: 'assistant',
      content: [{ type: 'toolCall', id: 'p1', name: 'bash', arguments: { command } }],
    },
  },
  {
    type: 'message',
    message: {
      role: 'toolResult',
      toolCallId: 'p1',
      toolName: 'bash',
      content: [{ type: 'text', text: hits }],
      isError: false,
    },
  },
)
const qwen = lines(
  {
    type: 'assistant',
    message: {
      role: 'model',
      parts: [{ functionCall: { id: 'q1', name: 'run_shell_command', args: { command } } }],
    },
  },
  {
    type: 'tool_result',
    message: {
      role: 'user',
      parts: [{ functionResponse: { id: 'q1', name: 'run_shell_command', response: { output: hits } } }],
    },
  },
)

describe('the sessions that agents keep', () => {
  it.each([
    ['Codex', codex, 'shell'],
    ['Pi', pi, 'bash'],
    ['Qwen Code', qwen, 'run_shell_command'],
  ])('tell what a tool gave back, and what it was asked: %s', (_, text, tool) => {
    const [result, ...others] = resultsIn(text)
    expect(others).toEqual([])
    expect(result).toMatchObject({ tool, text: hits, failed: false })
    expect(result?.args).toContain(command)
  })

  it('tell it of Claude Code, failures too, and survive lines that nobody can read', () => {
    const found = resultsIn(`{"half":\nnull\n[1]\n${claude}`)
    expect(found.map(({ tool, failed }) => [tool, failed])).toEqual([
      ['Bash', false],
      ['Read', true],
    ])
  })
})

function machine() {
  const home = scratch()
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(home, path)), { recursive: true })
    writeFileSync(join(home, path), text)
  }
  const discover = (...args: string[]) => {
    const said = { out: '', err: '' }
    const code = discoverVerb(args, {
      out: (text) => {
        said.out += text
      },
      err: (text) => {
        said.err += text
      },
      env: {},
      home,
      cwd: home,
    })
    return { code, ...said }
  }
  return { home, write, discover }
}

const id = '0b51b8a2-0000-4000-8000-000000000001'

describe('clutch discover', () => {
  it('says what would have been saved, by command, and leaves files that were read out of it', () => {
    const { write, discover } = machine()
    write(`.claude/projects/-work/${id}.jsonl`, claude)
    const told = JSON.parse(discover('--json').out)
    expect(told).toMatchObject({ sessions: 1, outputs: 2 })
    expect(told.commands.map((row: { command: string }) => row.command)).toEqual(['grep', 'Read'])
    expect(told.commands[0].tokens_after).toBeLessThan(told.commands[0].tokens_before * 0.75)
    expect(told.commands[1]).toMatchObject({ shortened: 0, tokens_after: told.commands[1].tokens_before })
    expect(discover().out).toMatch(/^grep +1 /m)
  })

  it('reads every agent’s own place, and writes nothing anywhere', () => {
    const { home, write, discover } = machine()
    write(`.claude/projects/-work/${id}.jsonl`, claude)
    write(`.codex/sessions/2026/11/20/rollout-2026-11-20-${id}.jsonl`, codex)
    write(`.pi/agent/sessions/--work--/2026_${id}.jsonl`, pi)
    write(`.qwen/projects/-work/chats/${id}.jsonl`, qwen)
    const place = join(home, '.local/share/opencode')
    mkdirSync(place, { recursive: true })
    const database = openSqlite(join(place, 'opencode.db'))
    database.exec(
      'create table session (id text, parent_id text, directory text, title text, time_updated integer)',
    )
    database.exec('create table part (session_id text, data text, time_created integer)')
    database.prepare('insert into session values (?, null, ?, ?, ?)').run(['s', '/work', 'x', Date.now()])
    const state = { status: 'completed', input: { command }, output: hits }
    database
      .prepare('insert into part values (?, ?, 1)')
      .run(['s', JSON.stringify({ type: 'tool', tool: 'bash', state })])
    database.close()
    const before = readdirSync(home, { recursive: true }).length
    const told = JSON.parse(discover('--json').out)
    expect(told).toMatchObject({ sessions: 5, outputs: 6 })
    expect(told.commands[0]).toMatchObject({ command: 'grep', outputs: 5, shortened: 5 })
    expect(JSON.parse(discover('--json', '--agent', 'codex').out)).toMatchObject({ sessions: 1 })
    expect(readdirSync(home, { recursive: true }).length).toBe(before)
    expect(readFileSync(join(home, `.claude/projects/-work/${id}.jsonl`), 'utf8')).toBe(claude)
  })

  it('counts the same output of one command in one session once', () => {
    const { write, discover } = machine()
    write(`.pi/agent/sessions/--work--/2026_${id}.jsonl`, pi + pi)
    expect(JSON.parse(discover('--json').out)).toMatchObject({ outputs: 1 })
  })

  it('says so where there is nothing, and what it does not know', () => {
    const { discover } = machine()
    expect(discover().out).toContain('No sessions')
    expect(discover('--agent', 'codexx').err).toContain('did you mean codex')
    expect(discover('--sessions', '0').code).toBe(64)
  })
})
