/** The two lanes: one may cost money and never changes a model in silence, the other never costs any. */
import { describe, expect, test } from 'vitest'
import { explainVerb } from '../../src/cli/explain.ts'
import { alphaConfig, ask, chatReply, Home, json, until, upstream } from './house.ts'

async function house(profile: object) {
  const { port, close } = await upstream()
  await close()
  const { url, heard } = await upstream((response, { body }) => {
    if (body.includes('"ill"')) json(response, { error: { message: 'busy' } }, 503)
    else chatReply(response)
  })
  const home = new Home()
  const alpha = {
    base_url: `${url}/v1`,
    dialect: 'openai-chat',
    api_key: 'k',
    models: { 'gift-*': { free: true } },
  }
  home.write(
    alphaConfig(url, {
      port,
      ledger: { keep_days: 3 },
      limits: { max_retries: 0 },
      providers: { alpha },
      profiles: { lane: profile },
    }),
  )
  const gateway = await home.start()
  const models = () => heard.map(({ body }) => JSON.parse(body).model)
  return { home, models, url: `${gateway.url}/p/lane` }
}

async function explained(home: Home, id: string): Promise<string> {
  const said: string[] = []
  const io = { env: {}, home: home.folder, cwd: home.folder, err: () => undefined }
  await until(async () => (await explainVerb([id], { ...io, out: (text) => void said.push(text) })) === 0)
  return said.join('')
}

describe('the interactive lane', () => {
  test('may cost money, and says in the answer, the log and the ledger when another model answers', async () => {
    const { home, url, models } = await house({
      lane: 'interactive',
      roles: { big: ['alpha/ill', 'alpha/paid'] },
    })
    const answer = await ask(url)
    expect([answer.status, models()]).toEqual([200, ['ill', 'paid']])
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'x-clutch-target': 'alpha/paid',
      'x-clutch-attempts': '2',
      'x-clutch-because': 'role big: alpha/ill: overloaded',
    })
    const [line] = home.lines.filter(({ event }) => event === 'call')
    expect(line).toMatchObject({ instead: 'alpha/ill: overloaded', target: 'alpha/paid' })
    const id = answer.headers.get('x-clutch-request') ?? ''
    expect(await explained(home, id)).toContain('instead of  alpha/ill: overloaded')
  })

  test('announces nothing when nothing was changed', async () => {
    const { home, url } = await house({ roles: { big: ['alpha/paid', 'groq/nokey'] } })
    const answer = await ask(url)
    expect(answer.headers.get('x-clutch-because')).toBeNull()
    const [line] = home.lines.filter(({ event }) => event === 'call')
    expect(line).not.toHaveProperty('instead')
    expect(await explained(home, answer.headers.get('x-clutch-request') ?? '')).not.toContain('instead of')
  })
})

describe('the standby lane', () => {
  test('asks what costs nothing, in the user’s order, and announces that too', async () => {
    const roles = { big: ['alpha/paid', 'alpha/x:free', 'alpha/gift-1'] }
    const { url, models } = await house({ lane: 'standby', roles })
    const answer = await ask(url)
    expect([answer.status, models()]).toEqual([200, ['x:free']])
    expect(answer.headers.get('x-clutch-because')).toBe(
      'role big: alpha/paid: the standby lane uses free models only',
    )
  })

  test('knows what its owner calls free', async () => {
    const { url, models } = await house({ lane: 'standby', roles: { big: ['alpha/gift-1'] } })
    await ask(url)
    expect(models()).toEqual(['gift-1'])
  })

  test('spends nothing even for a request that names its model, or when nothing free is left', async () => {
    const { url, models } = await house({ lane: 'standby', roles: { big: ['alpha/paid'] } })
    for (const model of ['claude-opus-4', 'alpha/paid']) {
      const refusal = await ask(url, {}, model)
      expect(refusal.status).toBeGreaterThanOrEqual(400)
      expect(await refusal.text()).toContain('the standby lane uses free models only')
    }
    expect(models()).toEqual([])
  })
})

test('every refusal names its request as well', async () => {
  const { url } = await house({ roles: { big: ['alpha/ill'] } })
  const asked = await ask(url)
  expect(Object.fromEntries(asked.headers)).toMatchObject({
    'x-clutch-request': expect.stringMatching(/^\w{24}$/),
    'x-clutch-target': 'alpha/ill',
    'x-clutch-attempts': '1',
  })
  const unread = await fetch(`${url}/v1/messages`, { method: 'POST', body: '{}' })
  expect(Object.fromEntries(unread.headers)).toMatchObject({
    'x-clutch-request': expect.stringMatching(/^\w{24}$/),
    'x-clutch-attempts': '0',
  })
})
