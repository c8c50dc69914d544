import { describe, expect, test } from 'vitest'
import { Log, type LogLevel, StreamSink } from '../../src/world/log.ts'
import { Redactor } from '../../src/world/redact.ts'

const timers: (() => void)[] = []
const clock = {
  nowMs: () => Date.parse('2026-03-10T12:34:56.789Z'),
  after: (_ms: number, act: () => void) => {
    timers.push(act)
    return () => undefined
  },
}

function logAt(level: LogLevel, people = false): { log: Log; shown: string[] } {
  const shown: string[] = []
  const sink = new StreamSink({ out: async (text) => void shown.push(text), people, clock })
  return { log: new Log({ level, clock, redactor: new Redactor(['house-secret']), sinks: [sink] }), shown }
}

describe('the log', () => {
  test('is one line of JSON per event', async () => {
    const { log, shown } = logAt('info')
    log.info('call', { id: 'a\nb', n: 1 })
    log.warn('careful')
    await log.flush()
    const lines = shown
      .join('')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(lines).toEqual([
      { time: '2026-03-10T12:34:56.789Z', level: 'info', event: 'call', id: 'a\nb', n: 1 },
      { time: '2026-03-10T12:34:56.789Z', level: 'warn', event: 'careful' },
    ])
  })

  test('is short words for people', async () => {
    const { log, shown } = logAt('info', true)
    log.write('info', 'call', { id: 1 }, () => 'claude asked')
    log.info('plain', { n: 1, text: 'x', list: [1] })
    await log.flush()
    expect(shown.join('')).toBe('12:34:56 info  claude asked\n12:34:56 info  plain n=1 text=x list=[1]\n')
  })

  test.each([
    ['debug', ['d', 'i', 'w', 'e']],
    ['info', ['i', 'w', 'e']],
    ['warn', ['w', 'e']],
    ['error', ['e']],
  ] as const)('at level %s shows %j', async (level, expected) => {
    const { log, shown } = logAt(level)
    log.debug('d')
    log.info('i')
    log.warn('w')
    log.error('e')
    await log.flush()
    const events = shown
      .join('')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).event)
    expect(events).toEqual(expected)
  })

  test('spares a reader what is below the level it is there for', async () => {
    const heard: string[][] = [[], []]
    const sinks = (['warn', undefined] as const).map(
      (from, at) =>
        new StreamSink({
          out: async (text) => void heard[at]?.push(text),
          people: false,
          clock,
          ...(from && { from }),
        }),
    )
    const log = new Log({ level: 'debug', clock, redactor: new Redactor(), sinks })
    log.info('i')
    log.warn('w')
    await log.flush()
    expect(heard.map((texts) => texts.join('').match(/"event":"\w"/g))).toEqual([
      ['"event":"w"'],
      ['"event":"i"', '"event":"w"'],
    ])
  })

  test.each([false, true])('shows no secret to any reader (people: %s)', async (people) => {
    const { log, shown } = logAt('debug', people)
    log.debug('call-details', {
      headers: { 'x-api-key': 'k1', 'user-agent': 'house-secret' },
      path: '/x?key=k2',
    })
    log.write('error', 'call', { because: 'house-secret' }, () => 'refused: Bearer house-secret')
    await log.flush()
    expect(shown.join('')).not.toMatch(/k1|k2|house-secret/)
  })
})

describe('a reader that does not read', () => {
  test('costs bounded memory and does not keep a flush waiting', async () => {
    let asked = 0
    const sink = new StreamSink({
      out: () => {
        asked++
        return new Promise(() => undefined)
      },
      people: false,
      clock,
    })
    timers.length = 0
    const line = 'x'.repeat(100_000)
    for (let count = 0; count < 1_000; count++) sink.write(line, () => line)
    const flushed = sink.flush()
    for (const act of timers) act()
    await flushed
    expect(asked).toBe(1)
  })
})
