import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, cpSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { quoteWord } from '../../src/launch/quote.ts'
import { scratch } from '../store/scratch.ts'
import { begin, clutch, envFor, node, run } from './run-rig.ts'

const line = (...words: readonly string[]): string => [...clutch, 'run', ...words].map(quoteWord).join(' ')

/** Under a terminal of its own. */
const onTerminal = (command: string, home = scratch()) =>
  spawn('script', ['-qec', `exec ${command}`, '/dev/null'], { env: envFor(home), cwd: home })

describe('what clutch run cannot start', () => {
  it('is told apart as a shell does', () => {
    const home = scratch()
    writeFileSync(join(home, 'lost'), '#!/no/such/interpreter\n', { mode: 0o755 })
    writeFileSync(join(home, 'plain'), 'echo a script without a first line\n', { mode: 0o755 })
    expect(run(['./lost'], { home })).toMatchObject({
      code: 126,
      err: 'clutch run: ./lost: its interpreter is missing\n',
    })
    expect(run(['./plain'], { home })).toMatchObject({ code: 0, out: 'a script without a first line\n' })
    expect(run(['/usr'], { home })).toMatchObject({ code: 126, err: 'clutch run: /usr is a folder\n' })
    expect(run(['./not-here'], { home }).code).toBe(127)
  })

  it('is the same where both streams go to one place', () => {
    const home = scratch()
    const both = (...words: readonly string[]) =>
      spawnSync('sh', ['-c', `${line(...words)} 2>&1`], { env: envFor(home), cwd: home, encoding: 'utf8' })
    expect(both('no-such-program')).toMatchObject({
      status: 127,
      stdout: 'clutch run: there is no program no-such-program on PATH\n',
    })
    expect(both('sh', '-c', 'exit 5').status).toBe(5)
  })
})

describe('the words of clutch run', () => {
  it('come before the command; what is not known is refused, with what is near', () => {
    expect(run(['--lvel', 'off', 'ls'])).toMatchObject({
      code: 64,
      err: expect.stringContaining('did you mean --level?'),
    })
    expect(run(['--level', 'balanecd', 'ls'])).toMatchObject({
      code: 64,
      err: expect.stringContaining('did you mean balanced?'),
    })
    expect(run(['--level']).code).toBe(64)
    expect(run(['--hold', 'soon', 'ls']).code).toBe(64)
    expect(run(['-c']).code).toBe(64)
    expect(run([])).toMatchObject({ code: 64, err: expect.stringContaining('needs a command') })
    expect(run(['--']).code).toBe(64)
    expect(run(['--help']).out).toContain('--level LEVEL')
  })

  it('end at the command, or at --', () => {
    expect(run(['echo', '--raw', '--', '-c']).out).toBe('--raw -- -c\n')
    expect(run(['--hold=10', '--level=off', '--', 'echo', '--', '-c']).out).toBe('-- -c\n')
  })

  it('may be variables for this one command, ours among them', () => {
    expect(run(['A=1', 'B=two words', 'sh', '-c', 'echo "$A $B"']).out).toBe('1 two words\n')
    const repeats = ['sh', '-c', 'yes a line that is said again and again | head -n 50']
    expect(run(['CLUTCH_COMPRESS=off', ...repeats]).out.split('\n')).toHaveLength(51)
    expect(run(repeats).out.split('\n').length).toBeLessThan(6)
    expect(run(['A=1'])).toMatchObject({ code: 64 })
  })
})

