import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { describe, expect, it } from 'vitest'
import { Originals, originalLimits } from '../../src/store/originals.ts'
import { scratch } from './scratch.ts'

const dayMs = 24 * 60 * 60 * 1000
const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex')

function open(folder: string, limits: { maxBytes?: number; keepDays?: number } = {}) {
  let nowMs = Date.now()
  return {
    originals: new Originals({ folder, ...limits, nowMs: () => nowMs }),
    advance: (ms: number) => {
      nowMs += ms
    },
  }
}

const noise = (bytes: number, seed: number): string => {
  let text = ''
  for (let n = seed; text.length < bytes; n++) text += digestOf(String(n))
  return text.slice(0, bytes)
}

describe('originals', () => {
  it('come back letter by letter under the first digits of their hash', () => {
    const { originals } = open(join(scratch(), 'originals'))
    const text = 'a\r\nb\u0000ü — \u{1f600}\n'
    const id = originals.put(text)
    expect(id).toBe(`r${digestOf(text).slice(0, 5)}`)
    expect(originals.read(id ?? '')).toEqual({ kind: 'text', text })
    expect(originals.read((id ?? '').slice(1))).toEqual({ kind: 'text', text })
  })

  it('are for their owner alone, compressed, and leave no drafts', () => {
    const folder = join(scratch(), 'state', 'originals')
    const id = open(folder).originals.put('x'.repeat(100_000)) ?? ''
    expect(readdirSync(folder)).toEqual([`${id.slice(1)}.gz`])
    expect(statSync(folder).mode & 0o777).toBe(0o700)
    const { mode, size } = statSync(join(folder, `${id.slice(1)}.gz`))
    expect(mode & 0o777).toBe(0o600)
    expect(size).toBeLessThan(2_000)
  })

  it('are the same file when put twice, by this process or another', () => {
    const folder = join(scratch(), 'originals')
    const first = open(folder).originals
    expect(first.put('same')).toBe(first.put('same'))
    expect(open(folder).originals.put('same')).toBe(first.put('same'))
    expect(readdirSync(folder)).toHaveLength(1)
  })

  it('get a longer id where another text has the short one', () => {
    const folder = scratch()
    const digest = digestOf('mine')
    writeFileSync(join(folder, `${digest.slice(0, 5)}.gz`), gzipSync('somebody else’s'))
    const { originals } = open(folder)
    expect(originals.put('mine')).toBe(`r${digest.slice(0, 6)}`)
    expect(originals.read(`r${digest.slice(0, 5)}`)).toEqual({ kind: 'text', text: 'somebody else’s' })
    expect(originals.read(`r${digest.slice(0, 6)}`)).toEqual({ kind: 'text', text: 'mine' })
  })

  it('replace a file that cannot be read', () => {
    const folder = scratch()
    writeFileSync(join(folder, `${digestOf('mine').slice(0, 5)}.gz`), 'half a')
    const { originals } = open(folder)
    expect(originals.read(originals.put('mine') ?? '')).toEqual({ kind: 'text', text: 'mine' })
  })

  it('go thirty days after their last use, and say so when asked for', () => {
    const folder = join(scratch(), 'originals')
    const { originals, advance } = open(folder)
    const [used, unused] = [originals.put('used') ?? '', originals.put('unused') ?? '']
    advance(20 * dayMs)
    expect(originals.read(used).kind).toBe('text')
    advance(20 * dayMs)
    originals.sweep()
    expect(originals.read(used)).toEqual({ kind: 'text', text: 'used' })
    expect(originals.read(unused).kind).toBe('gone')
    expect(originals.read('rfffff').kind).toBe('unknown')
  })

  it('never give the id of one that went to another text', () => {
    const folder = join(scratch(), 'originals')
    const { originals, advance } = open(folder)
    const id = originals.put('went') ?? ''
    advance(31 * dayMs)
    originals.sweep()
    expect(originals.put('went')).toBe(`r${digestOf('went').slice(0, 6)}`)
    expect(originals.read(id).kind).toBe('gone')
  })

  it('fill so many bytes and no more: those not used for longest go', () => {
    const folder = join(scratch(), 'originals')
    const { originals, advance } = open(folder, { maxBytes: 100_000 })
    const ids = [1, 2, 3].map((seed) => {
      advance(2 * 60 * 60 * 1000)
      return originals.put(noise(64_000, seed * 10_000)) ?? ''
    })
    // The file's own time is the disk's; a use an hour later is ours.
    advance(2 * 60 * 60 * 1000)
    originals.read(ids[0] ?? '')
    originals.sweep()
    expect(originals.read(ids[0] ?? '').kind).toBe('text')
    expect(ids.slice(1).filter((id) => originals.read(id).kind === 'gone')).toHaveLength(1)
  })

  it('are not kept beyond ten MiB each', () => {
    const { originals } = open(join(scratch(), 'originals'))
    expect(originals.put('x'.repeat(originalLimits.entryBytes + 1))).toBeUndefined()
    expect(originals.put('ü'.repeat(originalLimits.entryBytes / 2 + 1))).toBeUndefined()
  })

  it('say nothing and name nothing where the disk refuses', () => {
    const folder = join(scratch(), 'file')
    writeFileSync(folder, '')
    const { originals } = open(folder)
    expect(originals.put('x')).toBeUndefined()
    originals.sweep()
    expect(originals.read('r12345')).toEqual({ kind: 'unknown' })
  })

  it('can begin before their end is known, and are there as far as they were told', () => {
    const folder = join(scratch(), 'originals')
    const { originals } = open(folder)
    const growing = originals.begin()
    expect(growing?.id).toMatch(/^r[0-9a-f]{8}$/)
    expect(growing?.keep('first')).toBe(true)
    expect(growing?.keep('first, then more')).toBe(true)
    expect(open(folder).originals.read(growing?.id ?? '')).toEqual({ kind: 'text', text: 'first, then more' })
    expect(readdirSync(folder)).toHaveLength(1)
  })

  it('are found by id alone: no id leads out of the folder', () => {
    const folder = join(scratch(), 'originals')
    const { originals } = open(folder)
    writeFileSync(join(folder, '..', 'abcde.gz'), gzipSync('secret'))
    for (const id of ['../abcde', 'r../abcde', '/etc/passwd', '', 'rABCDE'])
      expect(originals.read(id).kind).toBe('unknown')
  })

  it('are swept by one of many, once in a while', () => {
    const folder = join(scratch(), 'originals')
    const { originals, advance } = open(folder)
    const id = originals.put('x') ?? ''
    originals.sweepAtMostEvery(dayMs)
    expect(existsSync(join(folder, 'swept'))).toBe(true)
    advance(31 * dayMs)
    originals.sweepAtMostEvery(32 * dayMs)
    expect(originals.read(id).kind).toBe('text')
  })

  it('survive several processes writing the same and different texts at once', async () => {
    const folder = join(scratch(), 'originals')
    const file = join(scratch(), 'originals.mjs')
    await build({
      entryPoints: ['src/store/originals.ts'],
      outfile: file,
      bundle: true,
      platform: 'node',
      format: 'esm',
      logLevel: 'silent',
    })
    const writer = `
      import { Originals } from ${JSON.stringify(file)}
      const originals = new Originals({ folder: process.argv[1] })
      const ids = []
      for (let n = 0; n < 150; n++) ids.push(originals.put('shared ' + n), originals.put(process.pid + ' own ' + n))
      originals.sweep()
      const wrong = ids.filter((id, at) => {
        const found = originals.read(id)
        const text = (at % 2 ? process.pid + ' own ' : 'shared ') + Math.floor(at / 2)
        return found.kind !== 'text' || found.text !== text
      })
      if (wrong.length > 0) { console.error(wrong.length + ' wrong'); process.exit(1) }
    `
    const runs = [1, 2, 3, 4].map(
      () =>
        new Promise<string>((resolve) => {
          const args = ['--input-type=module', '-e', writer, folder]
          const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] })
          let said = ''
          child.stderr.on('data', (chunk) => {
            said += String(chunk)
          })
          child.on('close', (code) => resolve(code === 0 ? 'well' : said))
        }),
    )
    expect(await Promise.all(runs)).toEqual(['well', 'well', 'well', 'well'])
    expect(readdirSync(folder).filter((name) => name.endsWith('.new'))).toEqual([])
    expect(readdirSync(folder).filter((name) => name.endsWith('.gz'))).toHaveLength(150 + 4 * 150)
  })
})
