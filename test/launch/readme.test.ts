// Every line of the seed's README that shows a launch, by its own text.
import { describe, expect, it } from 'vitest'
import { planned, refused, settings } from './around.ts'

const codexWay = (profile = '') => [
  '-c model_provider=clutch -c model_providers.clutch.name=clutch',
  `-c model_providers.clutch.base_url=http://127.0.0.1:8082${profile}/v1`,
  '-c model_providers.clutch.env_key=CLUTCH_KEY -c model_providers.clutch.wire_api=responses',
  '-c model_providers.clutch.http_headers={"x-clutch-project"="shop"}',
]
const piWay = '-e /home/u/.xx/state/launch/pi-clutch.mjs --provider clutch'
const claude = 'claude --dangerously-skip-permissions'
const codex = '--dangerously-bypass-approvals-and-sandbox'

/** What is typed, what runs. */
const lines: readonly (readonly [typed: string, runs: string])[] = [
  ['xx cip', claude],
  ['xx ccf', `${claude} --model openrouter/free-of-scan --continue`],
  ['xx cid', claude],
  ['xx cipd', `${claude} --model openrouter/deepseek/deepseek-v4-flash`],
  ['xx cip -m claude/sonnet-4', `${claude} --model claude/sonnet-4`],
  ['xx hip', 'hermes chat --provider custom -m big --yolo --accept-hooks'],
  ['xx hcf', 'hermes chat --provider custom -m openrouter/free-of-scan --yolo --accept-hooks -c'],
  ['xx hib', 'hermes chat --provider custom -m big --yolo --accept-hooks'],
  ['xx hif', 'hermes chat --provider custom -m openrouter/free-of-scan --yolo --accept-hooks'],
  ['xx pcf', `pi ${piWay} --model openrouter/free-of-scan -c`],
  [
    'xx xcf',
    `codex resume --last --include-non-interactive ${codex} ${codexWay().join(' ')} -m openrouter/free-of-scan`,
  ],
  ['xx pipd', `pi ${piWay} --model openrouter/deepseek/deepseek-v4-flash`],
  ['xx xip', `codex ${codex} ${codexWay().join(' ')} -m big`],
  ['xx xid', `codex ${codex}`],
  ['xx qip', 'qwen --yolo --auth-type openai -m big'],
  ['xx gip', 'agy --dangerously-skip-permissions --model gemini-3.1-pro-preview'],
  ['xx aip', 'ante --provider openai-compatible --model big --yolo'],
  ['xx oip', 'opencode --auto -m clutch/big'],
  ['xx hip -s abc123', 'hermes chat --provider custom -m big --yolo --accept-hooks -r abc123'],
  ['xx pip -s abc123', `pi ${piWay} --model big --session abc123`],
  [
    'xx gip -s abc123',
    'agy --dangerously-skip-permissions --model gemini-3.1-pro-preview --conversation abc123',
  ],
  ['xx cip -s abc123', `${claude} --resume abc123`],
  ['xx cip -m gpt-4o', `${claude} --model gpt-4o`],
  ['xx hip -m claude/sonnet-4', 'hermes chat --provider custom -m claude/sonnet-4 --yolo --accept-hooks'],
  ['xx cipm', `${claude} --model groq/best-of-scan`],
  ['xx cipf', `${claude} --model openrouter/free-of-scan`],
]

describe('the README of the seed', () => {
  it.each(lines)('%s runs %s', (typed, runs) => {
    const { program, args } = planned(typed.split(' ').slice(1))
    expect([program, ...args].join(' ')).toBe(runs)
  })

  it('xx qcpd -p "refactor this" continues headless with the prompt', () => {
    const { args, form, stdin } = planned(['qcpd', '-p', 'refactor this'])
    expect(form).toBe('ask-continue')
    expect(stdin).toBe('none')
    expect(args.slice(-4)).toEqual(['-m', 'openrouter/deepseek/deepseek-v4-flash', '-c', 'refactor this'])
  })

  it('xx cid goes direct: every variable of a gateway that the shell had exported is unset, and none is set', () => {
    const { env, unset } = planned('cid', {
      env: { ANTHROPIC_BASE_URL: 'http://old', ANTHROPIC_API_KEY: 'pass' },
    })
    expect(env).toEqual({})
    for (const name of ['ANTHROPIC_BASE_URL', 'ANTHROPIC_AUTH_TOKEN', 'ANTHROPIC_MODEL', 'ANTHROPIC_API_KEY'])
      expect(unset).toContain(name)
  })

  it('a direct launch keeps a key that came without a gateway', () => {
    expect(planned('cid', { env: { ANTHROPIC_API_KEY: 'sk-real' } }).unset).not.toContain('ANTHROPIC_API_KEY')
  })

  it('xx hib reaches the profile that keeps the agent’s own models', () => {
    expect(planned('hib').env['CUSTOM_BASE_URL']).toBe('http://127.0.0.1:8082/p/bypass/s/launch-1/v1')
  })

  it.each(['xx cipm', 'xx cipf'])('%s without a scan says so and names what works', (typed) => {
    const { problem, instead } = refused(typed.split(' ').slice(1), {
      settings: { ...settings, selectors: {} },
    })
    expect(problem).toMatch(/nothing has been scanned.*"selectors"/)
    expect(instead).toBe('xx cip')
  })
})