describe('the streams of a command', () => {
  it('are the terminal itself, both ways', async () => {
    const terminal = onTerminal(
      line('sh', '-c', 'test -t 0 && test -t 1 && test -t 2; read word; echo "$? $word"'),
    )
    terminal.stdin.write('hello\n')
    let said = ''
    for await (const chunk of terminal.stdout) said += String(chunk)
    expect(said).toContain('0 hello')
  })

  it('keep Ctrl-C of a terminal for the command, once', async () => {
    const script =
      "let n = 0; process.on('SIGINT', () => { n += 1; setTimeout(() => { console.log('heard ' + n); process.exit(9) }, 300) }); console.log('ready'); setInterval(() => {}, 1000)"
    const home = scratch()
    writeFileSync(join(home, 'script.js'), script)
    const terminal = onTerminal(line(process.execPath, 'script.js'), home)
    const ended = once(terminal, 'exit')
    let said = ''
    for await (const chunk of terminal.stdout) {
      const before = said
      said += String(chunk)
      if (!before.includes('ready') && said.includes('ready')) terminal.stdin.write('\x03')
    }
    expect(said).toContain('heard 1')
    expect((await ended)[0]).toBe(9)
  })

  it('are /dev/null itself where nobody reads', () => {
    const home = scratch()
    const nowhere = openSync('/dev/null', 'w')
    const { stderr } = spawnSync('sh', ['-c', `${line('sh', '-c', 'test -c /dev/fd/1 && echo yes >&2')}`], {
      env: envFor(home),
      stdio: ['ignore', nowhere, 'pipe'],
    })
    expect(stderr.toString()).toBe('yes\n')
  })

  it('are one where they go to one place, and the environment stays whole', () => {
    const home = scratch()
    const odd = { 'npm_config_//host/:key': 'a b', 'with-dash': "it's", IFS: ':', PLAIN: 'x' }
    const script = `for (const name of ${JSON.stringify([...Object.keys(odd), 'PWD'])}) console.log(name, process.env[name])`
    const file = openSync(join(home, 'both'), 'w')
    const [program, ...rest] = clutch
    spawnSync(program, [...rest, 'run', ...node(script)], {
      env: envFor(home, odd),
      stdio: ['ignore', file, file],
    })
    const expected = [...Object.entries(odd), ['PWD', 'undefined']].map(
      ([name, value]) => `${name} ${value}\n`,
    )
    expect(readFileSync(join(home, 'both'), 'utf8')).toBe(expected.join(''))
  })

  it('end for the command when a reader leaves', () => {
    const startMs = Date.now()
    const { stdout } = spawnSync('sh', ['-c', `${line('yes')} | head -n 1`], {
      env: envFor(scratch()),
      encoding: 'utf8',
    })
    expect(stdout).toBe('y\n')
    expect(Date.now() - startMs).toBeLessThan(5_000)
  })

  it('are read until nobody holds them, as in a pipeline', () => {
    const { out } = run(['sh', '-c', '(sleep 0.3; echo later) & echo now'])
    expect(out).toBe('now\nlater\n')
  })

  it('reach a slow reader whole, also what is shown again', () => {
    const home = scratch()
    const shell = (script: string) => spawnSync('sh', ['-c', script], { env: envFor(home), encoding: 'utf8' })
    const zeros = line('sh', '-c', 'head -c 900000 /dev/zero; sleep 0.1; head -c 200000 /dev/zero')
    expect(Number(shell(`${zeros} | (sleep 0.5; wc -c)`).stdout)).toBe(1_100_000)
    const program = 'for n in $(seq 1 9000); do echo "test parser::reads_$n ... ok"; done'
    writeFileSync(join(home, 'cargo'), `#!/bin/sh\n${program}\n`, { mode: 0o755 })
    const { out } = run(['--hold', '9000', './cargo', 'test'], { home })
    const id = /clutch show (r[0-9a-f]+)\]/.exec(out)?.[1] ?? ''
    const show = [...clutch, 'show', id].map(quoteWord).join(' ')
    expect(shell(`${show} | (sleep 0.5; tail -n 1)`).stdout).toBe('test parser::reads_9000 ... ok\n')
  })

  it('never fill the memory: a slow reader slows the command', async () => {
    const child = begin(['yes', 'a line that is said again and again, for ever'])
    let bytes = 0
    for await (const chunk of child.stdout ?? []) {
      bytes += chunk.length
      // It would have written gigabytes by then.
      if (bytes < 2_000_000) await new Promise((resolve) => setTimeout(resolve, 50))
      if (bytes > 60_000_000) break
    }
    const status = readFileSync(`/proc/${child.pid}/status`, 'utf8')
    child.kill('SIGTERM')
    const peakKib = Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1])
    expect(peakKib).toBeLessThan(250_000)
  })
})

