import { chmodSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { request as askUpstream, type RequestListener } from 'node:http'
import { join } from 'node:path'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { bundled, freePort, Place, removeBundle, slowConfig, streamed, Talker, until } from './rig.ts'

let entry: string
let place: Place
beforeAll(async () => {
  entry = await bundled()
  return () => removeBundle(entry)
})
beforeEach(() => {
  place = new Place(entry)
})
afterEach(() => place.remove())

function brief(): RequestListener {
  const talker = new Talker()
  talker.finish()
  return talker.listener
}

const json = async (args: readonly string[]) => JSON.parse((await place.run([...args, '--json'])).out)

describe('clutch status', () => {
  it('tells of every listener, of the chain and of providers, for people and for programs', async () => {
    const [port, second] = [await freePort(), await freePort()]
    const upstream = await place.serve((_, response) => response.end('{}'))
    place.config(
      slowConfig(port, upstream, {
        port: undefined,
        listeners: [{ port }, { port: second, profile: 'compress' }],
        profiles: { compress: { bypass: true } },
      }),
    )
    const before = await place.run(['status'])
    expect([before.code, before.out]).toEqual([69, expect.stringMatching(/does not run {4}try: clutch up/)])
    await place.run(['up'])
    const { code, out } = await place.run(['status'])
    expect(code).toBe(0)
    expect(out).toMatch(new RegExp(`runs: process ${place.daemon?.pid}, since`))
    expect(out).toMatch(new RegExp(`127.0.0.1:${port} +router .*answers`))
    expect(out).toMatch(new RegExp(`127.0.0.1:${second} +compression +profile compress +answers`))
    expect(out).toMatch(/slow .*there \(\d+ ms\) +another proxy in the chain, no loop/)
    expect(out).toMatch(/calls +0 running/)
    const status = await json(['status'])
    expect(status).toMatchObject({
      running: 'daemon',
      installed: expect.any(String),
      listeners: [
        { port, part: 'router', reached: { ok: true } },
        { port: second, part: 'compression' },
      ],
      providers: [{ id: 'slow', kind: 'part', reached: { ok: true }, loop: false }],
      gateway: { open_calls: 0, config: { generation: 1 } },
    })
  })

  it('finds a proxy that leads back here, and one by whose way a provider is asked', async () => {
    const port = await freePort()
    const back = await place.serve((request, response) => {
      const { url, method, headers } = request
      const onward = askUpstream({ host: '127.0.0.1', port, path: url, method, headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers)
        answer.pipe(response)
      })
      onward.on('error', () => response.end())
      request.pipe(onward)
    })
    const deaf = await freePort()
    place.config({
      port,
      providers: {
        alpha: { base_url: `http://127.0.0.1:${back}/v1`, dialect: 'openai-chat' },
        anthropic: { base_url: `http://127.0.0.1:${deaf}`, api_key: 'a-key-that-is-never-sent' },
      },
    })
    await place.run(['up'])
    const { code, out } = await place.run(['status'])
    expect(code).toBe(70)
    expect(out).toMatch(/alpha .*! a loop: it asks this gateway again/)
    expect(out).toMatch(
      /anthropic .*! nobody answers +by way of another proxy, instead of https:\/\/api\.anthropic\.com/,
    )
    const doctor = await place.run(['doctor'])
    expect([doctor.code, doctor.out]).toEqual([
      69,
      expect.stringMatching(
        /alpha .*leads back to this gateway\n +try: clutch config where providers\.alpha\.base_url/,
      ),
    ])
  })

  it('says who has the port, when it is a stranger', async () => {
    const port = await place.serve((_, response) => response.end('hello'))
    place.config({ port })
    const { code, out } = await place.run(['status', '--no-reach'])
    expect([code, out]).toEqual([69, expect.stringContaining(`held by process ${process.pid} (`)])
    expect((await place.run(['doctor'])).out).toMatch(
      new RegExp(`held by process ${process.pid} .*\n +try: `),
    )
  })

  it('says what is wrong while the gateway goes on', async () => {
    place.config({ port: await freePort() })
    await place.run(['up'])
    place.config('{ "port": 1, }')
    const { code, out } = await place.run(['status'])
    expect([code, out]).toEqual([
      70,
      expect.stringMatching(/configuration is broken now:\n.*comma after the last/),
    ])
    expect((await place.run(['doctor'])).out).toMatch(/comma after the last.*\n +try: clutch config edit/)
  })
})

