import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { sessionsVerb } from '../../src/cli/sessions.ts'
import { latestSessions } from '../../src/launch/sessions.ts'
import { openSqlite } from '../../src/world/sqlite.ts'

let home: string
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'clutch-sessions-'))
})
afterEach(() => rmSync(home, { recursive: true }))

const id = (digit: number) => `0000000${digit}-aaaa-4bbb-8ccc-0123456789ab`

/** `agoS`: seconds since its last change. */
function put(path: string, agoS: number, ...lines: readonly unknown[]) {
  const file = join(home, path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(''))
  const at = Date.now() / 1000 - agoS
  utimesSync(file, at, at)
}

function fill() {
  put(
    `.claude/projects/-work-shop/${id(1)}.jsonl`,
    50,
    { type: 'queue-operation', operation: 'enqueue' },
    {
      type: 'user',
      cwd: '/work/shop',
      message: { role: 'user', content: '<command-name>/clear</command-name>' },
    },
    { type: 'user', cwd: '/work/shop', message: { role: 'user', content: 'Mend\n the   till' } },
  )
  put(
    `.codex/sessions/2026/11/20/rollout-2026-11-20T10-00-00-${id(2)}.jsonl`,
    40,
    { type: 'session_meta', payload: { id: id(2), cwd: '/work/bank' } },
    {
      payload: {
        type: 'message',
        role: 'user',
        content: [{ type: 'input_text', text: '<environment_context>…' }],
      },
    },
    {
      payload: { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Count the money' }] },
    },
  )
  put(`.qwen/projects/-work-farm/chats/${id(3)}.jsonl`, 30, {
    cwd: '/work/farm',
    message: { role: 'user', parts: [{ text: 'Milk the cows' }] },
  })
  put(
    `.pi/agent/sessions/--work-pie--/2026-11-20T10-00-00-000Z_${id(4)}.jsonl`,
    20,
    { type: 'session', id: id(4), cwd: '/work/pie' },
    { type: 'message', message: { role: 'user', content: [{ type: 'text', text: 'Bake' }] } },
  )
  mkdirSync(join(home, '.ante/sessions/ses_ant'), { recursive: true })
  const database = openSqlite(join(ensured('.local/share/opencode'), 'opencode.db'))
  database.exec('pragma journal_mode = wal')
  database.exec(
    'create table session (id text, parent_id text, directory text, title text, time_updated integer)',
  )
  const insert = database.prepare('insert into session values (?, ?, ?, ?, ?)')
  insert.run(['ses_open', null, '/work/open', 'Open the door', Date.now() - 10_000])
  insert.run(['ses_child', 'ses_open', '/work/open', 'A subagent', Date.now()])
  database.close()
}

const ensured = (path: string) => {
  mkdirSync(join(home, path), { recursive: true })
  return join(home, path)
}

describe('sessions', () => {
  it('of every agent are found where it keeps them, newest first', () => {
    fill()
    const found = latestSessions({ home, env: {} }, 5)
    expect(
      found.map(({ agent, id: its, project, firstPrompt }) => [agent, its, project, firstPrompt]),
    ).toEqual([
      ['ante', 'ses_ant', undefined, undefined],
      ['opencode', 'ses_open', '/work/open', 'Open the door'],
      ['pi', id(4), '/work/pie', 'Bake'],
      ['qwen', id(3), '/work/farm', 'Milk the cows'],
      ['codex', id(2), '/work/bank', 'Count the money'],
      ['claude', id(1), '/work/shop', 'Mend the till'],
    ])
  })

  it('are read and nothing is written', () => {
    fill()
    const before = everyFile()
    latestSessions({ home, env: {} }, 5)
    expect(everyFile()).toEqual(before)
  })

  it('move with the agents’ own variables', () => {
    put(`moved/projects/-x/${id(5)}.jsonl`, 1, { message: { role: 'user', content: 'Hi' } })
    const found = latestSessions({ home, env: { CLAUDE_CONFIG_DIR: join(home, 'moved') } }, 5)
    expect(found.map((one) => one.id)).toEqual([id(5)])
  })

  it('that are broken, cut or empty are still listed by what can be read', () => {
    put(`.claude/projects/-x/${id(6)}.jsonl`, 1)
    writeFileSync(join(home, `.claude/projects/-x/${id(7)}.jsonl`), '{"cwd":"/w"}\n{"message":{"role":"us')
    writeFileSync(join(ensured('.local/share/opencode'), 'opencode.db'), 'not a database')
    const found = latestSessions({ home, env: {} }, 5)
    expect(found.map((one) => one.id).toSorted()).toEqual([id(6), id(7)])
  })

  it('are told as JSON with the command that resumes each', () => {
    fill()
    const said = { out: '', err: '' }
    const io = { ...said, home, cwd: '/', env: {} }
    const code = sessionsVerb(['--json', 'codex'], {
      ...io,
      out: (text) => {
        said.out += text
      },
      err: (text) => {
        said.err += text
      },
    })
    expect(code).toBe(0)
    expect(JSON.parse(said.out)).toEqual([
      expect.objectContaining({
        agent: 'codex',
        id: id(2),
        resume: `xx xsp -s ${id(2)}`,
        project: '/work/bank',
      }),
    ])
  })

  it('of an agent nobody knows are a mistake', () => {
    const said = { err: '' }
    const code = sessionsVerb(['cluade'], {
      home,
      cwd: '/',
      env: {},
      out: () => undefined,
      err: (text) => {
        said.err += text
      },
    })
    expect(code).toBe(64)
    expect(said.err).toMatch(/did you mean claude/)
  })
})

const everyFile = () => readdirSync(home, { recursive: true }).map(String).toSorted()
