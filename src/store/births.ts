/**
 * What was decided about tool results, over restarts: one small SQLite file for its owner alone. Reads are by key and
 * rare (a session's first request after a start); what one request decides is written together, at once.
 */
import type { Birth, Births, Scope, ScopeMemory, Telling } from '../compression/births.ts'
import type { Clock } from '../world/clock.ts'
import { makePrivateFile } from '../world/private-files.ts'
import { openSqlite, type Sqlite, type SqlRow, type SqlStatement, type SqlValue } from '../world/sqlite.ts'
import { text } from './cells.ts'

export interface BirthsOrder {
  readonly file: string
  readonly clock: Clock
  /** Somebody told things before this file was made. */
  readonly wasHere: boolean
  /** Told once when the disk refuses. */
  readonly complain: (because: string) => void
  readonly open?: (file: string) => Sqlite
}

const version = 1
const tables = `
create table if not exists births (
  birth text primary key, text text, filter text not null, saved_tokens integer not null, seen_ms integer not null
);
create index if not exists births_by_time on births (seen_ms);
create table if not exists scopes (
  scope text primary key, filter_set text not null, agent text not null, project text, held_out integer not null,
  begun_ms integer not null, seen_ms integer not null
) without rowid;
create table if not exists told (
  scope text not null, place text not null, content text not null, birth text not null, told_ms integer not null,
  primary key (scope, place)
) without rowid;
create index if not exists told_by_place on told (place, told_ms);
pragma user_version = ${version};
`

/** What one request decides goes together, and before a model can have answered: whoever is killed then forgets nothing. */
const batchMs = 0
const refusedMs = 5_000
const dayMs = 24 * 60 * 60 * 1000
const keepDays = 30
/** Each is a shortened result: some hundred megabytes at most. */
const mostBirths = 100_000
/** What a disk that refuses makes wait; beyond it decisions live as long as their conversation is in memory. */
const maxWaiting = 5_000
const maxFresh = 1_000

const statements = {
  birth:
    'insert into births values (?, ?, ?, ?, ?) on conflict (birth) do update set seen_ms = excluded.seen_ms',
  scope: 'insert into scopes values (?, ?, ?, ?, ?, ?, ?) on conflict (scope) do nothing',
  told: 'insert or replace into told values (?, ?, ?, ?, ?)',
} as const

type Kind = keyof typeof statements

export class BirthStore implements Births {
  readonly isLost: boolean
  readonly #order: BirthsOrder
  readonly #database: Sqlite | undefined
  readonly #prepared = new Map<string, SqlStatement>()
  #waiting: { readonly kind: Kind; readonly values: readonly SqlValue[] }[] = []
  /** Births that are not on the disk yet. */
  readonly #fresh = new Map<string, Birth>()
  #timer: (() => void) | undefined
  #complained = false

  /** Never throws: without a file it remembers what waits to be written, and no more. */
  constructor(order: BirthsOrder) {
    this.#order = order
    this.#database = this.#open()
    this.isLost = order.wasHere && this.#isEmpty()
    this.#clean()
  }

