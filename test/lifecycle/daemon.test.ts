import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readdirSync, readFileSync, readlinkSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { Agent, get } from 'node:http'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  bundled,
  freePort,
  isBinary,
  isRunning,
  Place,
  removeBundle,
  slowConfig,
  streamed,
  Talker,
  until,
} from './rig.ts'

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

const ready = async (port: number): Promise<number> => (await fetch(`http://127.0.0.1:${port}/readyz`)).status

describe('clutch up', () => {
  it('returns when the gateway answers; a second one changes nothing', async () => {
    const port = await freePort()
    const first = await place.run(['up', '--port', String(port)])
    expect([first.code, first.out]).toEqual([0, expect.stringContaining(`http://127.0.0.1:${port}`)])
    expect(await ready(port)).toBe(200)
    const { pid } = place.daemon ?? { pid: 0 }
    const second = await place.run(['up'])
    expect([second.code, second.out]).toEqual([0, expect.stringContaining(`runs already`)])
    expect(place.daemon?.pid).toBe(pid)
    expect(statSync(place.lockFile).mode & 0o777).toBe(0o600)
    const other = await place.run(['up', '--port', '9'])
    expect([other.code, other.err]).toEqual([
      64,
      expect.stringContaining('clutch down && clutch up --port 9'),
    ])
  })

  it('keeps what it was started with, for restart and for status', async () => {
    const port = await freePort()
    writeFileSync(join(place.home, 'mine.json'), JSON.stringify({ port, limits: { max_attempts: 2 } }))
    mkdirSync(place.xx)
    expect((await place.run(['up', '--config=mine.json'])).code).toBe(0)
    expect(place.daemon?.flags).toEqual(['--config', join(place.home, 'mine.json')])
    expect((await place.run(['restart'])).code).toBe(0)
    const { code, out } = await place.run(['status', '--no-reach'])
    expect([code, out]).toEqual([0, expect.stringContaining(`127.0.0.1:${port}`)])
  })

  it('many at once start one', async () => {
    place.config({ port: await freePort() })
    const all = await Promise.all([1, 2, 3, 4].map(() => place.run(['up'])))
    expect(all.map(({ code, err }) => (code === 0 ? 0 : err))).toEqual([0, 0, 0, 0])
    const pids = new Set(all.map(({ out }) => /process (\d+)/.exec(out)?.[1]))
    expect(pids).toEqual(new Set([String(place.daemon?.pid)]))
  })

  it('outlives the terminal it was typed in', async () => {
    place.config({ port: await freePort() })
    const line = place.command('up').map((word) => `'${word}'`)
    const shell = spawn('sh', ['-c', `${line.join(' ')}; sleep 60`], {
      cwd: place.home,
      env: place.env(),
      detached: true,
      stdio: 'ignore',
    })
    const daemon = await until(() => place.daemon?.ready && place.daemon)
    process.kill(-(shell.pid ?? 0), 'SIGHUP')
    await once(shell, 'exit')
    expect(isRunning(daemon.pid)).toBe(true)
    expect(await ready(daemon.listeners[0]?.port ?? 0)).toBe(200)
  })

  it('leaves a gateway in the foreground alone, and so does down', async () => {
    const port = await freePort()
    place.config({ port })
    const serve = place.start(['serve'])
    await once(serve.stdout ?? serve, 'data')
    const up = await place.run(['up'])
    expect([up.code, up.out]).toEqual([0, expect.stringMatching(/in the foreground: .*process \d+/)])
    const down = await place.run(['down'])
    expect([down.code, down.out]).toEqual([0, expect.stringContaining('end it where it was started')])
    expect(await ready(port)).toBe(200)
  })
})

/** Only where we are allowed a file system of our own. */
const mayMount = spawnSync('unshare', ['-m', 'mount', '-t', 'tmpfs', '-o', 'ro', 'none', '/mnt']).status === 0

