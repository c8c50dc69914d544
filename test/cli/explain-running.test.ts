/** `clutch explain` beside a gateway that runs: its live health, and what became of one request. */
import { describe, expect, it } from 'vitest'
import { explainVerb } from '../../src/cli/explain.ts'
import { alphaConfig, ask, chatReply, Home, json, until, upstream } from '../policy/house.ts'

async function explain(home: Home, ...args: string[]) {
  const said = { out: '', err: '' }
  const code = await explainVerb(args, {
    env: {},
    home: home.folder,
    cwd: home.folder,
    out: (text) => {
      said.out += text
    },
    err: (text) => {
      said.err += text
    },
  })
  return { code, ...said }
}

/** Quotes what it was asked, as upstreams like to do. */
const quoting = 'the words "grandmother and the blue door" are too much just now'

async function halfBroken(more: object = {}) {
  const { port, close } = await upstream()
  await close()
  const { url } = await upstream((response, { body }) => {
    if (body.includes('"ill"')) json(response, { error: { message: quoting } }, 503)
    else chatReply(response)
  })
  const home = new Home()
  home.write(
    alphaConfig(url, {
      port,
      ledger: { keep_days: 3 },
      limits: { max_retries: 0 },
      breaker: { failures: 1, open_seconds: 600 },
      model_tiers: { BIG: { default: 'alpha/ill', cascade: ['alpha/well', 'groq/nokey'] } },
      ...more,
    }),
  )
  return { home, gateway: await home.start() }
}

const requestOf = (answer: Response): string => answer.headers.get('x-clutch-request') ?? ''

describe('clutch explain with a request id', () => {
  it('tells the plan, every attempt and how it ended, without a word of what was said', async () => {
    const { home, gateway } = await halfBroken()
    const id = requestOf(await ask(gateway.url))
    await until(async () => (await explain(home, id)).code === 0)
    const { out } = await explain(home, id)
    expect(out).toContain(`request     ${id}`)
    expect(out).toContain('rule        role big')
    expect(out).toMatch(/ 1\. alpha\/ill {2}\(openai-chat\)\n +after \d+ ms: overloaded \(503\)/)
    expect(out).toContain('overloaded (503)\n      used nothing\n')
    expect(out).toContain('used 1000 in, 500 out: at an unknown price')
    expect(out).toContain('instead of  alpha/ill: overloaded')
    expect(out).toMatch(/ 2\. alpha\/well .*\n +after \d+ ms: first word \d+ ms later/)
    expect(out).toContain('planned     alpha/ill, alpha/well')
    expect(out).toContain('- groq/nokey: GROQ_API_KEY is not set')
    expect(out).toContain('ended       answered by alpha/well, status 200')
    expect(out).toContain('tokens      1000 input, 0 from the cache, 0 into the cache, 500 output')
    expect(out).toContain('cost        unknown')
    const second = requestOf(await ask(gateway.url))
    await until(async () => (await explain(home, second)).code === 0)
    const later = await explain(home, `req_${second}`)
    expect(later.out).toMatch(/- alpha\/ill: breaker of alpha\/ill is open for \d+/)
    const told = (await explain(home, second, '--json')).out
    expect(JSON.parse(told)).toMatchObject({ id: second, attempts: [{ model: 'well' }] })
    expect(out + later.out + told).not.toContain('grandmother')
  })

  it('a refused request names every target that failed', async () => {
    const { home, gateway } = await halfBroken({ model_tiers: { BIG: { default: 'alpha/ill' } } })
    const id = requestOf(await ask(gateway.url))
    await until(async () => (await explain(home, id)).code === 0)
    expect((await explain(home, id)).out).toContain('ended       refused: overloaded, status 529')
  })

  it('an id that is not there, and a ledger that is not kept, are said', async () => {
    const { home } = await halfBroken()
    const missing = await explain(home, 'A'.repeat(24))
    expect([missing.code, missing.err]).toEqual([69, expect.stringContaining('It keeps 3 days')])
    const without = await halfBroken({ ledger: false })
    expect((await explain(without.home, 'A'.repeat(24))).err).toContain('no ledger is kept')
  })
})

describe('clutch explain with a model', () => {
  it('goes by the health of the gateway that runs', async () => {
    const { home, gateway } = await halfBroken()
    const fresh = await explain(home, 'opus')
    expect(fresh.out).toContain(' 1. alpha/ill')
    await ask(gateway.url)
    const { out } = await explain(home, 'opus')
    expect(out).toContain(' 1. alpha/well')
    expect(out).toMatch(/- alpha\/ill: breaker of alpha\/ill is open/)
    expect(out).toContain('health      as the running gateway knows it')
    expect(JSON.parse((await explain(home, 'opus', '--json')).out)).toMatchObject({ health: 'live' })
  })

  it('shows where a session is at home, why, and which other sessions are elsewhere', async () => {
    const { home, gateway } = await halfBroken({ breaker: { failures: 9, open_seconds: 600 } })
    for (const id of ['s-1', 's-2']) await ask(gateway.url, { 'x-claude-code-session-id': id }, 'opus')
    const { out } = await explain(home, 'opus', '--session', 's-1')
    expect(out).toContain(
      'session     s-1: at home with alpha/well, stays there: its prompt cache is there; the cascade begins with alpha/ill\n',
    )
    expect(out).toContain(' 1. alpha/well')
    expect(out).not.toContain('- s-1:')
    expect(out).toMatch(/other sessions that stay.*:\n {2}- s-2: alpha\/well, which served it \d s ago\n/)
    const fresh = await explain(home, 'opus', '--session', 's-3')
    expect(fresh.out).toContain('session     s-3: it has no warm cache anywhere')
    expect(fresh.out).toContain(' 1. alpha/ill')
    const nameless = await explain(home, 'opus')
    expect(nameless.out).not.toContain('session     ')
    expect(nameless.out).toContain('- s-2: alpha/well')
  })

  it('shows a session’s home that rests, and the profile that a session was put on', async () => {
    const { home, gateway } = await halfBroken({ profiles: { other: 'alpha/well' } })
    const session = { 'x-claude-code-session-id': 's-1' }
    await ask(gateway.url, session, 'opus')
    const { out } = await explain(home, 'opus', '--session', 's-1')
    expect(out).toContain(
      'session     s-1: at home with alpha/well: its prompt cache is there, and it is the first choice',
    )
    await fetch(`${gateway.url}/clutch/api/profiles/use`, {
      method: 'POST',
      body: JSON.stringify({ profile: 'other', session: 's-1', seconds: 60 }),
    })
    const moved = await explain(home, 'opus', '--session', 's-1')
    expect(moved.out).toMatch(/- profile default: the session is on profile other until /)
    expect((await explain(home, 'opus')).out).not.toContain('profile other')
  })

  it('says so when no gateway runs', async () => {
    const { home, gateway } = await halfBroken()
    await gateway.close(0)
    const { code, out } = await explain(home, 'opus')
    expect(code).toBe(0)
    expect(out).toContain('health      computed without live health: no gateway answers at')
  })
})
