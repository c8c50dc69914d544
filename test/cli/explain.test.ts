/** `clutch explain`: the plan in words and for programs, and nothing is sent. */
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { explainVerb } from '../../src/cli/explain.ts'

const home = mkdtempSync(join(tmpdir(), 'explain-'))
const env = {
  ANTHROPIC_API_KEY: 'sk-ant-very-secret',
  DEEPSEEK_API_KEY: 'sk-ds-very-secret',
  BIG_MODEL: 'anthropic/claude-opus-5',
  BIG_CASCADE: 'deepseek/deepseek-chat,groq/nothing',
  SMALL_MODEL: 'deepseek/tiny:free',
}

async function explain(...args: string[]) {
  const said = { out: '', err: '' }
  const code = await explainVerb(args, {
    env,
    home,
    cwd: home,
    out: (text) => {
      said.out += text
    },
    err: (text) => {
      said.err += text
    },
  })
  return { code, ...said }
}

function file(name: string, body: unknown): string {
  writeFileSync(join(home, name), JSON.stringify(body))
  return name
}

describe('clutch explain', () => {
  it('a model: its rule, every target kept or passed over, what would be sent, no secret', async () => {
    const { code, out } = await explain('opus')
    expect(code).toBe(0)
    expect(out).toContain('rule        role big')
    expect(out).toContain('1. anthropic/claude-opus-5  (anthropic)')
    expect(out).toContain('POST https://api.anthropic.com/v1/messages')
    expect(out).toContain('2. deepseek/deepseek-chat')
    expect(out).toMatch(/groq\/nothing: .*GROQ_API_KEY is not set/)
    expect(out).toContain('x-api-key: … (18 characters)')
    expect(out).not.toContain('secret')
  })

  it('a body: what it looks like and where that leads, with what is lost', async () => {
    const title = {
      model: 'claude-opus-5',
      max_tokens: 500,
      messages: [{ role: 'user', content: 'x' }],
      output_config: { format: { type: 'json_schema', schema: { properties: { title: {} } } } },
    }
    const { out } = await explain('--body', file('title.json', title), '--json')
    expect(JSON.parse(out)).toMatchObject({
      rule: 'role small (title), then role big',
      outline: { side: 'title' },
      targets: [{ name: 'deepseek/tiny:free' }, { name: 'anthropic/claude-opus-5' }, {}],
    })
    const chat = { model: 'opus', seed: 7, messages: [{ role: 'user', content: 'x' }] }
    const spoken = JSON.parse((await explain('--body', file('chat.json', chat), '--json')).out)
    expect(spoken.targets[0]).toMatchObject({ dialect: 'anthropic', lost: expect.arrayContaining(['seed']) })
  })

  it('what cannot be served says why, with its own exit code', async () => {
    const { code, out } = await explain('groq/x')
    expect(code).toBe(69)
    expect(out).toContain('GROQ_API_KEY is not set')
  })

  it.each([
    [['opus', '--profile', 'none'], 'no profile is named none'],
    [['--body', 'missing.json'], 'no such file'],
    [['--body', 'title.json', '--dialect', 'latin'], 'expected anthropic'],
    [['opus', '--jsn'], 'did you mean'],
  ])('%j is told what is wrong', async (args, words) => {
    const { code, err } = await explain(...args)
    expect(code).toBe(64)
    expect(err).toContain(words)
  })
})
