/** `clutch quota` beside a gateway that runs. */
import { describe, expect, test } from 'vitest'
import { quotaVerb } from '../../src/cli/quota.ts'
import { HeardLimitsBook } from '../../src/routing/heard-limits.ts'
import { alphaConfig, ask, chatReply, Home, upstream } from '../policy/house.ts'
import { target } from '../routing/house.ts'

async function quota(home: Home, ...args: string[]) {
  const said = { out: '', err: '' }
  const code = await quotaVerb(args, {
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

async function limited(more: object = {}) {
  const { port, close } = await upstream()
  await close()
  const { url } = await upstream((response) => {
    response.setHeader('x-ratelimit-limit-requests', '50')
    response.setHeader('x-ratelimit-remaining-requests', '49')
    response.setHeader('x-ratelimit-reset-requests', '20s')
    response.setHeader('set-cookie', 'a=secret')
    chatReply(response)
  })
  const home = new Home()
  home.write(alphaConfig(url, { port, ...more }))
  return { home, gateway: await home.start() }
}

describe('clutch quota', () => {
  test('shows what may be used, what has been, when that ends, and what the provider says', async () => {
    const { home, gateway } = await limited({
      budgets: [{ profile: 'default', cost: '5/day', tokens: '1000/week', when_spent: 'next-target' }],
      quotas: { 'alpha/m': { max_requests_per_minute: 60 } },
    })
    const before = await quota(home)
    expect(before.out).toMatch(/quotas:\n +alpha\/m +0 of 60 requests\/minute\n/)
    await ask(gateway.url)
    const { code, out } = await quota(home)
    expect(code).toBe(0)
    expect(out).toMatch(
      /profile default +0\.00 of 5\.00 dollars\/day +starts anew \d{4}-\d\d-\d\d 00:00 UTC\n/,
    )
    expect(out).toMatch(
      /profile default +1500 of 1000 tokens\/week +spent +free again \d{4}-\d\d-\d\d 00:00 UTC +next-target\n/,
    )
    expect(out).toMatch(/alpha\/m +1 of 60 requests\/minute\n/)
    expect(out).toMatch(/providers say:\n +alpha#1 +requests +49 of 50 left +reset 20s +\d s ago\n/)
    const json = JSON.parse((await quota(home, '--json')).out)
    expect(json.heard).toEqual([
      {
        account: 'alpha#1',
        model: 'alpha/m',
        seen: expect.stringMatching(/Z$/),
        limits: [{ name: 'requests', limit: '50', remaining: '49', reset: '20s' }],
        headers: expect.not.objectContaining({ 'set-cookie': expect.anything() }),
      },
    ])
  })

  test('counts on after a restart', async () => {
    const { home, gateway } = await limited({ quotas: { 'alpha/m': { max_requests_per_minute: 60 } } })
    await ask(gateway.url)
    await gateway.close(0)
    await home.start()
    expect((await quota(home)).out).toMatch(/alpha\/m +1 of 60 requests\/minute/)
  })

  test('says that nothing is limited, and that nobody answers', async () => {
    const { port, close } = await upstream()
    await close()
    const { url } = await upstream()
    const home = new Home()
    home.write(alphaConfig(url, { port }))
    expect(await quota(home)).toMatchObject({ code: 69, err: expect.stringContaining('no gateway answers') })
    await home.start()
    expect((await quota(home)).out).toContain('Nothing is limited here')
    expect((await quota(home, '--jsn')).code).toBe(64)
  })
})

test('limits are read in every provider’s spelling, the last of an account counts', () => {
  const book = new HeardLimitsBook()
  book.heard(target('alpha', 'old'), { 'x-ratelimit-remaining': '9' }, 1)
  book.heard(
    target('alpha'),
    {
      'anthropic-ratelimit-input-tokens-limit': '100',
      'anthropic-ratelimit-input-tokens-remaining': '7',
      'anthropic-ratelimit-input-tokens-reset': '2027-01-01T00:00:00Z',
      'anthropic-ratelimit-unified-5h-reset': '1800000000',
      'x-ratelimit-limit': '3',
      'retry-after': '2',
      server: 'x',
    },
    2,
  )
  const [heard] = book.list()
  expect(heard).toMatchObject({ account: 'alpha#1', model: 'alpha/m', atMs: 2 })
  expect(heard?.limits).toEqual([
    { name: 'input-tokens', limit: '100', remaining: '7', reset: '2027-01-01T00:00:00Z' },
    { name: 'unified-5h', reset: '1800000000' },
    { name: '', limit: '3' },
  ])
  expect(Object.keys(heard?.headers ?? {})).toHaveLength(6)
})
