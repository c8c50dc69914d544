import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openSqlite, SqliteError } from '../../src/world/sqlite.ts'
import { scratch } from '../store/scratch.ts'

describe('SQLite', () => {
  it('is there on this Node, and gives back what was put in', () => {
    const database = openSqlite(join(scratch(), 'a.db'))
    database.exec('create table t (a integer, b text, c real)')
    const insert = database.prepare('insert into t values (?, ?, ?)')
    insert.run([1_800_000_000_000, "it's", 0.5])
    insert.run([null, null, null])
    expect(database.prepare('select * from t').all()).toEqual([
      { a: 1_800_000_000_000, b: "it's", c: 0.5 },
      { a: null, b: null, c: null },
    ])
    expect(database.prepare('select b from t where a = ?').all([1_800_000_000_000])).toEqual([{ b: "it's" }])
    database.close()
  })

  it('uses the first driver that is there', () => {
    const opened: string[] = []
    class Fake {
      constructor(file: string) {
        opened.push(file)
      }
      exec(): void {}
      prepare(): { run(): void; all(): unknown[] } {
        return { run: () => undefined, all: () => [{ a: 1 }] }
      }
      close(): void {}
    }
    const database = openSqlite('x.db', [
      { name: 'missing', load: () => undefined },
      { name: 'present', load: () => Fake },
      { name: 'later', load: () => expect.fail('not asked') },
    ])
    expect(database.driver).toBe('present')
    expect(opened).toEqual(['x.db'])
  })

  it('says what is missing when there is no driver', () => {
    expect(() => openSqlite('x.db', [{ name: 'none', load: () => undefined }])).toThrow(SqliteError)
    expect(() => openSqlite('x.db', [])).toThrow(/libsql is not installed/)
  })

  it('names the file that cannot be opened', () => {
    const file = join(scratch(), 'file')
    writeFileSync(file, '')
    expect(() => openSqlite(join(file, 'below.db'))).toThrow(`${file}/below.db`)
  })
})
