import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, openSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { scratch } from '../store/scratch.ts'
import { begin, clutch, envFor, node, printed, run } from './run-rig.ts'

describe('clutch run is as if the command had been run by itself', () => {
  it.each([0, 1, 3, 255])('ends with its exit code, %i', (code) => {
    expect(run(['sh', '-c', `exit ${code}`]).code).toBe(code)
  })

  it('ends with 128 + n when signal n ended the command', () => {
    expect(run(['sh', '-c', 'kill -TERM $$']).code).toBe(143)
    expect(run(['sh', '-c', 'kill -KILL $$']).code).toBe(137)
  })

  it('keeps standard output and standard error apart, and hands on standard input', () => {
    const { out, err } = run(['sh', '-c', 'cat; echo error >&2'], { input: 'from standard input\n' })
    expect(out).toBe('from standard input\n')
    expect(err).toBe('error\n')
  })

  it('keeps the order of the two where both go to one place', () => {
    const home = scratch()
    const file = openSync(join(home, 'both'), 'w')
    const script = 'for i in 1 2 3 4 5 6 7 8 9; do echo out $i; echo err $i >&2; done'
    const { status } = spawnSync(clutch[0], [...clutch.slice(1), 'run', 'sh', '-c', script], {
      env: envFor(home, {}),
      stdio: ['ignore', file, file],
    })
    expect(status).toBe(0)
    const expected = [1, 2, 3, 4, 5, 6, 7, 8, 9].map((n) => `out ${n}\nerr ${n}\n`).join('')
    expect(readFileSync(join(home, 'both'), 'utf8')).toBe(expected)
  })

  it('gives words to the command as they are, and to no shell', () => {
    const words = ['a b', '$HOME', '`id`', '*', "it's", '']
    const { out } = run(['--', ...node('console.log(JSON.stringify(process.argv.slice(1)))'), '--', ...words])
    expect(JSON.parse(out)).toEqual(words)
  })

  it('reads a line as a shell does only when asked to', () => {
    expect(run(['-c', 'echo one; echo two | tr a-z A-Z; exit 4'])).toMatchObject({
      code: 4,
      out: 'one\nTWO\n',
    })
  })

  it('says what happened when there is nothing to run', () => {
    const home = scratch()
    writeFileSync(join(home, 'plain'), 'no program')
    expect(run(['no-such-program'], { home })).toMatchObject({
      code: 127,
      err: 'clutch run: there is no program no-such-program on PATH\n',
    })
    const { code, err } = run(['./plain'], { home })
    expect(code).toBe(126)
    expect(err).toContain('is not executable')
    expect(run([]).code).toBe(64)
    expect(run(['--frob', 'ls']).err).toContain('do not know --frob')
  })

  it.each(['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGUSR2'] as const)('hands on %s', async (signal) => {
    const script = `process.on('${signal}', () => { console.log('got it'); process.exit(7) }); console.log('ready'); setInterval(() => {}, 1000)`
    const child = begin(['--hold', '0', ...node(script)])
    await printed(child, 'ready')
    child.kill(signal)
    const [code] = await once(child, 'exit')
    expect(code).toBe(7)
  })

  it('hands bytes on that are no text, unchanged', () => {
    const script = 'process.stdout.write(Buffer.from(Array.from({ length: 70000 }, (_, n) => (n * 7) % 256)))'
    const expected = Buffer.from(Array.from({ length: 70_000 }, (_, n) => (n * 7) % 256))
    for (const hold of ['0', '5000'])
      expect(run(['--hold', hold, ...node(script)]).bytes.equals(expected)).toBe(true)
  })

  it('hands letters of several bytes on, also where they come in pieces', () => {
    const script =
      "const b = Buffer.from('größer — 😀\\n'.repeat(30)); let i = 0; const t = setInterval(() => { if (i >= b.length) return clearInterval(t); process.stdout.write(b.subarray(i, i += 7)) }, 1)"
    expect(run(['--hold', '0', '--level', 'lossless', ...node(script)]).out).toContain('größer — 😀\n')
    const latin = 'process.stdout.write(Buffer.from([0x67, 0x72, 0xf6, 0x0a, 0x6f, 0x6b, 0x0a]))'
    expect([...run(['--hold', '0', ...node(latin)]).bytes]).toEqual([
      0x67, 0x72, 0xf6, 0x0a, 0x6f, 0x6b, 0x0a,
    ])
  })

  it('lets a reader leave', async () => {
    const child = begin(['yes', 'a line'])
    child.stdout?.once('data', () => child.stdout?.destroy())
    const [code] = await once(child, 'exit')
    expect(code).toBe(141)
  })

  it('hands everything on beyond what can be kept', () => {
    const script =
      "for (let n = 0; n < 260000; n++) console.log('test parser::reads_a_line_of_length_' + n + ' ... ok')"
    const { out } = run(['--hold', '20000', ...node(script)])
    expect(out.split('\n')).toHaveLength(260_001)
  })

  it('leaves the output alone where the environment or the configuration is not understood', () => {
    const home = scratch()
    const lines =
      'for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do echo the same line again and again; done'
    for (const level of ['off', '0', 'frob']) {
      const { out } = run(['sh', '-c', lines], { home, env: { CLUTCH_COMPRESS: level } })
      expect(out.split('\n')).toHaveLength(21)
    }
    mkdirSync(join(home, '.xx'))
    writeFileSync(join(home, '.xx', 'config.json'), '{ broken')
    const { out, err } = run(['sh', '-c', lines], { home })
    expect(out.split('\n')).toHaveLength(21)
    expect(err).toContain('config.json')
  })

  it('obeys the rules of the configuration, unless the command says otherwise', () => {
    const home = scratch()
    mkdirSync(join(home, '.xx'))
    const rules = { commands: { 'sh *': 'off' } }
    writeFileSync(join(home, '.xx', 'config.json'), JSON.stringify({ compression: rules }))
    const words = ['sh', '-c', 'yes a line that is said again and again | head -n 50']
    expect(run(words, { home }).out.split('\n')).toHaveLength(51)
    expect(run(['--hold', '0', ...words], { home }).out.split('\n')).toHaveLength(51)
    expect(run(['--level', 'balanced', ...words], { home }).out.split('\n').length).toBeLessThan(6)
    expect(run(words, { home, env: { CLUTCH_COMPRESS: 'balanced' } }).out.split('\n').length).toBeLessThan(6)
  })

  it('changes nothing on a terminal', () => {
    const home = scratch()
    const inner = `${clutch.join(' ')} run sh -c 'test -t 1 && test -t 0 && echo a terminal'`
    const { stdout } = spawnSync('script', ['-qec', inner, '/dev/null'], { env: envFor(home, {}), cwd: home })
    expect(stdout.toString().trim()).toBe('a terminal')
  })

  it('uses another program where the configuration names one, and its own filters where that is missing', () => {
    const home = scratch()
    mkdirSync(join(home, '.xx'))
    mkdirSync(join(home, 'bin'))
    writeFileSync(
      join(home, '.xx', 'config.json'),
      JSON.stringify({ compression: { run: { engine: 'squash' } } }),
    )
    const missing = run(['echo', 'hello'], { home })
    expect(missing).toMatchObject({ code: 0, out: 'hello\n' })
    expect(missing.err).toContain('no program squash')
    writeFileSync(join(home, 'bin', 'squash'), '#!/bin/sh\necho "squashed: $*"\n', { mode: 0o755 })
    const there = run(['echo', 'hello'], { home, env: { PATH: `${home}/bin:${process.env['PATH']}` } })
    expect(there).toMatchObject({ out: 'squashed: echo hello\n', err: '' })
  })
})

