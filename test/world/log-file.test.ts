import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { LogFile } from '../../src/world/log-file.ts'

const dayMs = 24 * 60 * 60 * 1000
let folder: string
let nowMs: number
let timers: (() => void)[]
const clock = {
  nowMs: () => nowMs,
  after: (_ms: number, act: () => void) => {
    timers.push(act)
    return () => undefined
  },
}

beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'clutch-log-')), 'state', 'logs')
  nowMs = Date.parse('2026-03-10T12:00:00Z')
  timers = []
})
afterEach(() => rmSync(join(folder, '..', '..'), { recursive: true, force: true }))

const openFile = (more: Partial<ConstructorParameters<typeof LogFile>[0]> = {}): LogFile =>
  new LogFile({ folder, keepDays: 3, maxFileBytes: 1_000_000, clock, complain: () => undefined, ...more })

const names = (): string[] => readdirSync(folder).sort()
const mode = (path: string): number => statSync(path).mode & 0o777

describe('a log on disk', () => {
  test('is for its owner only', async () => {
    const file = openFile()
    file.write('{"a":1}')
    await file.flush()
    expect(names()).toEqual(['clutch-2026-03-10.jsonl'])
    expect(mode(folder)).toBe(0o700)
    expect(mode(join(folder, 'clutch-2026-03-10.jsonl'))).toBe(0o600)
  })

  test('is written in batches, in order', async () => {
    const file = openFile()
    for (let line = 0; line < 100; line++) file.write(`{"line":${line}}`)
    expect(timers).toHaveLength(1)
    timers[0]?.()
    await file.flush()
    const lines = readFileSync(join(folder, names()[0]!), 'utf8').trimEnd().split('\n')
    expect(lines.map((line) => JSON.parse(line).line)).toEqual([...Array(100).keys()])
  })

  test('begins a new file each day and keeps three days', async () => {
    const file = openFile()
    for (let day = 0; day < 6; day++) {
      file.write(`{"day":${day}}`)
      await file.flush()
      nowMs += dayMs
    }
    expect(names()).toEqual(['clutch-2026-03-13.jsonl', 'clutch-2026-03-14.jsonl', 'clutch-2026-03-15.jsonl'])
  })

  test('begins a new file when one is full', async () => {
    const file = openFile({ maxFileBytes: 50 })
    for (let line = 0; line < 3; line++) {
      file.write('x'.repeat(60))
      await file.flush()
    }
    expect(names()).toEqual([
      'clutch-2026-03-10.1.jsonl',
      'clutch-2026-03-10.2.jsonl',
      'clutch-2026-03-10.jsonl',
    ])
  })

  test('goes on in the last file after a restart, and counts what is in it', async () => {
    const first = openFile({ maxFileBytes: 100 })
    first.write('x'.repeat(60))
    await first.flush()
    const second = openFile({ maxFileBytes: 100 })
    for (let line = 0; line < 2; line++) {
      second.write('y'.repeat(60))
      await second.flush()
    }
    expect(names()).toEqual(['clutch-2026-03-10.1.jsonl', 'clutch-2026-03-10.jsonl'])
    expect(readFileSync(join(folder, 'clutch-2026-03-10.jsonl'), 'utf8')).toMatch(/^x+\ny+\n$/)
  })

  test('touches no file that is not its own', async () => {
    const file = openFile()
    file.write('a')
    await file.flush()
    writeFileSync(join(folder, 'notes-2001-01-01.jsonl'), 'mine')
    nowMs += 10 * dayMs
    file.write('b')
    await file.flush()
    expect(names()).toEqual(['clutch-2026-03-20.jsonl', 'notes-2001-01-01.jsonl'])
  })

  test('a disk that refuses is complained of once and costs nothing else', async () => {
    const complaints: string[] = []
    const file = openFile({
      folder: join(import.meta.filename, 'logs'),
      complain: (because) => complaints.push(because),
    })
    for (let line = 0; line < 3; line++) {
      file.write('x')
      await file.flush()
    }
    expect(complaints).toHaveLength(1)
  })

  test('lines that the disk cannot follow are dropped and counted', async () => {
    const file = openFile({ maxFileBytes: 100_000_000 })
    const line = 'x'.repeat(1024 * 1024)
    for (let count = 0; count < 20; count++) file.write(line)
    await file.flush()
    const lines = readFileSync(join(folder, names()[0]!), 'utf8').trimEnd().split('\n')
    const dropped = JSON.parse(lines.at(-1)!)
    expect(dropped).toMatchObject({ event: 'log-lines-dropped' })
    expect(lines.length - 1 + dropped.count).toBe(20)
  })
})
