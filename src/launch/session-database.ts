/** OpenCode's sessions, which are rows of a database; read without a lock on it. */
import { existsSync } from 'node:fs'
import { openSqlite, type Sqlite } from '../world/sqlite.ts'
import type { Session } from './session.ts'

const latest = `select s.id as id, s.directory as directory, s.title as title, s.time_updated as updated
  from session s where s.parent_id is null order by s.time_updated desc limit ?`

/** Nothing where there is no database, no driver for it, or another form of it. */
export function openCodeSessions(file: string, atMost: number): readonly Session[] {
  if (!existsSync(file)) return []
  let database: Sqlite | undefined
  try {
    database = openSqlite(`file:${encodeURI(file)}?mode=ro`)
    return database
      .prepare(latest)
      .all([atMost])
      .map((row) => ({
        agent: 'opencode',
        id: String(row['id']),
        project: String(row['directory']),
        lastMs: Number(row['updated']),
        firstPrompt: String(row['title']),
      }))
  } catch {
    return []
  } finally {
    database?.close()
  }
}