describe('clutch run shortens while a command runs', () => {
  it('delays no line by more than a tenth of a second', async () => {
    const script = `let n = 0; const t = setInterval(() => {
      process.stdout.write(Date.now() + ' line ' + ++n + '\\n'); process.stdout.write(Date.now() + ' no end yet ');
      setTimeout(() => process.stdout.write('and now\\n'), 120)
      if (n === 12) clearInterval(t) }, 150)`
    const child = begin([...node(script)])
    const delays: number[] = []
    for await (const chunk of child.stdout ?? []) {
      const nowMs = Date.now()
      for (const [at] of String(chunk).matchAll(/\d{13}/g)) delays.push(nowMs - Number(at))
    }
    expect(delays).toHaveLength(24)
    const median = delays.toSorted((a, b) => a - b)[12] ?? 0
    expect(median).toBeLessThan(100)
    // The machine may be busy: most lines, not each.
    expect(delays.filter((delay) => delay <= 100).length).toBeGreaterThanOrEqual(20)
  })

  it('leaves runs of passing tests out, and clutch show has them', () => {
    const home = scratch()
    const tests =
      "for (let n = 0; n < 300; n++) console.log('test parser::reads_' + n + (n === 150 ? ' ... FAILED' : ' ... ok'))"
    writeFileSync(join(home, 'cargo'), `#!${process.execPath}\n${tests}\nsetTimeout(() => {}, 300)\n`, {
      mode: 0o755,
    })
    const { out } = run(['--hold', '0', './cargo', 'test'], { home })
    const lines = out.trimEnd().split('\n')
    expect(lines[1]).toBe('test parser::reads_150 ... FAILED')
    expect(lines).toHaveLength(3)
    const [, count, id] =
      /^\[\+(\d+) lines hidden: passing tests — clutch show (r[0-9a-f]+)\]$/.exec(lines[0] ?? '') ?? []
    expect(count).toBe('150')
    const shown = spawnSync(clutch[0], [...clutch.slice(1), 'show', id ?? ''], { env: envFor(home, {}) })
    expect(shown.stdout.toString().split('\n')).toHaveLength(301)
    expect(readdirSync(join(home, '.xx', 'state', 'originals'))).toHaveLength(1)
  })
})
