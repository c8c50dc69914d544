import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { agents } from '../../src/agents/index.ts'
import { readCode, writeCode } from '../../src/launch/code.ts'
import { planLaunch } from '../../src/launch/plan.ts'
import { isRefusal, readLongForm, readShortForm } from '../../src/launch/request.ts'
import { around, planned, refused, settings } from './around.ts'

const read = (typed: string) => {
  const found = readCode(typed)
  if (!found.ok) throw new Error(found.problem)
  const { agent, mode, headless, route, tier } = found.code
  return [agent.id, mode, headless ? 'headless' : 'terminal', route, tier ?? '-'].join(' ')
}

describe('a code', () => {
  it.each([
    ['ci', 'claude init terminal proxy -'],
    ['cip', 'claude init terminal proxy -'],
    ['cid', 'claude init terminal direct -'],
    ['cipd', 'claude init terminal proxy d'],
    ['cidd', 'claude init terminal direct d'],
    ['cibp', 'claude init terminal bypass p'],
    ['ccf', 'claude continue terminal proxy f'],
    ['hif', 'hermes init terminal proxy f'],
    ['gr4', 'antigravity resume terminal proxy 4'],
    ['qn', 'qwen ask headless proxy -'],
    ['xIp', 'codex init headless proxy -'],
    ['oCb', 'opencode continue headless bypass -'],
    ['pRpé', 'pi resume headless proxy é'],
    ['asp', 'ante session terminal proxy -'],
  ])('%s is %s', (typed, means) => {
    expect(read(typed)).toBe(means)
  })

  it('says the same when it is written and read again', () => {
    const codes = fc.tuple(
      fc.constantFrom(...agents.map(({ letter }) => letter)),
      fc.constantFrom(...'icnsrICNSR'),
      fc.constantFrom('', 'p', 'b', 'd'),
      fc.constantFrom('', 'k', '7', 'p', 'd', '🦊'),
    )
    fc.assert(
      fc.property(codes, (letters) => {
        const found = readCode(letters.join(''))
        if (!found.ok) throw new Error(found.problem)
        const again = readCode(writeCode(found.code))
        expect(again).toEqual(found)
      }),
    )
  })

  it.each([
    ['icp', 'cip'],
    ['CIP', 'cip'],
    ['zip', 'cip'],
    ['cxp', 'cip'],
    ['c', 'cip'],
    ['xc', undefined],
    ['cipdd', 'cipd'],
    ['', 'cip'],
    ['??', 'cip'],
  ])('%j means %s', (typed, nearest) => {
    const found = readCode(typed)
    expect(found.ok ? undefined : found.nearest).toBe(nearest)
  })

  it('offers a code that parses, whatever was typed', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 6 }), (typed) => {
        const found = readCode(typed)
        if (!found.ok) expect(readCode(found.nearest).ok).toBe(true)
      }),
    )
  })
})

