// The crash guard with a real tmux and real terminals: what ends how, and what comes back.
import { spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { bundleLauncher, type Installed, install } from './built.ts'
import { Terminal, tmuxMissing, until } from './terminal.ts'

const missing = tmuxMissing()
if (missing !== undefined) process.stderr.write(`the crash guard is not proved here: ${missing}\n`)

/** Says what it was given, then does what it is told through files: ends with a code, or goes on. */
const agent = `#!/bin/sh
case $1 in --version) echo 2.1.329; exit ;; esac
dir=$HOME/agents/$$; mkdir -p "$dir"
for word; do printf '%s\\n' "$word"; done >"$dir/args"
pwd >"$dir/cwd"; env >"$dir/env"; tty >"$dir/tty"
echo "agent $$ is here"
while [ ! -f "$dir/end" ]; do sleep 0.05; done
echo "agent $$ says goodbye"
exit "$(cat "$dir/end")"
`

let bundle: string
let place: Installed
let terminals: Terminal[]

beforeAll(async () => {
  bundle = await bundleLauncher()
})
afterAll(() => rmSync(bundle, { recursive: true }))
beforeEach(() => {
  place = install(bundle)
  place.config({})
  place.program('claude', agent)
  terminals = []
})
afterEach(async () => {
  for (const { record } of recorded()) killServer(record.id)
  for (const pid of agentPids()) if (alive(pid)) process.kill(pid, 'SIGKILL')
  await Promise.all(terminals.map((one) => one.close()))
  place.remove()
})

const open = (words: readonly string[], env: Record<string, string> = {}, cwd = place.project) => {
  const terminal = new Terminal(words, { cwd, env: { ...place.env, TMUX_TMPDIR: place.home, ...env } })
  terminals.push(terminal)
  return terminal
}

const agentPids = () => {
  const dir = join(place.home, 'agents')
  return existsSync(dir) ? readdirSync(dir).map(Number) : []
}
const agentFile = (pid: number, name: string) =>
  readFileSync(join(place.home, 'agents', String(pid), name), 'utf8').trim()
const endAgent = (pid: number, code: number) =>
  writeFileSync(join(place.home, 'agents', String(pid), 'end'), String(code))

/** The agent that began since. */
async function born(before: readonly number[]): Promise<number> {
  const fresh = () =>
    agentPids().find(
      (pid) => !before.includes(pid) && existsSync(join(place.home, 'agents', String(pid), 'tty')),
    )
  await until('an agent starts', () => fresh() !== undefined)
  return fresh() ?? 0
}

async function launch(
  words: readonly string[] = ['cid'],
  env: Record<string, string> = {},
  cwd = place.project,
) {
  const before = agentPids()
  const terminal = open([place.xx, ...words], env, cwd)
  const pid = await born(before)
  return { terminal, pid }
}

const sessions = () => join(place.home, '.xx/state/sessions')
const recorded = () =>
  existsSync(sessions())
    ? readdirSync(sessions())
        .filter((name) => /^[0-9a-f]{8}\.json$/.test(name))
        .map((name) => ({
          file: join(sessions(), name),
          record: JSON.parse(readFileSync(join(sessions(), name), 'utf8')),
        }))
    : []
const recordOf = (pid: number) => {
  const socket = agentFile(pid, 'env').match(/clutch-([0-9a-f]{8})/)?.[1]
  const found = recorded().find(({ record }) => record.id === socket)
  if (!found) throw new Error(`no record of agent ${pid}`)
  return found
}

const tmux = (id: string, ...words: string[]) =>
  spawnSync('tmux', ['-L', `clutch-${id}`, ...words], {
    env: { ...process.env, TMUX: '', TMUX_TMPDIR: place.home },
    encoding: 'utf8',
  })
const killServer = (id: string) => {
  const pid = Number(tmux(id, 'display-message', '-p', '#{pid}').stdout)
  if (pid > 1) process.kill(pid, 'SIGKILL')
}
const alive = (pid: number) => {
  try {
    return process.kill(pid, 0) && !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}

const listed = (env: Record<string, string> = {}) =>
  JSON.parse(
    place.run(['recover', '--json'], { env: { TMUX_TMPDIR: place.home, ...env } }).stdout,
  ) as readonly {
    id: string
    name: string
    standing: string
    because?: { kind: string }
  }[]

describe.skipIf(missing !== undefined)('a guarded launch', () => {
  it('is a tmux of its own that the started process becomes; the exit code comes back through it', async () => {
    const { terminal, pid } = await launch()
    expect(readFileSync(`/proc/${terminal.pid}/comm`, 'utf8')).toMatch(/^tmux/)
    expect(agentFile(pid, 'tty')).toMatch(/^\/dev\/pts\//)
    expect(agentFile(pid, 'env')).not.toMatch(/^CLUTCH_GUARD/m)
    const { file, record } = recordOf(pid)
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(record).toMatchObject({ cwd: place.project, agent: 'claude', words: ['cid'] })
    expect(agentFile(pid, 'args').split('\n')).toEqual([
      '--dangerously-skip-permissions',
      '--session-id',
      record.session,
    ])
    endAgent(pid, 42)
    expect(await terminal.end()).toBe(42)
    expect(terminal.shown).toMatch(new RegExp(`agent ${pid} says goodbye\\s*$`))
    expect(tmux(record.id, 'has-session').status).not.toBe(0)
  })

  it('that is done is forgotten; one that refused to begin is not brought back', async () => {
    const done = await launch()
    endAgent(done.pid, 0)
    expect(await done.terminal.end()).toBe(0)
    expect(recorded()).toEqual([])
    const refused = await launch()
    endAgent(refused.pid, 1)
    expect(await refused.terminal.end()).toBe(1)
    expect(listed()).toEqual([])
    expect(readdirSync(sessions())).toEqual([])
  })

  it('leaves the user’s own tmux alone', async () => {
    const own = (...words: string[]) =>
      spawnSync('tmux', words, { env: { ...place.env, TMUX_TMPDIR: place.home }, encoding: 'utf8' }).stdout
    writeFileSync(join(place.home, '.tmux.conf'), 'set -g status-left mine\nset -g prefix C-a\n')
    own('new-session', '-d', '-s', 'work', 'sleep 60')
    const before = [own('show-options', '-g'), own('list-keys'), own('list-sessions')]
    const { terminal, pid } = await launch()
    const { record } = recordOf(pid)
    expect([own('show-options', '-g'), own('list-keys'), own('list-sessions')]).toEqual(before)
    expect(tmux(record.id, 'show-options', '-g', 'status-left').stdout).not.toMatch(/mine/)
    endAgent(pid, 0)
    await terminal.end()
    expect(own('list-sessions')).toMatch(/^work/)
    own('kill-server')
  })

  it('is found again, all and only those that were lost', async () => {
    const running = await launch()
    const done = await launch()
    const killed = await launch()
    const serverGone = await launch()
    const closed = await launch()
    const overSsh = await launch(['cid'], { SSH_CONNECTION: '192.0.2.1 1 192.0.2.2 22' })
    const rebooted = await launch()
    const ids = Object.fromEntries(
      Object.entries({ running, done, killed, serverGone, closed, overSsh, rebooted }).map(
        ([name, { pid }]) => [recordOf(pid).record.id as string, name],
      ),
    )
    endAgent(done.pid, 0)
    await done.terminal.end()
    process.kill(killed.pid, 'SIGKILL')
    expect(await killed.terminal.end()).toBe(137)
    killServer(recordOf(serverGone.pid).record.id)
    await serverGone.terminal.end()
    await closed.terminal.close()
    await overSsh.terminal.close()
    // Another start of the machine: nothing of it is left but the file.
    const { file, record } = recordOf(rebooted.pid)
    killServer(record.id)
    await rebooted.terminal.end()
    writeFileSync(file, JSON.stringify({ ...record, boot: 'the-one-before' }))
    await until('the agents lose their terminals', () =>
      listed().every(({ id, standing }) => (ids[id] === 'running') === (standing === 'running')),
    )
    const told = Object.fromEntries(
      listed().map(({ id, standing, because }) => [ids[id], [standing, because?.kind]]),
    )
    expect(told).toEqual({
      running: ['running', undefined],
      killed: ['lost', 'signal'],
      serverGone: ['lost', 'unseen'],
      closed: ['left', 'terminal'],
      overSsh: ['left', 'ssh'],
      rebooted: ['lost', 'reboot'],
    })
    expect([running, closed, overSsh].every(({ pid }) => alive(pid))).toBe(true)
    expect(place.run(['recover', '--list'], { env: { TMUX_TMPDIR: place.home } }).stdout).toMatch(
      /the machine went down/,
    )
  }, 120_000)

  it('that lost its terminal is looked at again: the same process, the same end', async () => {
    const { terminal, pid } = await launch()
    await terminal.close()
    const again = open([place.xx, 'recover'])
    await until('it is shown', () => again.shown.includes(`agent ${pid} is here`))
    endAgent(pid, 7)
    expect(await again.end()).toBe(7)
    expect(agentPids()).toEqual([pid])
  })

  it('that crashed goes on with its own session, where it was, with what it was launched with', async () => {
    const elsewhere = join(place.dir, 'it’s a "folder"')
    mkdirSync(elsewhere)
    const { terminal, pid } = await launch(['cid', '-m', 'opus', '--', '--add-dir', '/x y'], {}, elsewhere)
    const { record } = recordOf(pid)
    mkdirSync(join(place.home, '.claude/projects/-x'), { recursive: true })
    writeFileSync(join(place.home, `.claude/projects/-x/${record.session}.jsonl`), '{}\n')
    process.kill(pid, 'SIGKILL')
    await terminal.end()
    const shown = (): string => place.run(['recover', '-n'], { env: { TMUX_TMPDIR: place.home } }).stdout
    await until('its end is known', () => shown().startsWith('cd '))
    expect(shown()).toBe(`cd '${elsewhere}' && xx cid -s ${record.session} -m opus -- --add-dir '/x y'\n`)
    const again = open([place.xx, 'recover', record.name], {}, place.home)
    const next = await born([pid])
    expect(agentFile(next, 'args').split('\n')).toEqual([
      '--dangerously-skip-permissions',
      '--model',
      'opus',
      '--resume',
      record.session,
      '--add-dir',
      '/x y',
    ])
    expect(agentFile(next, 'cwd')).toBe(elsewhere)
    await until('it is known to run', () => JSON.stringify(listed()).includes('running'))
    expect(listed()).toMatchObject([{ id: record.id, standing: 'running' }])
    endAgent(next, 0)
    expect(await again.end()).toBe(0)
    expect(listed()).toEqual([])
  })

  it('comes back in numbers one after the other, each in a tmux of its own', async () => {
    const lost = [await launch(), await launch()]
    for (const { pid, terminal } of lost) {
      process.kill(pid, 'SIGKILL')
      await terminal.end()
    }
    const before = agentPids()
    const again = open([place.xx, 'recover', '--stagger', '1.5'])
    const first = await born(before)
    const second = await born([...before, first])
    const bornMs = (pid: number) => statSync(join(place.home, 'agents', String(pid), 'args')).mtimeMs
    expect(bornMs(second) - bornMs(first)).toBeGreaterThan(1_000)
    endAgent(first, 0)
    endAgent(second, 0)
    expect(await again.end()).toBe(0)
    expect(recorded()).toEqual([])
  })

  it('leaves the guard out where it is told to, where there is no terminal, and where it would be in the way', async () => {
    place.config({ launch: { guard: false } })
    const byConfig = await launch()
    place.config({})
    const byFlag = await launch(['cid', '--no-cg'])
    expect(recorded()).toEqual([])
    for (const { pid, terminal } of [byConfig, byFlag]) {
      expect(agentFile(pid, 'env')).not.toMatch(/^TMUX=/m)
      expect(agentFile(pid, 'args')).toBe('--dangerously-skip-permissions')
      expect(terminal.pid).toBe(pid)
      endAgent(pid, 3)
      expect(await terminal.end()).toBe(3)
    }
    const headless = await launch(['cnd', 'go on'])
    expect(headless.terminal.pid).toBe(headless.pid)
    expect(recorded()).toEqual([])
  })

  it('where no shell is in front a small parent waits, and the exit code comes back all the same', async () => {
    const before = agentPids()
    const terminal = open([process.execPath, join(place.dir, 'dist/xx.cjs'), 'cid'])
    const pid = await born(before)
    expect(listed()).toMatchObject([{ standing: 'running' }])
    endAgent(pid, 42)
    expect(await terminal.end()).toBe(42)
    const killed = open([process.execPath, join(place.dir, 'dist/xx.cjs'), 'cid'], {
      TMUX: '/tmp/nowhere,1,0',
    })
    const next = await born([pid])
    process.kill(next, 'SIGKILL')
    expect(await killed.end()).toBe(137)
    expect(listed()).toMatchObject([{ standing: 'lost', because: { kind: 'signal', signal: 9 } }])
  })

  it('does without tmux where tmux does not know the terminal, and says so', async () => {
    const { terminal, pid } = await launch(['cid'], { TERM: 'terminal-of-nobody' })
    await terminal.shows(/tmux would not know this terminal \(TERM=terminal-of-nobody\)/)
    expect(listed()).toMatchObject([{ standing: 'running' }])
    endAgent(pid, 0)
    expect(await terminal.end()).toBe(0)
  })

  it('runs without the guard where nothing can be remembered, and says so', async () => {
    // A file stands where the folder would be: that stops root as well.
    writeFileSync(join(place.home, '.xx/state'), '')
    const { terminal, pid } = await launch()
    await terminal.shows(/the crash guard cannot remember this launch/)
    expect(terminal.pid).toBe(pid)
    endAgent(pid, 6)
    expect(await terminal.end()).toBe(6)
  })

  it('that cannot be launched again stays on the list, and the others come back', async () => {
    const { terminal, pid } = await launch()
    const other = await launch()
    for (const one of [pid, other.pid]) process.kill(one, 'SIGKILL')
    for (const one of [terminal, other.terminal]) await one.end()
    const { file, record } = recordOf(pid)
    writeFileSync(file, JSON.stringify({ ...record, words: ['cid', '--profile', 'kimi'] }))
    writeFileSync(join(sessions(), 'broken.json'), '{ no record')
    const before = agentPids()
    const again = open([place.xx, 'recover'])
    const next = await born(before)
    await again.shows(/it has no profiles/)
    endAgent(next, 0)
    expect(await again.end()).toBe(0)
    expect(listed()).toMatchObject([{ id: record.id, standing: 'lost' }])
  })

  it('inside a tmux of the user’s there is no second one, and it is remembered all the same', async () => {
    const { terminal, pid } = await launch(['cid'], { TMUX: '/tmp/nowhere,1,0' })
    expect(agentFile(pid, 'env')).toMatch(/^TMUX=\/tmp\/nowhere/m)
    expect(listed()).toMatchObject([{ standing: 'running' }])
    process.kill(pid, 'SIGKILL')
    expect(await terminal.end()).toBe(137)
    expect(listed()).toMatchObject([{ standing: 'lost', because: { kind: 'signal', signal: 9 } }])
  })
})

describe('without tmux', () => {
  /** Everything a shell needs, and no tmux. */
  const bare = () => {
    const folder = join(place.dir, 'bare')
    mkdirSync(folder)
    for (const name of [
      'sh',
      'env',
      'dirname',
      'readlink',
      'cat',
      'rm',
      'mkdir',
      'sleep',
      'tty',
      'pwd',
      'ps',
      'awk',
    ]) {
      const { stdout } = spawnSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' })
      if (stdout.startsWith('/')) symlinkSync(stdout.trim(), join(folder, name))
    }
    symlinkSync(process.execPath, join(folder, 'node'))
    return { PATH: `${place.dir}/programs:${folder}` }
  }

  it('a launch is remembered and says what is missing; a crash and a closed terminal are told apart from an end', async () => {
    const env = bare()
    const done = await launch(['cid'], env)
    await done.terminal.shows(/without tmux a closed terminal ends the agent.*install tmux/)
    endAgent(done.pid, 0)
    expect(await done.terminal.end()).toBe(0)
    expect(recorded()).toEqual([])
    const killed = await launch(['cid'], env)
    process.kill(killed.pid, 'SIGKILL')
    expect(await killed.terminal.end()).toBe(137)
    const closed = await launch(['cid'], env)
    await closed.terminal.close()
    await until('the closed one ends', () => !alive(closed.pid))
    await until(
      'its end is noted',
      () => listed(env).length === 2 && listed(env).every(({ standing }) => standing === 'lost'),
    )
    expect(
      listed(env)
        .map(({ because }) => because?.kind)
        .toSorted(),
    ).toEqual(['signal', 'terminal'])
  })

  it('a watcher that was killed with its agent is missed', async () => {
    const env = bare()
    const before = agentPids()
    open(['sh', '-c', '"$0" cid; sleep 60', place.xx], env)
    const pid = await born(before)
    const watcher = Number(
      readFileSync(`/proc/${pid}/stat`, 'utf8')
        .replace(/.*\) . /, '')
        .split(' ')[0],
    )
    process.kill(watcher, 'SIGKILL')
    process.kill(pid, 'SIGKILL')
    await until('both are gone', () => !alive(pid) && !alive(watcher))
    expect(listed(env)).toMatchObject([{ standing: 'lost', because: { kind: 'unseen' } }])
  })

  it('what was lost comes back in this terminal', async () => {
    const env = bare()
    const { terminal, pid } = await launch(['cid'], env)
    process.kill(pid, 'SIGKILL')
    await terminal.end()
    const again = open([place.xx, 'recover'], env)
    const next = await born([pid])
    await again.shows(/without tmux they come back one after the other/)
    endAgent(next, 5)
    expect(await again.end()).toBe(5)
  })
})

describe.skipIf(missing !== undefined)('cg_run', () => {
  const cgRun = () => join(place.dir, 'programs/cg_run')

  it('guards any command, and runs it again after a crash', async () => {
    const before = agentPids()
    const terminal = open([cgRun(), 'build', '--', join(place.dir, 'programs/claude'), 'a b', "it's"])
    const pid = await born(before)
    expect(agentFile(pid, 'args').split('\n')).toEqual(['a b', "it's"])
    process.kill(pid, 'SIGKILL')
    expect(await terminal.end()).toBe(137)
    const again = open([place.xx, 'recover', 'build'])
    const next = await born([pid])
    expect(agentFile(next, 'args').split('\n')).toEqual(['a b', "it's"])
    endAgent(next, 0)
    expect(await again.end()).toBe(0)
  })

  it.each([[['xx', 'cid']], [['mine', '--', 'xx', 'cid']]])(
    '%j is the launch itself, under that name',
    async (words) => {
      const before = agentPids()
      const terminal = open([cgRun(), ...words])
      const pid = await born(before)
      expect(recorded().map(({ record }) => [record.agent, record.name])).toEqual([
        ['claude', words[0] === 'mine' ? 'mine' : 'claude-project'],
      ])
      endAgent(pid, 0)
      expect(await terminal.end()).toBe(0)
    },
  )

  it('without a terminal the command runs as it is, with its own exit code', () => {
    const { status, stdout } = spawnSync(cgRun(), ['n', '--', 'sh', '-c', 'echo "$1"; exit 9', 'sh', "a'b"], {
      env: place.env,
      encoding: 'utf8',
    })
    expect([status, stdout]).toEqual([9, "a'b\n"])
    expect(recorded()).toEqual([])
  })

  it.each([
    [['make', 'test'], 'cg_run make -- test'],
    [['build'], 'cg_run build -- COMMAND'],
    [['build', '--'], 'cg_run build -- COMMAND'],
    [['--name', 'x'], 'cg_run NAME -- COMMAND'],
  ])('%j is refused with what works', (words, instead) => {
    const { status, stderr } = spawnSync(cgRun(), words, { env: place.env, encoding: 'utf8' })
    expect(status).toBe(64)
    expect(stderr).toContain(`try: ${instead}\n`)
  })
})
