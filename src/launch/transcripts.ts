/** What tools gave back in the sessions that agents keep, read where they lie; nothing is ever written there. */
import { existsSync, readFileSync, statSync } from 'node:fs'
import type { AgentId } from '../agents/agent.ts'
import { asList, asObject, asText, type Json, type JsonObject, tryParseJson } from '../wire/json.ts'
import { openSqlite, type Sqlite } from '../world/sqlite.ts'
import { type Homes, sessionPlaces } from './sessions.ts'

export interface PastResult {
  readonly tool: string
  /** JSON of the call's arguments. */
  readonly args: string
  readonly text: string
  readonly failed: boolean
}

export interface PastSession {
  readonly agent: AgentId
  readonly lastMs: number
  /** Reads the whole session; what cannot be read is left out. */
  readonly results: () => readonly PastResult[]
}

/** Beyond it a session is not read. */
const longestBytes = 256 * 1024 * 1024

/** Newest first. */
export function pastSessions(homes: Homes, sinceMs: number): readonly PastSession[] {
  return sessionPlaces(homes)
    .flatMap(({ agent, path, lastMs, format }): readonly PastSession[] =>
      format === 'opencode'
        ? openCodeSessions(path)
        : [{ agent, lastMs, results: () => resultsIn(textOf(path)) }],
    )
    .filter(({ lastMs }) => lastMs >= sinceMs)
    .toSorted((a, b) => b.lastMs - a.lastMs)
}

function textOf(path: string): string {
  try {
    return statSync(path).size > longestBytes ? '' : readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

/** `text`: lines of JSON, in the shape of whichever agent. */
export function resultsIn(text: string): readonly PastResult[] {
  const calls = new Map<string, Pick<PastResult, 'tool' | 'args'>>()
  const items = text.split('\n').flatMap((line) => (line === '' ? [] : itemsIn(asObject(tryParseJson(line)))))
  return items.flatMap((item) => {
    const call = callIn(item)
    if (call) calls.set(call.id, call)
    const said = resultIn(item)
    if (!said || said.text === '') return []
    const nameless = said.tool === undefined ? undefined : { tool: said.tool, args: '{}' }
    const asked = calls.get(said.id) ?? nameless
    return asked ? [{ tool: asked.tool, args: asked.args, text: said.text, failed: said.failed }] : []
  })
}

/** A line's own item (Codex), or the parts of its message; a whole message may be a result (Pi). */
function itemsIn(line: JsonObject): readonly JsonObject[] {
  const payload = asObject(line['payload'])
  const message = asObject(line['message'])
  const parts = [...asList(message['content']), ...asList(message['parts'])]
  return [payload, message, ...parts.map(asObject)]
}

function callIn(
  item: JsonObject,
): { readonly id: string; readonly tool: string; readonly args: string } | undefined {
  const inner = asObject(item['functionCall'])
  const known = ['tool_use', 'toolCall', 'function_call', 'custom_tool_call'].includes(
    asText(item['type']) ?? '',
  )
  const from = inner['name'] === undefined ? item : inner
  const id = asText(from['call_id']) ?? asText(from['id'])
  const tool = asText(from['name'])
  if (id === undefined || tool === undefined || !(known || from === inner)) return undefined
  const args = from['input'] ?? from['arguments'] ?? from['args'] ?? {}
  return { id, tool, args: typeof args === 'string' ? args : JSON.stringify(args) }
}

interface Said {
  readonly id: string
  readonly tool: string | undefined
  readonly text: string
  readonly failed: boolean
}

function resultIn(item: JsonObject): Said | undefined {
  const answer = asObject(item['functionResponse'])
  const id =
    asText(item['tool_use_id']) ??
    asText(item['toolCallId']) ??
    (/_output$/.test(asText(item['type']) ?? '') ? asText(item['call_id']) : asText(answer['id']))
  if (id === undefined) return undefined
  const response = asObject(answer['response'])
  const said = item['content'] ?? item['output'] ?? response['output'] ?? response['error']
  return {
    id,
    tool: asText(item['toolName']) ?? asText(answer['name']),
    text: wordsIn(said),
    failed: item['is_error'] === true || item['isError'] === true || response['error'] !== undefined,
  }
}

function wordsIn(said: Json | undefined): string {
  if (typeof said === 'string') {
    const inner = said.startsWith('{"output"') ? asText(asObject(tryParseJson(said))['output']) : undefined
    return inner ?? said
  }
  if (Array.isArray(said)) return said.flatMap((part) => asText(asObject(part)['text']) ?? []).join('\n')
  return asText(asObject(said)['content']) ?? ''
}

const openCodeParts = `select p.data as data from part p where p.session_id = ? order by p.time_created`
const openCodeList = 'select id, time_updated as updated from session order by time_updated desc limit 500'

/** Nothing where there is no database, no driver for it, or another form of it. */
function openCodeSessions(file: string): readonly PastSession[] {
  if (!existsSync(file)) return []
  return withOpenCode(file, (database) =>
    database
      .prepare(openCodeList)
      .all([])
      .map((row) => {
        const id = String(row['id'])
        return { agent: 'opencode', lastMs: Number(row['updated']), results: () => openCodeResults(file, id) }
      }),
  )
}

const openCodeResults = (file: string, session: string): readonly PastResult[] =>
  withOpenCode(file, (database) =>
    database
      .prepare(openCodeParts)
      .all([session])
      .flatMap((row) => {
        const part = asObject(tryParseJson(String(row['data'])))
        const state = asObject(part['state'])
        const [tool, text] = [asText(part['tool']), asText(state['output'])]
        if (part['type'] !== 'tool' || tool === undefined || text === undefined) return []
        return [
          { tool, args: JSON.stringify(state['input'] ?? {}), text, failed: state['status'] === 'error' },
        ]
      }),
  )

function withOpenCode<T>(file: string, read: (database: Sqlite) => readonly T[]): readonly T[] {
  let database: Sqlite | undefined
  try {
    database = openSqlite(`file:${encodeURI(file)}?mode=ro`)
    return read(database)
  } catch {
    return []
  } finally {
    database?.close()
  }
}