describe('nothing given is ignored', () => {
  it.each([
    [['cip', '--foo'], /does not know --foo; what is for the agent comes after --/, 'xx cip -- --foo'],
    [['cip', '--contineu'], /does not know --contineu/, 'xx cip -- --contineu'],
    [['cip', '--sesion', 'a'], /did you mean --session/, 'xx cip --session'],
    [['cip', '-s'], /-s needs a value/, 'xx cip -s ID'],
    [['cip', '-m', '-n'], /-n looks like an option/, 'xx cip -m NAME'],
    [['cip', '-m', 'a', '--model', 'b'], /--model was given twice/, 'xx cip --model b'],
    [['cip', '--safe', '--no-safe'], /contradict/, 'xx cip --safe'],
    [['cipk', '-m', 'x'], /tier k and -m both name a model/, 'xx cip -m x'],
    [['cip4', '--profile', 'kimi'], /both name a profile/, 'xx cip --profile kimi'],
    [['cib', '--profile', 'kimi'], /a profile of its own/, 'xx cip --profile kimi'],
    [['cip', '--profile', 'kimmi'], /no profile is named kimmi/, 'xx cip --profile kimi'],
    [['cid', '--profile', 'kimi'], /it has no profiles/, 'xx cip --profile kimi'],
    [['cidk'], /it has no tiers/, 'xx cipk'],
    [['cid', '-P', 'groq', '-m', 'x'], /its own option comes after --/, 'xx cid -m x -- --provider groq'],
    [['cip', '-P', 'groq'], /-m must say which model/, 'xx cip -P groq -m NAME'],
    [['cipk', '-P', 'groq'], /already says where/, 'xx cipk'],
    [['cipz'], /there is no tier z; there are: d n k q m f 4/, 'xx cip'],
    [['cip7'], /the profile "7"/, 'xx cip'],
    [['cip', '-s', '-x'], /-x looks like an option/, 'xx cip -s ID'],
    [['pip', '--safe'], /never asks/, 'xx pip'],
    [['anp', '--safe', 'do it'], /never asks/, "xx anp 'do it'"],
    [['hrp', '-m', 'x'], /takes no model/, 'xx hrp'],
    [[], /no code/, 'xx cip'],
  ])('xx %j is refused, with what works', (words, problem, instead) => {
    const found = refused(words)
    expect(found.problem).toMatch(problem)
    expect(found.instead).toBe(instead)
  })

  it.each([
    [
      ['-m', 'x', 'cip'],
      ['--model', 'x'],
    ],
    [
      ['cip', '--model=x'],
      ['--model', 'x'],
    ],
    [
      ['cip', '-P', 'groq', '-m', 'x'],
      ['--model', 'groq/x'],
    ],
    [
      ['cip', '-P', 'groq', '-m', 'groq/x'],
      ['--model', 'groq/x'],
    ],
    [
      ['cip', '-P', 'openrouter', '-m', 'z-ai/glm'],
      ['--model', 'openrouter/z-ai/glm'],
    ],
    [
      ['cip', '--', '--verbose', '-x'],
      ['--verbose', '-x'],
    ],
    [['ccp', '-s', 'last'], ['--continue']],
    [
      ['cip', 'fix', 'the', 'test'],
      ['-p', 'fix the test'],
    ],
    [
      ['cip', '-p', 'fix', 'the', 'test'],
      ['-p', 'fix the test'],
    ],
    [
      ['cIp', '--prompt', '-x is wrong'],
      ['-p', ' -x is wrong'],
    ],
    [
      ['cip', 'doctor'],
      ['-p', ' doctor'],
    ],
    [['cip', '--no-cg'], []],
    [['cipv'], ['--model', 'v/x'], { v: 'v/x' }],
    [['cipπ'], ['--model', 'greek/pi'], { π: 'greek/pi' }],
    [['cipk'], ['--model', 'mine/k'], { k: 'mine/k' }],
  ])('xx %j starts claude with %j', (words, args, tiers: Record<string, string> = {}) => {
    const found = planned(words, { settings: { ...settings, tiers } })
    expect(found.args).toEqual(['--dangerously-skip-permissions', ...args])
  })

  it('a digit is the profile of that name', () => {
    expect(planned('cip4').gateway).toEqual({ url: 'http://127.0.0.1:8082/p/4', profile: '4' })
  })

  it('a prompt too long for any command line is refused before the system does', () => {
    const { problem, instead } = refused(['cip', 'x y '.repeat(40_000)])
    expect(problem).toMatch(/at most 128 KB.*157 KB/)
    expect(instead).toMatch(/FILE/)
  })
})

describe('approvals', () => {
  it('are skipped, unless --safe or the configuration leaves them on', () => {
    const bypass = '--dangerously-skip-permissions'
    expect(planned('cip').args).toContain(bypass)
    expect(planned('cip --safe').args).not.toContain(bypass)
    const safe = { settings: { ...settings, safe: true } }
    expect(planned('cip', safe).args).not.toContain(bypass)
    expect(planned('cip --no-safe', safe).args).toContain(bypass)
  })

  it('cannot be skipped where the policy forbids it', () => {
    const strict = { settings: { ...settings, forbidBypass: true } }
    expect(planned('xip', strict).args).not.toContain('--dangerously-bypass-approvals-and-sandbox')
    expect(refused('xip --no-safe', strict).instead).toBe('xx xip')
    expect(refused('pip', strict).problem).toMatch(/Pi has no approvals/)
    expect(refused(['anp', 'go on'], strict).problem).toMatch(/never asks/)
  })

  it('claude as root is refused as claude itself would, with both ways out', () => {
    const { problem, instead } = refused('cip', { isRoot: true })
    expect(problem).toMatch(/IS_SANDBOX=1/)
    expect(instead).toBe('xx cip --safe')
    expect(planned('cip', { isRoot: true, env: { IS_SANDBOX: '1' } }).args).toHaveLength(1)
  })
})