describe('clutch logs', () => {
  it('tells the last lines, by level and by session, and follows', async () => {
    const port = await freePort()
    place.config(slowConfig(port, await place.serve(brief())))
    await place.run(['up'])
    await streamed(port)
    await fetch(`http://127.0.0.1:${port}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-session-id': 'session-two' },
      body: JSON.stringify({ model: 'slow/m', messages: [{ role: 'user', content: 'secret words' }] }),
    })
    const all = await until(async () => {
      const ran = await place.run(['logs'])
      return ran.out.match(/⇒ slow\/m/g)?.length === 2 && ran
    })
    expect([all.code, all.out]).toEqual([0, expect.stringMatching(/info {2}started version=/)])
    expect(all.out).toMatch(/⇒ slow\/m · 200 served \d+ ms · \d+ in \(0 cached\), \d+ out · session/)
    expect(all.out).not.toContain('secret words')
    const [line, ...others] = (await place.run(['logs', '--session', 'session-t', '--json'])).out
      .trim()
      .split('\n')
    expect([JSON.parse(line ?? ''), others]).toEqual([
      expect.objectContaining({ session: 'session-two' }),
      [],
    ])
    const none = await place.run(['logs', '--level', 'error'])
    expect([none.code, none.out]).toEqual([69, ''])
    const wrong = await place.run(['logs', '--level', 'wran'])
    expect([wrong.code, wrong.err]).toEqual([64, expect.stringContaining('did you mean warn?')])
    const follow = place.start(['logs', '-f', '-n', '0'])
    let heard = ''
    follow.stdout?.on('data', (chunk: Buffer) => {
      heard += chunk.toString()
    })
    await until(async () => {
      await streamed(port)
      return /⇒ slow\/m/.test(heard)
    })
    expect(heard).not.toMatch(/started/)
  })
})

describe('clutch watch', () => {
  it('looks once where nobody watches', async () => {
    const port = await freePort()
    place.config(slowConfig(port, await place.serve(brief())))
    await place.run(['up'])
    await streamed(port)
    const { out } = await until(async () => {
      const ran = await place.run(['watch'])
      return /last calls\n.*⇒ slow\/m/.test(ran.out) && ran
    })
    expect(out).toMatch(/runs: process \d+/)
    expect(out).not.toContain('\x1b')
  })
})

describe('clutch config', () => {
  it('set checks before it writes, keeps the rest, and the file is its owner’s alone', async () => {
    const text = '{\n    "port": 8085,   \n    "limits": {"max_attempts": 3}\n}\n'
    place.config(text)
    const file = join(place.xx, 'config.json')
    chmodSync(file, 0o644)
    const good = await place.run(['config', 'set', 'limits.max_attempts', '5'])
    expect([good.code, good.out]).toEqual([0, expect.stringContaining('limits.maxAttempts = 5')])
    expect(readFileSync(file, 'utf8')).toBe(text.replace('3', '5'))
    expect(statSync(file).mode & 0o777).toBe(0o600)
    for (const [name, value, says] of [
      ['limits.max_atempts', '5', 'did you mean max_attempts?'],
      ['port', 'ninety', 'expected a number'],
      ['PORTT', '1', 'did you mean PORT?'],
    ] as const) {
      const bad = await place.run(['config', 'set', name, value])
      expect([bad.code, bad.err]).toEqual([78, expect.stringContaining(says)])
    }
    expect(readFileSync(file, 'utf8')).toBe(text.replace('3', '5'))
    expect((await place.run(['config', 'set', 'port', '--default'])).code).toBe(0)
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({ limits: { max_attempts: 5 } })
  })

  it('set writes variables, takes secrets from standard input, and follows links', async () => {
    mkdirSync(place.xx)
    writeFileSync(join(place.home, 'mine.env'), '# mine\nPORT=8085\n')
    symlinkSync(join(place.home, 'mine.env'), join(place.xx, '.env'))
    const { code, out } = await place.run(
      ['config', 'set', 'GROQ_API_KEY', '-'],
      {},
      'gsk_abcdefghijklmnop\n',
    )
    expect([code, out]).toEqual([0, expect.not.stringContaining('gsk_abcdefghijklmnop')])
    expect(readFileSync(join(place.home, 'mine.env'), 'utf8')).toBe(
      '# mine\nPORT=8085\nGROQ_API_KEY=gsk_abcdefghijklmnop\n',
    )
  })

  it('where tells who said it', async () => {
    place.config({ limits: { max_attempts: 3 } })
    const { out } = await place.run(['config', 'where', 'limits.max_attempts'])
    expect(out).toBe('limits.maxAttempts = 3\n    from ~/.xx/config.json:3\n')
    expect((await place.run(['config', 'where', 'max_atempts'])).err).toContain(
      'did you mean limits.maxAttempts?',
    )
    expect((await place.run(['config', 'where'])).out).toMatch(
      /^1 {2}flags\n2 {2}the environment\n3 {2}.*\.env\n/,
    )
  })

  it('edit writes what can be used, and keeps what cannot for another try', async () => {
    place.config({ port: 8085 })
    const file = join(place.xx, 'config.json')
    const good = await place.run(['config', 'edit'], { EDITOR: 'sed -i s/8085/8086/' })
    expect([good.code, JSON.parse(readFileSync(file, 'utf8'))]).toEqual([0, { port: 8086 }])
    const bad = await place.run(['config', 'edit'], { EDITOR: 'sed -i s/port/prot/' })
    expect([bad.code, bad.err]).toEqual([
      78,
      expect.stringMatching(/did you mean port.*\n.*Your text: (\S+)/),
    ])
    expect(readFileSync(/Your text: (\S+)/.exec(bad.err)?.[1] ?? '', 'utf8')).toContain('prot')
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({ port: 8086 })
  })
})

describe('proxies', () => {
  it('alone is its status; the seed’s words do what they did or name what does', async () => {
    place.config({ port: await freePort() })
    expect((await place.run(['proxies'])).out).toMatch(/does not run/)
    expect((await place.run(['proxies', 'start', '--no-attach'])).code).toBe(0)
    expect((await place.run(['proxies', 'cb'])).out).toMatch(/no breaker is open/)
    expect((await place.run(['proxies', 'quota'])).code).toBe(0)
    const [router, typo] = [
      await place.run(['proxies', 'router', 'set']),
      await place.run(['proxies', 'stauts']),
    ]
    expect([router.code, router.err]).toEqual([64, expect.stringContaining('try: proxies config set')])
    expect([typo.code, typo.err]).toEqual([64, expect.stringContaining('try: proxies status')])
    expect((await place.run(['proxies', 'stop'])).out).toMatch(/^Ended: process/)
  })
})

describe('clutch install-service', () => {
  it('shows what it would do, writes it, and takes it away', async () => {
    const dry = await place.run(['install-service', '--dry-run', '--for', 'systemd'])
    expect(dry.out).toMatch(/PIDFile=.*daemon\.pid\nExecStart="[^\n]*(?:clutch\.mjs|clutch-bin)" "up"/)
    expect(dry.out).toMatch(/systemctl --user enable --now clutch\.service/)
    const mac = await place.run(['install-service', '--dry-run', '--for', 'launchd'])
    expect(mac.out).toMatch(/<string>daemon<\/string>/)
    // A systemctl that only notes what it is asked.
    const bin = join(place.home, 'bin')
    mkdirSync(bin)
    writeFileSync(join(bin, 'systemctl'), `#!/bin/sh\necho "$@" >> '${place.home}/asked'\n`, { mode: 0o755 })
    const env = { PATH: `${bin}:${process.env['PATH']}` }
    const unit = join(place.home, '.config/systemd/user/clutch.service')
    expect((await place.run(['install-service', '--for', 'systemd'], env)).code).toBe(0)
    expect(dry.out).toContain(readFileSync(unit, 'utf8'))
    expect((await place.run(['install-service', '--for', 'systemd', '--uninstall'], env)).out).toMatch(
      /^Removed/,
    )
    expect(() => statSync(unit)).toThrow()
    expect(readFileSync(join(place.home, 'asked'), 'utf8').trim().split('\n')).toEqual([
      '--user daemon-reload',
      '--user enable --now clutch.service',
      '--user disable --now clutch.service',
    ])
  })
})
