/** A session that is put on another profile for a while: by hand, until a time, over a restart. */
import { describe, expect, test } from 'vitest'
import { profileVerb } from '../../src/cli/profile.ts'
import { SessionProfiles } from '../../src/policy/session-profiles.ts'
import { alphaConfig, ask, Home, until, upstream } from './house.ts'

async function profile(home: Home, ...args: string[]) {
  const said = { out: '', err: '' }
  const code = await profileVerb(args, {
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

const session = (id: string) => ({ 'x-claude-code-session-id': id })

async function twoProfiles(more: object = {}) {
  const { port, close } = await upstream()
  await close()
  const { url, heard } = await upstream()
  const home = new Home()
  home.write(alphaConfig(url, { port, profiles: { other: 'alpha/n' }, ...more }))
  const models = () => heard.map(({ body }) => JSON.parse(body).model)
  return { home, url, models, gateway: await home.start() }
}

describe('a session on another profile', () => {
  test('goes there whatever it names, says so, and comes back when it is told to', async () => {
    const { home, gateway, models } = await twoProfiles()
    await ask(gateway.url, session('s-1'))
    expect((await profile(home, 'use', 'other', '--session', 's-1', '--for', '2h')).out).toMatch(
      /^Session s-1 is on profile other until \d{4}-.*Z\.\n$/,
    )
    const moved = await ask(gateway.url, session('s-1'))
    expect(moved.headers.get('x-clutch-target')).toBe('alpha/n')
    expect(moved.headers.get('x-clutch-because')).toMatch(
      /profile default: the session is on profile other until /,
    )
    const other = await ask(gateway.url, session('s-2'))
    expect(other.headers.get('x-clutch-because')).toBeNull()
    expect((await profile(home)).out).toMatch(/session s-1 {2}on other {2}for 120 more minutes/)
    expect((await profile(home, 'end', '--session', 's-1')).out).toContain('goes where it went before')
    await ask(gateway.url, session('s-1'))
    expect(models()).toEqual(['m', 'n', 'm', 'm'])
    expect((await profile(home, 'end', '--session', 's-1')).out).toContain('was on no other profile')
  })

  test('is found by the launch in its path as well', async () => {
    const { home, gateway, models } = await twoProfiles()
    await profile(home, 'use', 'other', '--session', 'launch-7')
    await ask(`${gateway.url}/s/launch-7`, session('s-1'))
    expect(models()).toEqual(['n'])
  })

  test('comes back by itself when the time is over', async () => {
    const { home, gateway, models } = await twoProfiles()
    await profile(home, 'use', 'other', '--session', 's-1', '--for', '1s')
    await ask(gateway.url, session('s-1'))
    await until(async () => !(await profile(home)).out.includes('session s-1'))
    await ask(gateway.url, session('s-1'))
    expect(models()).toEqual(['n', 'm'])
  })

  test('is still there after a restart', async () => {
    const { home, gateway, models } = await twoProfiles()
    await profile(home, 'use', 'other', '--session', 's-1')
    await gateway.close(0)
    const again = await home.start()
    await ask(again.url, session('s-1'))
    expect(models()).toEqual(['n'])
    expect((await profile(home, 'list', '--json')).out).toContain('"session": "s-1"')
  })

  test('is refused, not sent elsewhere, when that profile is gone', async () => {
    const { home, url, gateway, models } = await twoProfiles()
    await profile(home, 'use', 'other', '--session', 's-1')
    home.write(alphaConfig(url, { port: Number(new URL(gateway.url).port) }))
    await gateway.reload('test')
    const answer = await ask(gateway.url, session('s-1'))
    expect(await answer.text()).toContain('profile other: it is in the configuration no more')
    expect(models()).toEqual([])
  })

  test('does not leave the profile that its key is bound to', async () => {
    const { home, gateway, models } = await twoProfiles({
      profiles: { other: 'alpha/n', bound: 'alpha/b' },
    })
    const { keysVerb } = await import('../../src/cli/keys.ts')
    let key = ''
    keysVerb(['add', 'k', '--profile', 'bound'], {
      env: {},
      home: home.folder,
      cwd: home.folder,
      out: (text) => {
        key += text
      },
      err: () => undefined,
    })
    await gateway.reload('test')
    await profile(home, 'use', 'other', '--session', 's-1')
    await ask(gateway.url, { ...session('s-1'), 'x-api-key': key.trim() })
    expect(models()).toEqual(['b'])
  })
})

describe('clutch profile', () => {
  test('lists profiles with their lane and what they begin with', async () => {
    const { home } = await twoProfiles({
      profiles: { night: { model: 'alpha/n:free', lane: 'standby' } },
    })
    expect((await profile(home)).out.split('\n').slice(0, 5)).toEqual([
      'default      interactive  big alpha/m, middle alpha/m, small alpha/m',
      'bypass       interactive  the agents’ own models',
      'night        standby      big alpha/n:free, middle alpha/n:free, small alpha/n:free',
      'claude       as default',
      'hermes       as default',
    ])
  })

  test.each([
    [['use'], 'use which profile?'],
    [['use', 'other'], '--session says'],
    [['use', 'other', '--session', 's', '--for', 'ever'], 'not "ever"'],
    [['end'], '--session says'],
    [['drop'], 'do not know "drop"'],
  ])('%j is wrong usage', async (args, words) => {
    const { code, err } = await profile(new Home(), ...args)
    expect([code, err]).toEqual([64, expect.stringContaining(words)])
  })

  test('says which profiles there are when there is none of that name', async () => {
    const { home } = await twoProfiles()
    const { code, err } = await profile(home, 'use', 'ohter', '--session', 's')
    expect([code, err]).toEqual([69, expect.stringContaining('There are: default, bypass, other')])
  })
})

test('what was saved badly is left out, and what is remembered has an end', () => {
  const book = new SessionProfiles()
  book.restore(
    [
      { session: 's', profile: 'p', untilMs: 100 },
      { session: 's2' },
      7,
      { session: 'old', profile: 'p', untilMs: 9 },
    ],
    10,
  )
  expect(book.list(10).map(({ session }) => session)).toEqual(['s'])
  for (let n = 0; n < 1500; n++) book.put({ session: `n${n}`, profile: 'p', untilMs: 1000 + n })
  expect(book.list(10)).toHaveLength(1000)
  expect(book.find('n1499', 10)?.profile).toBe('p')
  expect(book.find('n1499', 5000)).toBeUndefined()
})