describe('the installed version', () => {
  it('decides Hermes’ headless form', () => {
    expect(planned(['hnp', 'go on'], { version: '0.20.9' }).args).not.toContain('--oneshot')
    expect(planned(['hnp', 'go on'], { version: '0.21.0' }).args).toContain('--oneshot')
  })

  it('decides how Antigravity is pointed at the gateway', () => {
    const before = planned('gip', { version: '1.2.14' }).env
    expect(before['GOOGLE_GEMINI_BASE_URL']).toBe('http://127.0.0.1:8082/s/launch-1')
    expect(before).not.toHaveProperty('AGY_LLM_GATEWAY_URL')
    expect(planned('gip', { version: '1.2.15' }).env).toHaveProperty('AGY_LLM_GATEWAY_URL')
  })

  it('is warned of when it is too old', () => {
    expect(planned('pcp', { version: '0.72.0' }).warnings[0]).toMatch(
      /0\.72\.0 is older than 0\.73\.1: older ones were never run/,
    )
    expect(planned('pcp', { version: '1.5.2' }).warnings).toEqual([])
  })

  it('of Pi that may stop at an answer of its own is told where there is one, and no prompt behind it', () => {
    const old = { version: '0.72.0', endsWithAnswer: true }
    const says = expect.stringMatching(/Cannot continue from message role: assistant.*xx pcp "go on"/)
    expect(planned('pcp', old).warnings).toContainEqual(says)
    expect(planned('pip -s ID', old).warnings).toContainEqual(says)
    for (const launch of [
      planned(['pcp', 'go on'], old),
      planned('pip', old),
      planned('pcp', { ...old, endsWithAnswer: false }),
      planned('pcp', { ...old, version: '0.73.1' }),
      planned('pcp', { ...old, version: '1.5.2' }),
    ])
      expect(launch.warnings).not.toContainEqual(says)
  })
})

describe('what the gateway offers', () => {
  const served = [
    { id: 'claude-opus', contextTokens: 200_000, outputTokens: 32_000 },
    { id: 'claude-haiku', contextTokens: 128_000 },
    { id: 'kimi/k3', contextTokens: 262_144, outputTokens: 16_000 },
    { id: 'claude-huge', contextTokens: 1_000_000 },
  ]

  it('tells Claude Code the window of the model that answers first, and who does the side work', () => {
    const { env, args } = planned('cip', { served })
    expect(env).toMatchObject({
      CLAUDE_CODE_MAX_CONTEXT_TOKENS: '200000',
      CLAUDE_CODE_AUTO_COMPACT_WINDOW: '200000',
      ANTHROPIC_DEFAULT_HAIKU_MODEL: 'claude-haiku',
    })
    expect(args).not.toContain('--model')
    expect(planned('cip -m kimi/k3', { served }).env['CLAUDE_CODE_MAX_CONTEXT_TOKENS']).toBe('262144')
  })

  it('marks a claude name with a million tokens, which Claude Code believes of no other', () => {
    expect(planned('cip -m claude-huge', { served }).args).toContain('claude-huge[1m]')
    expect(planned('cip -m claude-opus', { served }).args).toContain('claude-opus')
  })

  it('reaches every other agent that can be told a window', () => {
    expect(planned('xip', { served }).args).toContain('model_context_window=200000')
    expect(planned('pip', { served }).env['CLUTCH_CONTEXT_TOKENS']).toBe('200000')
    expect(planned('oip', { served }).env['OPENCODE_CONFIG_CONTENT']).toContain('"context":200000')
    expect(planned('aip', { served }).env['MODEL_CONTEXT_LIMIT']).toBe('200000')
  })

  describe('as Codex’s catalogue', () => {
    const clever = { slug: 'own-9', use_responses_lite: true, apply_patch_tool_type: 'freeform' }
    const plain = {
      slug: 'own-5',
      use_responses_lite: false,
      apply_patch_tool_type: 'freeform',
      base_instructions: 'in its own words',
      context_window: 9,
      supports_search_tool: true,
      upgrade: { model: 'own-9' },
    }
    const ownCatalogue = JSON.stringify({ models: [clever, plain] })
    const named = [...served, { id: 'own-9', contextTokens: 64_000 }]
    const written = (line: string, own: string | undefined = ownCatalogue) => {
      const { args, files } = planned(line, {
        served: named,
        ...(own !== undefined && { ownCatalogue: own }),
      })
      return { args, models: files.flatMap(({ text }) => JSON.parse(text).models) }
    }

    it('[C125] gives every name the tools of a model that works with plain calls, whatever Codex takes the name for', () => {
      const { args, models } = written('xip -m own-9')
      expect(args).toContain('model_catalog_json=/home/u/.xx/state/launch/codex-models.json')
      expect(models.map(({ slug }) => slug)).toEqual([
        'own-9',
        'claude-opus',
        'claude-haiku',
        'kimi/k3',
        'claude-huge',
      ])
      for (const model of models)
        expect(model).toMatchObject({
          use_responses_lite: false,
          apply_patch_tool_type: 'freeform',
          supports_search_tool: false,
          base_instructions: 'in its own words',
          upgrade: null,
        })
      expect(models[0]).toMatchObject({ context_window: 64_000, max_context_window: 64_000 })
    })

    it('is left out where Codex says nothing, has no such model, or keeps its own models', () => {
      for (const own of [undefined, 'no JSON', '{}', JSON.stringify({ models: [clever] })])
        expect(
          planned('xip', { served: named, ...(own !== undefined && { ownCatalogue: own }) }).files,
        ).toEqual([])
      expect(written('xib').models).toEqual([])
      expect(planned('xip', { ownCatalogue }).files).toEqual([])
    })
  })

  it('names the agent’s model itself where there are no roles', () => {
    const plain = [{ id: 'kimi/k3' }]
    expect(planned('xip', { served: plain }).args.slice(-2)).toEqual(['-m', 'kimi/k3'])
    expect(planned('hib', { served: plain }).args).toContain('kimi/k3')
  })

  it('leaves the agent’s own models alone on the bypass', () => {
    const { env, args } = planned('cib', { served })
    expect(env).not.toHaveProperty('ANTHROPIC_DEFAULT_HAIKU_MODEL')
    expect(env).not.toHaveProperty('CLAUDE_CODE_ATTRIBUTION_HEADER')
    expect(args).not.toContain('--model')
    expect(planned('xib', { served }).args).not.toContain('-m')
  })
})