describe('the lock', () => {
  const left = (more: object) => {
    mkdirSync(place.state, { recursive: true })
    const daemon = {
      pid: 1,
      began: '1',
      boot: boot(),
      version: '0',
      ready: true,
      flags: [],
      leaving: [],
      ...more,
    }
    writeFileSync(place.lockFile, typeof more === 'string' ? more : JSON.stringify(daemon))
  }
  const boot = (): string => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()

  it.each([
    ['of a process that is no more', { pid: 4_194_000, began: '77' }],
    ['of a number that another process has now', { pid: process.pid, began: '77' }],
    ['of an earlier run of the machine', { pid: process.pid, boot: 'another' }],
    ['that is damaged', { pid: 'x' }],
  ])('%s is told of and taken', async (_, more) => {
    place.config({ port: await freePort() })
    left(more)
    const down = await place.run(['down'])
    expect([down.code, down.out]).toEqual([0, 'No gateway runs in the background.\n'])
    const { code, err } = await place.run(['up'])
    expect([code, err]).toEqual([0, expect.stringContaining('daemon.json is left over')])
    expect(place.daemon?.pid).not.toBe(more.pid)
    expect(isRunning(process.pid)).toBe(true)
  })

  it('that cannot be written is said, with what to do', async () => {
    mkdirSync(place.xx)
    writeFileSync(place.state, 'a file stands where the folder would be: that stops root as well')
    const { code, err } = await place.run(['up'])
    expect(code).toBe(73)
    expect(err).toMatch(/cannot write in .*state.*\n.*XX_HOME=.* clutch up/)
  })

  it('that cannot be read is said', async () => {
    mkdirSync(place.lockFile, { recursive: true })
    for (const word of ['up', 'down', 'restart']) {
      const { code, err } = await place.run([word])
      expect([code, err]).toEqual([73, expect.stringMatching(/^clutch: .*EISDIR/)])
    }
    expect((await place.run(['doctor'])).out).toMatch(/! {2}state .*EISDIR/)
    rmSync(place.lockFile, { recursive: true })
  })

  it.skipIf(!mayMount)('cannot be written on a disk that is read-only, and that is said', async () => {
    const script = `mount -t tmpfs -o ro none '${place.home}' && exec "$@"`
    const env = { ...place.env(), PORT: String(await freePort()) }
    const on = async (...args: readonly string[]) => {
      const words = ['-m', 'sh', '-c', script, 'sh', ...place.command(...args)]
      const { status, stdout, stderr } = spawnSync('unshare', words, { env, encoding: 'utf8' })
      return [status, stdout + stderr]
    }
    expect(await on('up')).toEqual([73, expect.stringMatching(/cannot write in .*EROFS.*\n +try: XX_HOME=/)])
    expect(await on('doctor')).toEqual([69, expect.stringMatching(/! {2}state .*EROFS.*\n +try: XX_HOME=/)])
    expect(await on('config', 'set', 'port', '9')).toEqual([
      73,
      expect.stringMatching(/cannot be written: EROFS/),
    ])
    expect(await on('down')).toEqual([0, 'No gateway runs in the background.\n'])
  })
})

describe('what keeps the gateway from coming up is said', () => {
  it('a stranger on the port, by number and name', async () => {
    const stranger = createServer((socket) => socket.on('error', () => undefined)).listen(0, '127.0.0.1')
    await once(stranger, 'listening')
    const { port } = stranger.address() as { port: number }
    const { code, err } = await place.run(['up', '--port', String(port)])
    stranger.close()
    expect(code).toBe(75)
    expect(err).toContain(`port ${port} is in use by process ${process.pid}`)
    expect(place.daemon).toBeUndefined()
  })

  it('a configuration that is broken or cannot be read', async () => {
    place.config('{ "prot": 8082 }')
    const broken = await place.run(['up'])
    expect([broken.code, broken.err]).toEqual([78, expect.stringContaining('did you mean port?')])
    writeFileSync(join(place.home, 'file'), '')
    const unreadable = await place.run(['up', '--config', place.xx])
    expect([unreadable.code, unreadable.err]).toEqual([
      78,
      expect.stringMatching(/cannot be read \(EISDIR\)/),
    ])
  })
})

