/** One small door to SQLite: Bun's own in the compiled binary, Node's own where it has one, else an npm driver. */
import { createRequire } from 'node:module'

export type SqlValue = string | number | null
export type SqlRow = Readonly<Record<string, unknown>>

export interface SqlStatement {
  run(values: readonly SqlValue[]): void
  all(values?: readonly SqlValue[]): readonly SqlRow[]
}

/** Everything here may throw SQLite's own errors. */
export interface Sqlite {
  readonly driver: string
  exec(sql: string): void
  prepare(sql: string): SqlStatement
  close(): void
}

/** No driver on this machine, or a file that cannot be used; the message is for people. */
export class SqliteError extends Error {}

/** Throws SqliteError. The file is made when it does not exist. */
export function openSqlite(file: string, drivers: readonly SqliteDriver[] = installedDrivers): Sqlite {
  for (const driver of drivers) {
    const Database = driver.load()
    if (!Database) continue
    try {
      return sqliteOver(driver, new Database(file))
    } catch (error) {
      throw new SqliteError(`${file}: ${wordsOf(error)}`, { cause: error })
    }
  }
  throw new SqliteError(
    `this Node (${process.version}) has no SQLite and the npm package libsql is not installed; Node 22.13 or newer has it`,
  )
}

export interface SqliteDriver {
  readonly name: string
  /** Values are passed as one list: a list of arguments would be copied once more. */
  readonly takesLists?: boolean
  /** undefined: not on this machine. */
  readonly load: () => DatabaseClass | undefined
}

/** What the three have in common. */
type DatabaseClass = new (file: string) => Database

interface Database {
  exec(sql: string): unknown
  prepare(sql: string): Statement
  close(): unknown
}

type Values = readonly SqlValue[]

interface Statement {
  run(...values: (SqlValue | Values)[]): unknown
  all(...values: (SqlValue | Values)[]): unknown
}

const installedDrivers: readonly SqliteDriver[] = [
  { name: 'bun:sqlite', load: () => classIn(builtin('bun:sqlite'), 'Database') },
  { name: 'node:sqlite', load: () => classIn(builtin('node:sqlite'), 'DatabaseSync') },
  { name: 'libsql', takesLists: true, load: () => classIn({ Database: libsql() }, 'Database') },
]

/** Node 22 warns that its SQLite is experimental: not a warning for the users of a gateway. */
function builtin(id: string): unknown {
  const { emitWarning } = process
  process.emitWarning = () => undefined
  try {
    return process.getBuiltinModule(id)
  } catch {
    return undefined
  } finally {
    process.emitWarning = emitWarning
  }
}

/** By a `require` that bundlers do not follow: the package carries a native library per platform. */
function libsql(): unknown {
  const requireHere = createRequire(import.meta.url)
  try {
    return requireHere('libsql')
  } catch {
    return undefined
  }
}

function classIn(module: unknown, name: string): DatabaseClass | undefined {
  if (typeof module !== 'object' || module === null || !(name in module)) return undefined
  const found: unknown = Object.getOwnPropertyDescriptor(module, name)?.value
  return isDatabaseClass(found) ? found : undefined
}

const isDatabaseClass = (value: unknown): value is DatabaseClass =>
  typeof value === 'function' && 'prototype' in value && typeof value.prototype?.prepare === 'function'

function sqliteOver({ name, takesLists = false }: SqliteDriver, database: Database): Sqlite {
  return {
    driver: name,
    exec: (sql) => void database.exec(sql),
    prepare: (sql) => {
      const statement = database.prepare(sql)
      return {
        run: takesLists ? (values) => void statement.run(values) : (values) => void statement.run(...values),
        all: (values = []) => rowsIn(takesLists ? statement.all(values) : statement.all(...values)),
      }
    },
    close: () => void database.close(),
  }
}

const rowsIn = (found: unknown): readonly SqlRow[] =>
  Array.isArray(found) ? found.filter((row): row is SqlRow => typeof row === 'object' && row !== null) : []

const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