describe('the surroundings', () => {
  it('a proxy of the network is told to keep away from the gateway', () => {
    const env = { HTTP_PROXY: 'http://proxy:3128', NO_PROXY: 'intranet' }
    expect(planned('cip', { env }).env).toMatchObject({ NO_PROXY: 'intranet,127.0.0.1' })
    expect(planned('cip').env).not.toHaveProperty('NO_PROXY')
  })

  it('the gateway’s own key is what agents present', () => {
    expect(planned('cip', { settings: { ...settings, clientKey: 'k-1' } }).env['ANTHROPIC_AUTH_TOKEN']).toBe(
      'k-1',
    )
  })

  it('a profile named after the agent is its profile', () => {
    const profiles = ['default', 'bypass', 'codex', 'codex-bypass']
    expect(
      planned('xip', { settings: { ...settings, profiles, ownProfiles: profiles } }).gateway?.profile,
    ).toBe('codex')
    expect(
      planned('xib', { settings: { ...settings, profiles, ownProfiles: profiles } }).gateway?.profile,
    ).toBe('codex-bypass')
    expect(
      planned('cip', { settings: { ...settings, profiles, ownProfiles: profiles } }).gateway?.profile,
    ).toBeUndefined()
  })

  it('a folder whose name fits into no header is not sent', () => {
    expect(planned('cip', { cwd: '/home/u/naïve ✓' }).env).not.toHaveProperty('ANTHROPIC_CUSTOM_HEADERS')
  })

  it('Ante without any session cannot continue, and says so', () => {
    const { newestSession: _, ...bare } = around
    const read = readShortForm(['acp'])
    const found = isRefusal(read) ? read : planLaunch(read, bare)
    expect(found).toMatchObject({ problem: expect.stringMatching(/no session/), instead: 'xx aip' })
  })
})

describe('the long form', () => {
  const short = (line: string) => readShortForm(line.split(' '))
  const long = (line: string) => readLongForm(line.split(' '))

  it.each([
    ['claude --continue --free', 'ccf'],
    ['codex', 'xip'],
    ['agy --resume --direct', 'grd'],
    ['h -c --best', 'hcm'],
    ['pi --session ID --tier k', 'pipk -s ID'],
    ['qwen --headless --bypass do it', 'qIb do it'],
    ['opencode -r -m x -- --port 1', 'orp -m x -- --port 1'],
  ])('clutch launch %s is xx %s', (typed, same) => {
    expect(long(typed)).toEqual(short(same))
  })

  it.each([
    ['claud', /no agent is named claud/, 'clutch launch claude'],
    ['claude --continue --resume', /mode is said twice/, 'clutch launch claude'],
    ['claude --continu', /did you mean --continue/, 'clutch launch claude --continue'],
    ['claude --tier kk', /one character/, 'clutch launch claude --tier k'],
  ])('clutch launch %s is refused', (typed, problem, instead) => {
    const found = long(typed)
    if (!isRefusal(found)) throw new Error('expected a refusal')
    expect(found.problem).toMatch(problem)
    expect(found.instead).toBe(instead)
  })
})