describe('clutch down', () => {
  it('lets a running reply end, takes nothing new, and says what it ended', async () => {
    const port = await freePort()
    const talker = new Talker()
    place.config(slowConfig(port, await place.serve(talker.listener)))
    await place.run(['up'])
    const { pid } = place.daemon ?? { pid: 0 }
    let begun = false
    const reply = streamed(port, () => {
      begun = true
    })
    await until(() => begun)
    const down = place.run(['down'])
    await until(() => !place.daemon)
    await expect(fetch(`http://127.0.0.1:${port}/readyz`)).rejects.toThrow()
    talker.finish()
    expect(await reply).toMatch(/the last word.*\[DONE\]/s)
    const { code, out, err } = await down
    expect([code, out]).toEqual([0, expect.stringMatching(new RegExp(`^Ended: process ${pid}, .*:${port}`))])
    expect(err).toContain('1 running call may end within 30 s')
    expect(isRunning(pid)).toBe(false)
  })

  it('waits for one that handed over and has not finished, too', { timeout: 60_000 }, async () => {
    const port = await freePort()
    const talker = new Talker()
    place.config(slowConfig(port, await place.serve(talker.listener)))
    await place.run(['up'])
    const { pid: first = 0 } = place.daemon ?? {}
    let begun = false
    const reply = streamed(port, () => {
      begun = true
    })
    await until(() => begun)
    await place.run(['restart'])
    const { pid: second = 0 } = place.daemon ?? {}
    const down = place.run(['down'])
    await until(() => !isRunning(second))
    expect(isRunning(first)).toBe(true)
    talker.finish()
    expect(await reply).toMatch(/the last word.*\[DONE\]/s)
    expect((await down).out).toMatch(new RegExp(`^Ended: process ${second}, ${first},`))
    expect(isRunning(first)).toBe(false)
  })

  it('ends one that does not react any more, by its number, and clears up after it', {
    timeout: 60_000,
  }, async () => {
    place.config({ port: await freePort() })
    await place.run(['up'])
    const { pid = 0 } = place.daemon ?? {}
    process.kill(pid, 'SIGSTOP')
    const status = await place.run(['status', '--no-reach'])
    expect([status.code, status.out]).toEqual([70, expect.stringContaining('no answer in time')])
    const { code, out } = await place.run(['down', '--now'])
    expect([code, out, isRunning(pid)]).toEqual([0, expect.stringMatching(/^Ended/), false])
    expect(readdirSync(place.state).filter((name) => name.startsWith('daemon'))).toEqual(['daemon.log'])
  })

  it('--now cuts, and the client is told', async () => {
    const port = await freePort()
    place.config(slowConfig(port, await place.serve(new Talker().listener)))
    await place.run(['up'])
    let begun = false
    const reply = streamed(port, () => {
      begun = true
    }).catch(() => 'cut')
    await until(() => begun)
    const { code } = await place.run(['down', '--now'])
    expect(code).toBe(0)
    expect(await reply).not.toContain('[DONE]')
  })
})

describe('a process that was to take over', () => {
  it('ends when there is nobody to take over from any more', async () => {
    const [file = '', ...args] = place.command('daemon', '--port', String(await freePort()))
    const successor = spawn(file, args, {
      cwd: place.home,
      env: place.env({ CLUTCH_TAKES_OVER: JSON.stringify({ pid: 1, listeners: [] }) }),
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    })
    successor.disconnect()
    let said = ''
    successor.stderr?.on('data', (chunk: Buffer) => {
      said += chunk.toString()
    })
    expect(await once(successor, 'exit')).toEqual([69, null])
    await until(() => said.includes('the daemon that was to hand over is gone'))
    expect(place.daemon).toBeUndefined()
  })
})

