/** What happens when something is spent: whoever it is counted for, whatever was said shall happen then. */
import { describe, expect, test } from 'vitest'
import { keysVerb } from '../../src/cli/keys.ts'
import { periods, windowEnd, windowStart } from '../../src/conversation/quota.ts'
import { HealthBook } from '../../src/routing/health.ts'
import { healthRules } from '../../src/routing/quotas.ts'
import { target } from '../routing/house.ts'
import { alphaConfig, ask, Home, upstream } from './house.ts'

const answers = {
  refuse: { status: 429, models: ['m'], says: /It resets at \d{4}-\d\d-\d\d 00:00 UTC/ },
  'next-target': { status: 200, models: ['m', 'm:free'], says: /done/ },
  'cheaper-role': { status: 200, models: ['m', 'tiny'], says: /done/ },
} as const

type WhenSpent = keyof typeof answers
const whose = ['profile', 'agent', 'key'] as const

const cases = whose.flatMap((subject) =>
  (['refuse', 'next-target', 'cheaper-role'] as const).map((whenSpent) => ({ subject, whenSpent })),
)

/** The headers of the one whose budget is spent after a call. */
async function limited(subject: (typeof whose)[number], whenSpent: WhenSpent) {
  const { url, heard } = await upstream()
  const home = new Home()
  const named = { profile: 'blue', agent: 'codex' } as const
  const budgets =
    subject === 'key' ? [] : [{ [subject]: named[subject], tokens: '1500/day', when_spent: whenSpent }]
  const tiers = {
    BIG: { default: 'alpha/m', cascade: ['alpha/m:free'] },
    SMALL: { default: 'alpha/tiny' },
  }
  home.write(alphaConfig(url, { budgets, model_tiers: tiers, profiles: { blue: {} } }))
  const headers: Record<string, string> = { 'user-agent': 'codex_cli/0.50' }
  if (subject === 'key') {
    const said: string[] = []
    const io = { env: {}, home: home.folder, cwd: home.folder, err: () => undefined }
    const limits = ['--tokens', '1500/day', '--when-spent', whenSpent]
    keysVerb(['add', 'laptop', ...limits], { ...io, out: (text) => void said.push(text) })
    headers['x-api-key'] = said.join('').trim()
  }
  const gateway = await home.start()
  const models = () => heard.map(({ body }) => JSON.parse(body).model)
  return { ask: () => ask(`${gateway.url}/p/blue`, headers), models }
}

describe('a budget that is spent', () => {
  test.each(cases)('of a $subject: $whenSpent', async ({ subject, whenSpent }) => {
    const house = await limited(subject, whenSpent)
    expect((await house.ask()).status).toBe(200)
    const second = await house.ask()
    const { status, models, says } = answers[whenSpent]
    expect([second.status, house.models()]).toEqual([status, models])
    expect(await second.text()).toMatch(says)
  })
})

const allowances = periods.flatMap((per) => [
  { per, written: `10 requests/${per}`, unit: 'requests' },
  { per, written: `10 tokens/${per}`, unit: 'tokens' },
  { per, written: `$10/${per}`, unit: 'dollars' },
])

describe('the quota of a provider', () => {
  test.each(allowances)(
    '$written bars it until its time is over, and then no longer',
    ({ per, written, unit }) => {
      const home = new Home()
      const alpha = { base_url: 'https://alpha.test/v1', dialect: 'openai-chat', quotas: [written] }
      home.write({ providers: { alpha } })
      const loaded = home.load()
      if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems))
      const book = new HealthBook(healthRules(loaded.settings))
      const nowMs = Date.UTC(2027, 4, 13, 17, 23, 42)
      const one = target('alpha')
      for (let n = 0; n < 10; n++) {
        expect(book.sieve(one, nowMs)).toBeUndefined()
        book.sent(one, nowMs)
        book.spent(one, { tokens: 1, dollars: 1 }, nowMs)
      }
      const slides = unit === 'requests' && per === 'minute'
      const endMs = slides ? nowMs + 60_000 : windowEnd(per, windowStart(per, nowMs))
      expect(book.sieve(one, nowMs)).toMatchObject({ kind: 'quota', untilMs: endMs })
      expect(book.sieve(target('alpha', 'another'), endMs - 1)?.kind).toBe('quota')
      expect(book.sieve(one, endMs)).toBeUndefined()
      expect(book.sieve(target('beta'), nowMs)).toBeUndefined()
    },
  )
})