  scope(id: string): ScopeMemory | undefined {
    this.flush()
    const [scope] = this.#all('select filter_set from scopes where scope = ?', [id])
    if (!scope) return undefined
    const nowMs = this.#order.clock.nowMs()
    this.#run('update scopes set seen_ms = ? where scope = ?', [nowMs, id])
    this.#run('update births set seen_ms = ? where birth in (select birth from told where scope = ?)', [
      nowMs,
      id,
    ])
    const told = this.#all('select place, content, birth from told where scope = ?', [id]).map(tellingOf)
    return {
      filterSet: text(scope, 'filter_set') ?? '',
      told: new Map(told.map((each) => [each.place, each])),
    }
  }

  begin({ id, agent, project, isHeldOut }: Scope, filterSet: string): void {
    const nowMs = this.#order.clock.nowMs()
    this.#write('scope', [id, filterSet, agent, project ?? null, isHeldOut ? 1 : 0, nowMs, nowMs])
  }

  toldElsewhere(place: string, content: string): Telling | undefined {
    const [row] = this.#all(
      'select place, content, birth from told where place = ? and content = ? order by told_ms desc limit 1',
      [place, content],
    )
    return row && tellingOf(row)
  }

  birth(name: string): Birth | undefined {
    const fresh = this.#fresh.get(name)
    if (fresh) return fresh
    const [row] = this.#all('select text, filter, saved_tokens from births where birth = ?', [name])
    if (!row) return undefined
    const said = row['text']
    const saved = row['saved_tokens']
    return {
      text: typeof said === 'string' ? said : undefined,
      filter: text(row, 'filter') ?? '',
      savedTokens: typeof saved === 'number' ? saved : 0,
    }
  }

  tell({ id }: Scope, { place, content, birth: name }: Telling, birth: Birth): void {
    const nowMs = this.#order.clock.nowMs()
    if (this.#fresh.size < maxFresh) this.#fresh.set(name, birth)
    this.#write('birth', [name, birth.text ?? null, birth.filter, birth.savedTokens, nowMs])
    this.#write('told', [id, place, content, name, nowMs])
  }

  /** Writes what waits in one transaction; what the disk refuses waits on. */
  flush(): void {
    this.#timer?.()
    this.#timer = undefined
    const database = this.#database
    if (this.#waiting.length === 0 || !database) return
    try {
      database.exec('begin immediate')
      for (const { kind, values } of this.#waiting) this.#statement(statements[kind]).run(values)
      database.exec('commit')
      this.#waiting = []
      this.#fresh.clear()
    } catch (error) {
      this.#complain(error)
      this.#undo(database)
      this.#timer = this.#order.clock.after(refusedMs, () => this.flush())
    }
  }

  close(): void {
    this.flush()
    this.#timer?.()
    this.#prepared.clear()
    this.#database?.close()
  }

  #write(kind: Kind, values: readonly SqlValue[]): void {
    if (!this.#database || this.#waiting.length >= maxWaiting) return
    this.#waiting.push({ kind, values })
    this.#timer ??= this.#order.clock.after(batchMs, () => this.flush())
  }

  #all(sql: string, values: readonly SqlValue[]): readonly SqlRow[] {
    try {
      return this.#database ? this.#statement(sql).all(values) : []
    } catch (error) {
      this.#complain(error)
      return []
    }
  }

  #run(sql: string, values: readonly SqlValue[]): void {
    try {
      if (this.#database) this.#statement(sql).run(values)
    } catch (error) {
      this.#complain(error)
    }
  }

  #statement(sql: string): SqlStatement {
    const known = this.#prepared.get(sql)
    if (known) return known
    if (!this.#database) throw new Error('there is no file')
    const made = this.#database.prepare(sql)
    this.#prepared.set(sql, made)
    return made
  }

  #open(): Sqlite | undefined {
    const { file, open = openSqlite } = this.#order
    try {
      makePrivateFile(file)
      const database = open(file)
      database.exec('pragma busy_timeout = 100; pragma journal_mode = wal; pragma synchronous = normal')
      const [row] = database.prepare('pragma user_version').all()
      if (Number(row?.['user_version'] ?? 0) > version) throw new Error(`${file} is of a newer version`)
      database.exec(tables)
      return database
    } catch (error) {
      this.#complain(error)
      return undefined
    }
  }

  #isEmpty(): boolean {
    return this.#all('select 1 from scopes limit 1', []).length === 0
  }

  /** What no session has used for a month. */
  #clean(): void {
    const beforeMs = this.#order.clock.nowMs() - keepDays * dayMs
    this.#run('delete from told where scope in (select scope from scopes where seen_ms < ?)', [beforeMs])
    this.#run('delete from scopes where seen_ms < ?', [beforeMs])
    this.#run('delete from births where seen_ms < ?', [beforeMs])
    this.#run(
      'delete from births where birth in (select birth from births order by seen_ms desc limit -1 offset ?)',
      [mostBirths],
    )
  }

  #undo(database: Sqlite): void {
    try {
      database.exec('rollback')
    } catch {
      // SQLite has already rolled back
    }
  }

  #complain(error: unknown): void {
    if (this.#complained) return
    this.#complained = true
    this.#order.complain(error instanceof Error ? error.message : String(error))
  }
}

const tellingOf = (row: SqlRow): Telling => ({
  place: text(row, 'place') ?? '',
  content: text(row, 'content') ?? '',
  birth: text(row, 'birth') ?? '',
})