describe('clutch run in a stream', () => {
  it.each([{}, { CLAUDECODE: '1' }])('tells each line as it comes, whoever runs it: %o', async (env) => {
    const script = `let n = 0; const t = setInterval(() => { console.log(Date.now() + ' line ' + ++n); if (n === 30) clearInterval(t) }, 50)`
    const child = begin(node(script), env)
    const delays: number[] = []
    for await (const chunk of child.stdout ?? []) {
      const nowMs = Date.now()
      for (const [at] of String(chunk).matchAll(/\d{13}/g)) delays.push(nowMs - Number(at))
    }
    expect(delays).toHaveLength(30)
    // The machine may be busy: most lines, not each.
    expect(delays.filter((delay) => delay <= 100).length).toBeGreaterThanOrEqual(27)
    expect(delays.toSorted((a, b) => a - b)[15]).toBeLessThan(40)
  })

  it('ends as the signal says that the command was sent', async () => {
    const child = begin(['sleep', '60'])
    // It has no output to wait for.
    while (!isRunning(child.pid)) await new Promise((resolve) => setTimeout(resolve, 20))
    child.kill('SIGTERM')
    expect(await once(child, 'exit')).toEqual([143, null])
  })
})

/** The command is there. */
function isRunning(pid: number | undefined): boolean {
  const { stdout } = spawnSync('ps', ['-o', 'args=', '--ppid', String(pid)], { encoding: 'utf8' })
  return stdout.startsWith('sleep 60')
}

describe('what clutch run left out', () => {
  it('is shown whole by the id that stands there', () => {
    const home = scratch()
    const script =
      "for (let n = 0; n < 400; n += 1) console.log('test parser::reads_' + n + (n === 200 ? ' ... FAILED' : ' ... ok'))"
    writeFileSync(join(home, 'cargo'), `#!${process.execPath}\n${script}\n`, { mode: 0o755 })
    const plain = spawnSync(join(home, 'cargo'), ['test'], { encoding: 'utf8' }).stdout
    const { out, err } = run(['--hold', '5000', './cargo', 'test'], { home })
    expect(err).toBe('')
    expect(out).toContain('test parser::reads_200 ... FAILED')
    expect(out.length).toBeLessThan(plain.length / 10)
    const id = /clutch show (r[0-9a-f]+)\]/.exec(out)?.[1] ?? ''
    const [program, ...rest] = clutch
    const shown = spawnSync(program, [...rest, 'show', id], { env: envFor(home), encoding: 'utf8' })
    expect(shown).toMatchObject({ status: 0, stdout: plain, stderr: '' })
  })
})

describe('another engine', () => {
  it('runs the command in our place: words, streams and exit code are its own', () => {
    const home = scratch()
    mkdirSync(join(home, '.xx'))
    mkdirSync(join(home, 'bin'))
    writeFileSync(join(home, '.xx', 'config.json'), '{"compression":{"run":{"engine":"rtk"}}}')
    const rtk = join(home, 'bin', 'rtk')
    writeFileSync(rtk, '#!/bin/sh\necho "rtk:"; printf "<%s>" "$@"; echo; echo trouble >&2; cat; exit 3\n')
    chmodSync(rtk, 0o755)
    const env = { PATH: `${join(home, 'bin')}:${process.env['PATH']}` }
    const there = run(['git', 'log', '--format=%h %s'], { home, env, input: 'from standard input\n' })
    expect(there).toMatchObject({
      code: 3,
      out: 'rtk:\n<git><log><--format=%h %s>\nfrom standard input\n',
      err: 'trouble\n',
    })
    expect(run(['--raw', 'echo', 'mine'], { home, env }).out).toBe('mine\n')
    expect(run(['-c', 'echo mine | tr m M'], { home, env }).out).toBe('Mine\n')
    chmodSync(rtk, 0o644)
    expect(run(['echo', 'mine'], { home, env })).toMatchObject({
      code: 0,
      out: 'mine\n',
      err: expect.stringContaining('rtk is not executable'),
    })
  })
})

describe.skipIf(clutch.length === 1)('a command that prints nothing', () => {
  it('needs one file of ours and the launcher, and one that prints little no filters', () => {
    const [program, launcher = ''] = clutch
    const root = dirname(dirname(launcher))
    const copy = scratch()
    for (const part of ['bin', 'dist/mouth.cjs', 'dist/mouth/run-follow.cjs'])
      cpSync(join(root, part), join(copy, part), { recursive: true })
    const runHere = (...words: readonly string[]) =>
      spawnSync(program, [join(copy, 'bin/clutch'), 'run', ...words], {
        env: envFor(scratch()),
        encoding: 'utf8',
      })
    expect(runHere('true')).toMatchObject({ status: 0, stdout: '', stderr: '' })
    expect(runHere('sh', '-c', 'exit 4').status).toBe(4)
    expect(runHere('echo', 'hi')).toMatchObject({ status: 0, stdout: 'hi\n', stderr: '' })
  })
})