describe('clutch restart', () => {
  it('cuts no stream and refuses no request, and the old process goes when it is done', {
    timeout: 60_000,
  }, async () => {
    const port = await freePort()
    const talker = new Talker()
    place.config(slowConfig(port, await place.serve(talker.listener)))
    await place.run(['up'])
    const before = place.daemon
    let begun = false
    const reply = streamed(port, () => {
      begun = true
    })
    await until(() => begun)
    const asking = askAlways(port)
    for (let round = 0; round < 2; round++) {
      const { code, out, err } = await place.run(['restart'])
      expect([code, out, err]).toEqual([0, expect.stringMatching(/^Restarted/), expect.anything()])
    }
    const after = place.daemon
    expect(after?.pid).not.toBe(before?.pid)
    expect(isRunning(before?.pid ?? 0)).toBe(true)
    talker.finish()
    expect(await reply).toMatch(/the last word.*\[DONE\]/s)
    await until(() => !isRunning(before?.pid ?? 0))
    await until(() => asking.asked() > 100)
    const failed = await asking.end()
    // Bun can neither give a listening socket away nor share a port: there it is closed for a moment.
    expect(failed.slice(isBinary ? 60 : 0)).toEqual([])
    expect(socketsOf(after?.pid ?? 0)).toBe(1)
  })

  // What is compiled has no text in which a test could write another version.
  it.skipIf(isBinary)('is how an upgrade comes to run', async () => {
    const port = await freePort()
    place.config({ port })
    await place.run(['up'])
    const [{ version = '' } = {}] = [place.daemon]
    const text = readFileSync(entry, 'utf8')
    const newer = join(place.home, 'newer.mjs')
    writeFileSync(newer, text.replaceAll(`version: "${version}"`, 'version: "9.9.9"'))
    place.install(newer)
    const old = await place.run(['status', '--no-reach'])
    expect(old.out).toContain(`it is version ${version}, installed is 9.9.9    try: clutch restart`)
    expect((await place.run(['restart'])).out).toContain(`Restarted (${version} → 9.9.9)`)
    const answer = await fetch(`http://127.0.0.1:${port}/health`)
    expect(await answer.json()).toMatchObject({ version: '9.9.9' })
  })

  it('changes nothing when the new process does not come up, and says why', async () => {
    const port = await freePort()
    place.config({ port })
    await place.run(['up'])
    const { pid } = place.daemon ?? { pid: 0 }
    place.config('{')
    const early = await place.run(['restart'])
    expect([early.code, early.err]).toEqual([78, expect.stringContaining('Nothing was restarted')])
    place.config({ port })
    writeFileSync(
      join(place.state, 'daemon-wish.json'),
      JSON.stringify({ pid, ask: 'restart', program: ['/bin/false'] }),
    )
    process.kill(pid, 'SIGUSR2')
    const { notRestarted } = await until(() => place.daemon?.notRestarted && place.daemon)
    expect(notRestarted?.because).toMatch(/ended with 1/)
    expect(await ready(port)).toBe(200)
  })

  it('by part: the configuration alone, a listener, or what is not ours', async () => {
    const port = await freePort()
    place.config(slowConfig(port, 9))
    await place.run(['up'])
    const { pid } = place.daemon ?? { pid: 0 }
    expect((await place.run(['restart', 'config'])).out).toMatch(/read again/)
    expect(place.daemon?.pid).toBe(pid)
    const stranger = await place.run(['restart', 'slow'])
    expect([stranger.code, stranger.err]).toEqual([64, expect.stringContaining('did not start it')])
    const unknown = await place.run(['restart', 'slwo'])
    expect([unknown.code, unknown.err]).toEqual([64, expect.stringContaining('did you mean slow?')])
    expect((await place.run(['restart', String(port)])).code).toBe(0)
    expect(place.daemon?.pid).not.toBe(pid)
  })
})

/** Asks without pause, by connections that are kept and by new ones. */
function askAlways(port: number): { asked(): number; end(): Promise<readonly string[]> } {
  const kept = new Agent({ keepAlive: true, maxSockets: 1 })
  const failed: string[] = []
  let asked = 0
  let going = true
  const once = (agent: Agent | false): Promise<void> =>
    new Promise((resolve) => {
      const request = get({ host: '127.0.0.1', port, path: '/readyz', agent }, (response) => {
        asked++
        if (response.statusCode !== 200) failed.push(`status ${response.statusCode}`)
        response.resume().on('end', resolve)
      })
      request.on('error', (error) => {
        failed.push(`${agent ? 'kept' : 'new'}: ${error.message}`)
        resolve()
      })
    })
  const loop = async (agent: Agent | false): Promise<void> => {
    while (going) {
      await once(agent)
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
  }
  const loops = [loop(kept), loop(false)]
  return {
    asked: () => asked,
    end: async () => {
      going = false
      await Promise.all(loops)
      kept.destroy()
      return failed
    },
  }
}

/** How many sockets it listens on. */
function socketsOf(pid: number): number {
  const rows = readFileSync(`/proc/${pid}/net/tcp`, 'utf8')
    .split('\n')
    .map((row) => row.trim().split(/\s+/))
  const listening = new Set(rows.filter(([, , , state]) => state === '0A').map((columns) => columns[9]))
  return readdirSync(`/proc/${pid}/fd`).filter((fd) => {
    try {
      return listening.has(/\[(\d+)\]/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1])
    } catch {
      return false
    }
  }).length
}
