import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { bundled, freePort, isRunning, Place, type Ran, removeBundle } from './rig.ts'

let entry: string
let place: Place
beforeAll(async () => {
  entry = await bundled()
  return () => removeBundle(entry)
})
beforeEach(() => {
  place = new Place(entry)
  const bin = join(place.home, 'bin')
  mkdirSync(bin)
  writeFileSync(join(bin, 'claude'), '#!/bin/sh\necho "agent at $ANTHROPIC_BASE_URL"\n', { mode: 0o755 })
})
afterEach(() => place.remove())

const xx = (...more: readonly string[]): Promise<Ran> =>
  place.run(['xx', 'cnp', '-p', 'hello', '--no-cg', ...more], {
    PATH: [join(place.home, 'bin'), process.env['PATH']].join(delimiter),
    IS_SANDBOX: '1',
  })

describe('xx, where no gateway answers', () => {
  it('starts the one that clutch up would start, once for all who ask, and it stays', async () => {
    const port = await freePort()
    place.config({ port })
    const all = await Promise.all([xx(), xx(), xx()])
    expect(all.map(({ code, err }) => (code === 0 ? 0 : err))).toEqual([0, 0, 0])
    expect(all.map(({ out }) => out.startsWith(`agent at http://127.0.0.1:${port}`))).toEqual([
      true,
      true,
      true,
    ])
    const told = all.map(({ err }) => err).join('')
    expect(told).toContain(`starting the gateway at http://127.0.0.1:${port}`)
    const { pid = 0 } = place.daemon ?? {}
    expect(isRunning(pid)).toBe(true)
    expect((await place.run(['up'])).out).toContain(`runs already: http://127.0.0.1:${port} (process ${pid})`)
    expect(readFileSync(`/proc/${pid}/environ`, 'utf8')).not.toMatch(/CLUTCH_PLAN_FD/)
  })

  it('says why it does not come up, in its own last words, and starts no agent', async () => {
    place.config({ port: await freePort(), limits: { max_atempts: 3 } })
    const { code, out, err } = await xx()
    expect([code, out]).toEqual([69, ''])
    expect(err).toMatch(/did not come up: it ended with 78\n +\| .*did you mean max_attempts\?/)
    expect(place.daemon).toBeUndefined()
  })

  it('says where the gateway is, when it is up at another place than this launch would go to', async () => {
    await place.run(['up', '--port', String(await freePort())])
    place.config({ port: await freePort() })
    const { code, out, err } = await xx()
    expect([code, out]).toEqual([69, ''])
    expect(err).toMatch(new RegExp(`process ${place.daemon?.pid} is the gateway and listens on 127`))
  })

  it.each([
    [
      'never when it would be on another machine',
      { base_url: 'http://gateway.invalid:9' },
      /another machine/,
    ],
    ['never where that is forbidden', { auto_start: false }, /auto_start is false\n {4}try: clutch up/],
  ])('%s', async (_, proxy, says) => {
    place.config({ port: await freePort(), proxy })
    const { code, out, err } = await xx()
    expect([code, out]).toEqual([69, ''])
    expect(err).toMatch(says)
    expect(existsSync(place.lockFile) || existsSync(join(place.state, 'daemon.log'))).toBe(false)
  })
})
