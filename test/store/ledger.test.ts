import { chmodSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { Ledger } from '../../src/store/ledger.ts'
import { rowText } from '../../src/store/ledger-row.ts'
import { storyOf } from '../../src/store/story.ts'
import { askLedger } from '../../src/store/usage.ts'
import type { Clock } from '../../src/world/clock.ts'
import { openSqlite, type Sqlite, type SqlRow } from '../../src/world/sqlite.ts'
import { VirtualClock } from '../sandbox/virtual-clock.ts'
import { entry, scratch } from './scratch.ts'

const dayMs = 86_400_000

function rows(file: string, sql: string): readonly SqlRow[] {
  const database = openSqlite(file)
  try {
    return database.prepare(sql).all()
  } finally {
    database.close()
  }
}

function open(
  clock: Clock,
  more: { file?: string; keepDays?: number; open?: (file: string) => Sqlite } = {},
) {
  const complaints: string[] = []
  const file = more.file ?? join(scratch(), 'state', 'ledger.db')
  const ledger = new Ledger({
    file,
    keepDays: more.keepDays ?? 90,
    clock,
    complain: (because) => complaints.push(because),
    ...(more.open && { open: more.open }),
  })
  return { file, ledger, complaints }
}

/** As version 2 made them, with one call. */
const oldTables = `
create table calls (call integer primary key, id text not null, started_ms integer not null, total_ms integer not null,
  first_word_ms integer, agent text not null, session text, subagent text, project text, profile text not null, role text,
  rule text, asked text not null, provider text, model text, dialect text not null, target_dialect text,
  stream integer not null, status integer, failure text, input integer not null, cache_read integer not null,
  cache_write integer not null, output integer not null, thinking integer, cost_micros integer, prices text,
  saved_tokens integer not null, lost text, attempts integer not null, plan text,
  cache_read_ratio real generated always as
    (cast(cache_read as real) / nullif(input + cache_read + cache_write, 0)) virtual);
create index calls_by_start on calls (started_ms);
create table attempts (call integer not null, attempt integer not null, provider text not null, model text not null,
  dialect text not null, started_ms integer not null, first_word_ms integer, failure text, status integer,
  primary key (call, attempt)) without rowid;
insert into calls (call, id, started_ms, total_ms, agent, profile, asked, provider, model, dialect, target_dialect, stream,
  input, cache_read, cache_write, output, cost_micros, prices, saved_tokens, lost, attempts, plan)
  values (1, 'old', 1800000000000, 900, 'claude', 'default', 'claude-sonnet', 'openrouter', 'a/b', 'anthropic',
  'openai-chat', 1, 100, 300, 0, 50, 7, 'x', 0, 'effort', 2, '{"targets":["a/b"],"skipped":[]}');
insert into attempts values (1, 1, 'p', 'm', 'gemini', 1, null, 'overloaded', 529),
  (1, 2, 'openrouter', 'a/b', 'openai-chat', 2, 200, null, null);
`

describe('the ledger', () => {
  it('keeps one row per call and one per attempt, with everything it was told', () => {
    const clock = new VirtualClock()
    const { file, ledger } = open(clock)
    ledger.record(
      entry({
        id: 'x1',
        session: 's-1',
        subagent: 'a-1',
        project: 'house',
        role: 'big',
        rule: 'role big',
        status: 200,
        firstWordMs: 410,
        cost: { micros: 1234, prices: '2026-11-20-abc' },
        unpricedAttempts: 1,
        instead: 'p/m: overloaded',
        lost: ['effort', 'top-k'],
        usage: { input: 100, cacheRead: 300, cacheWrite: 0, output: 50, thinking: 20 },
        attempts: [
          { provider: 'p', model: 'm', dialect: 'gemini', startedMs: 1, failure: 'overloaded', status: 529 },
          {
            provider: 'q',
            model: 'n',
            dialect: 'anthropic',
            startedMs: 2,
            firstWordMs: 3,
            usage: { input: 100, cacheRead: 300, cacheWrite: 0, output: 50 },
            cost: { micros: 1234, prices: '2026-11-20-abc' },
          },
        ],
      }),
    )
    ledger.close()
    expect(rows(file, 'select * from calls')).toMatchObject([
      {
        id: 'x1',
        started_ms: 1_800_000_000_000,
        total_ms: 900,
        first_word_ms: 410,
        agent: 'claude',
        session: 's-1',
        subagent: 'a-1',
        project: 'house',
        profile: 'default',
        role: 'big',
        rule: 'role big',
        asked: 'claude-sonnet',
        provider: 'q',
        model: 'n',
        dialect: 'anthropic',
        target_dialect: 'anthropic',
        stream: 1,
        status: 200,
        failure: null,
        input: 100,
        cache_read: 300,
        cache_write: 0,
        output: 50,
        thinking: 20,
        cost_micros: 1234,
        prices: '2026-11-20-abc',
        saved_tokens: 0,
        lost: 'effort,top-k',
        plan: null,
        instead: 'p/m: overloaded',
        unpriced_attempts: 1,
        attempts: 2,
        cache_read_ratio: 0.75,
      },
    ])
    expect(rows(file, 'select * from attempts order by attempt')).toMatchObject([
      {
        attempt: 1,
        provider: 'p',
        model: 'm',
        dialect: 'gemini',
        failure: 'overloaded',
        status: 529,
        input: null,
        output: null,
        cost_micros: null,
        prices: null,
      },
      {
        attempt: 2,
        provider: 'q',
        model: 'n',
        first_word_ms: 3,
        failure: null,
        status: null,
        input: 100,
        cache_read: 300,
        cache_write: 0,
        output: 50,
        cost_micros: 1234,
        prices: '2026-11-20-abc',
      },
    ])
  })

  it('says of an unknown cost that it is unknown, never that it is zero', () => {
    const { file, ledger } = open(new VirtualClock())
    ledger.record(entry())
    ledger.record(entry({ cost: { micros: 0, prices: 'free' } }))
    ledger.close()
    expect(rows(file, 'select cost_micros, prices from calls')).toEqual([
      { cost_micros: null, prices: null },
      { cost_micros: 0, prices: 'free' },
    ])
  })

  it('writes nothing while a call runs, and everything within a second', () => {
    const clock = new VirtualClock()
    const { file, ledger } = open(clock)
    ledger.record(entry())
    expect(rows(file, 'select id from calls')).toHaveLength(0)
    clock.advance(999)
    expect(rows(file, 'select id from calls')).toHaveLength(1)
    ledger.close()
  })

  it('may be read by its owner alone, its write-ahead log too', () => {
    const clock = new VirtualClock()
    const { file, ledger } = open(clock)
    ledger.record(entry())
    ledger.flush()
    for (const name of [file, `${file}-wal`, `${file}-shm`]) expect(statSync(name).mode & 0o777).toBe(0o600)
    expect(statSync(join(file, '..')).mode & 0o777).toBe(0o700)
    ledger.close()
  })

  it('closes a file to others that was open to them', () => {
    const { file, ledger } = open(new VirtualClock())
    ledger.close()
    chmodSync(file, 0o644)
    open(new VirtualClock(), { file }).ledger.close()
    expect(statSync(file).mode & 0o777).toBe(0o600)
  })

  it('removes what is older than its days, attempts included, and nothing else', () => {
    const clock = new VirtualClock()
    const { file, ledger } = open(clock)
    const nowMs = clock.nowMs()
    for (let n = 0; n < 1_200; n++) ledger.record(entry({ id: `old-${n}`, startedMs: nowMs - 91 * dayMs }))
    ledger.flush()
    ledger.record(entry({ id: 'young', startedMs: nowMs - 89 * dayMs }))
    ledger.close()
    const again = open(clock, { file })
    clock.advance(1_000)
    again.ledger.close()
    expect(rows(file, 'select id from calls')).toEqual([{ id: 'young' }])
    expect(rows(file, 'select count(*) as n from attempts')).toEqual([{ n: 1 }])
  })

  it('is shared by two gateways without mixing their attempts', () => {
    const clock = new VirtualClock()
    const one = open(clock)
    const two = open(clock, { file: one.file })
    for (let n = 0; n < 50; n++) {
      for (const [name, { ledger }] of Object.entries({ one, two })) {
        const attempt = { provider: name, model: 'm', dialect: 'gemini', startedMs: n }
        ledger.record(entry({ id: `${name}-${n}`, attempts: [attempt, attempt] }))
        if (n % 3 === 0) ledger.flush()
      }
    }
    one.ledger.close()
    two.ledger.close()
    const mixed = 'select count(*) as n from calls join attempts using (call) where calls.provider'
    expect(rows(one.file, `${mixed} = attempts.provider`)).toEqual([{ n: 200 }])
    expect(rows(one.file, `${mixed} <> attempts.provider`)).toEqual([{ n: 0 }])
  })

  it('keeps what a locked file refuses, says so once, and writes it later, once', () => {
    const clock = new VirtualClock()
    const { file, ledger, complaints } = open(clock)
    const other = openSqlite(file)
    other.exec('begin immediate')
    ledger.record(entry({ id: 'a' }))
    clock.advance(5_000)
    ledger.record(entry({ id: 'b' }))
    clock.advance(5_000)
    expect(complaints).toHaveLength(1)
    other.exec('rollback')
    other.close()
    clock.advance(5_000)
    ledger.close()
    expect(rows(file, 'select id from calls order by call')).toEqual([{ id: 'a' }, { id: 'b' }])
  })

  it('what a disk refuses waits on, and is then written whole, once', () => {
    const clock = new VirtualClock()
    const { file, ledger, complaints } = open(clock)
    const other = openSqlite(file)
    other.exec(`create trigger full before insert on call_batches when (select count(*) from call_batches) >= 2
      begin select raise(abort, 'disk I/O error'); end`)
    for (let n = 0; n < 2_500; n++) ledger.record(entry({ id: `c${n}` }))
    clock.advance(300)
    expect(complaints).toEqual(['disk I/O error'])
    expect(rows(file, 'select count(*) as n from calls')).toEqual([{ n: 2_000 }])
    other.exec('drop trigger full')
    other.close()
    clock.advance(5_000)
    ledger.close()
    expect(rows(file, 'select id from calls order by call').map(({ id }) => id)).toEqual(
      Array.from({ length: 2_500 }, (_, n) => `c${n}`),
    )
    expect(rows(file, 'select count(*) as n from attempts')).toEqual([{ n: 2_500 }])
  })

  it('numbers calls across batches and gateways without a gap in a batch, and gives no number twice', () => {
    const clock = new VirtualClock()
    const one = open(clock)
    const two = open(clock, { file: one.file })
    const written: string[] = []
    for (let n = 0; n < 12; n++) {
      for (const { ledger } of [one, two]) {
        for (let call = 0; call < 1 + (n % 3); call++) {
          written.push(`${written.length}`)
          ledger.record(entry({ id: `${written.length - 1}` }))
        }
        ledger.flush()
      }
    }
    one.ledger.close()
    two.ledger.close()
    const found = rows(one.file, 'select id, call from calls order by call')
    expect(found.map(({ id }) => id)).toEqual(written)
    // All of them ended in one millisecond.
    const first = (1_800_000_000_000 + 900) * 1000
    expect(found.map(({ call }) => call)).toEqual(written.map((_, n) => first + n))
    expect(rows(one.file, 'select min(call) = batch as ok from calls group by batch')).toEqual(
      Array.from({ length: 24 }, () => ({ ok: 1 })),
    )
  })

  it('keeps a batch until the last of its calls is too old', () => {
    const clock = new VirtualClock()
    const { file, ledger } = open(clock)
    const limitMs = clock.nowMs() - 90 * dayMs
    for (const [id, endedMs] of [
      ['old', limitMs - 1],
      ['straddles', limitMs - 1],
      ['young', limitMs],
    ] as const) {
      ledger.record(entry({ id, startedMs: endedMs, totalMs: 0 }))
      if (id === 'old') ledger.flush()
    }
    ledger.close()
    open(clock, { file }).ledger.close()
    expect(rows(file, 'select id from calls order by call')).toEqual([{ id: 'straddles' }, { id: 'young' }])
    clock.advance(1)
    open(clock, { file }).ledger.close()
    expect(rows(file, 'select id from calls')).toEqual([])
  })

  it('refuses a file that is no database, or of a newer version, with its name', () => {
    const file = join(scratch(), 'ledger.db')
    writeFileSync(file, 'not a database, but long enough to look like something that might be one'.repeat(20))
    expect(() => open(new VirtualClock(), { file })).toThrow(file)
    const newer = join(scratch(), 'ledger.db')
    const database = openSqlite(newer)
    database.exec('pragma user_version = 99')
    database.close()
    expect(() => open(new VirtualClock(), { file: newer })).toThrow(/newer version/)
  })

  it.each([1, 2])('takes over a file of version %i, rows and all', (version) => {
    const file = join(scratch(), 'ledger.db')
    const database = openSqlite(file)
    database.exec(oldTables)
    if (version === 1) database.exec('alter table calls drop column plan')
    database.exec(`pragma user_version = ${version}`)
    database.close()
    expect(() => storyOf(file, 'old')).toThrow('clutch serve takes it over')
    const { ledger } = open(new VirtualClock(), { file })
    const plan = { targets: ['a/b'], skipped: [{ name: 'c/d', because: 'quota spent' }], stays: true }
    ledger.record(entry({ id: 'new', plan, instead: 'c/d: quota spent' }))
    ledger.close()
    expect(storyOf(file, 'old')).toEqual({
      ...entry({ id: 'old', lost: ['effort'], cost: { micros: 7, prices: 'x' } }),
      ...(version === 2 && { plan: { targets: ['a/b'], skipped: [] } }),
      attempts: [
        { provider: 'p', model: 'm', dialect: 'gemini', startedMs: 1, failure: 'overloaded', status: 529 },
        { provider: 'openrouter', model: 'a/b', dialect: 'openai-chat', startedMs: 2, firstWordMs: 200 },
      ],
    })
    expect(storyOf(file, 'new')).toEqual(entry({ id: 'new', plan, instead: 'c/d: quota spent' }))
    expect(storyOf(file, 'none')).toBeUndefined()
    expect(askLedger(file, { by: 'agent', sinceMs: 1_800_000_000_000 }).rows).toMatchObject([{ calls: 2 }])
  })

  it.each([3, 4, 5])(
    'takes over a file of version %i while the gateway that wrote it still ends calls',
    (version) => {
      const file = join(scratch(), 'ledger.db')
      const older = openSqlite(file)
      older.exec('create table call_rows (call integer primary key, row text not null)')
      older.exec(
        `create view calls as select call, row->>0 as id from call_rows; create view attempts as select call from call_rows`,
      )
      older.exec(`pragma user_version = ${version}`)
      const insertRows = older.prepare(`insert into call_rows
      select max(?, (select coalesce(max(call), 0) + 1 from call_rows)) + key, value from json_each(?)`)
      const row = (id: string) => rowText(entry({ id }))
      const first = 1_800_000_000_900 * 1000
      insertRows.run([first, `[${row('a')},${row('b')}]`])
      const { ledger } = open(new VirtualClock(), { file })
      insertRows.run([first, `[${row('c')},${row('d')}]`])
      ledger.record(entry({ id: 'e' }))
      ledger.record(entry({ id: 'f' }))
      ledger.flush()
      insertRows.run([first, `[${row('g')},${row('h')}]`])
      older.close()
      ledger.close()
      expect(rows(file, 'select id, call from calls order by call')).toEqual(
        [...'abcdefgh'].map((id, n) => ({ id, call: first + n })),
      )
      for (const id of 'abcdefgh') expect(storyOf(file, id)).toEqual(entry({ id }))
    },
  )

  it('numbers calls by the time they ended, and never backwards', () => {
    const clock = new VirtualClock()
    const { file, ledger } = open(clock)
    const startedMs = clock.nowMs()
    for (const [id, atMs] of [
      ['a', startedMs],
      ['b', startedMs + 60_000],
      ['c', startedMs - 3_600_000],
    ] as const) {
      ledger.record(entry({ id, startedMs: atMs, totalMs: 1 }))
      ledger.flush()
    }
    ledger.close()
    expect(rows(file, 'select id from calls order by call')).toEqual([{ id: 'a' }, { id: 'b' }, { id: 'c' }])
    const since = (sinceMs: number) =>
      askLedger(file, { by: 'agent', sinceMs }).rows.reduce((sum, { calls }) => sum + calls, 0)
    expect([startedMs - 3_600_000, startedMs, startedMs + 1, startedMs + 60_001].map(since)).toEqual([
      3, 2, 1, 0,
    ])
  })

  it('holds half a character as one that can be read again', () => {
    const { file, ledger } = open(new VirtualClock())
    ledger.record(entry({ id: 'h', asked: 'a\ud83d', rule: 'said \\ud83d, and \ud83d\ude00' }))
    ledger.close()
    expect(storyOf(file, 'h')).toMatchObject({ asked: 'a\ufffd', rule: 'said \\ud83d, and \ud83d\ude00' })
  })

  it('cuts what clients name without end, and survives counters that are no numbers', () => {
    const { file, ledger } = open(new VirtualClock())
    const usage = { input: Number.NaN, cacheRead: Number.POSITIVE_INFINITY, cacheWrite: 1.4, output: 2 }
    ledger.record(entry({ asked: 'm'.repeat(100_000), usage }))
    ledger.close()
    const [row] = rows(file, 'select length(asked) as n, input, cache_read, cache_write, output from calls')
    expect(row).toEqual({ n: 200, input: 0, cache_read: 0, cache_write: 1, output: 2 })
  })
})
