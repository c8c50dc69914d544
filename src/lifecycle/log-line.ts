/** One line of the log: whether it is asked for, and how people read it. Pure. */
import { asList, asNumber, asObject, asText, type JsonObject, tryParseJson } from '../wire/json.ts'

export const logLevels = ['debug', 'info', 'warn', 'error'] as const
export type AskedLevel = (typeof logLevels)[number]

const levelNames: readonly string[] = logLevels

export interface LogFilter {
  /** This level and those above it. */
  readonly level?: AskedLevel
  /** A session's id, or how it begins. */
  readonly session?: string
}

export interface LogLine {
  /** As it stands in the file. */
  readonly json: string
  readonly fields: JsonObject
}

/** undefined: not asked for, or no line of a log. */
export function readLogLine(json: string, { level, session }: LogFilter): LogLine | undefined {
  const fields = asObject(tryParseJson(json))
  const own = levelNames.indexOf(asText(fields['level']) ?? '')
  if (own < 0 || (level !== undefined && own < logLevels.indexOf(level))) return undefined
  if (session !== undefined && !asText(fields['session'])?.startsWith(session)) return undefined
  return { json, fields }
}

export function logLineText({ fields }: LogLine): string {
  const { time, level, event, ...rest } = fields
  const what = event === 'call' ? callText(rest) : listed(asText(event) ?? '', rest)
  return `${asText(time)?.slice(11, 19) ?? ''} ${(asText(level) ?? '').padEnd(5)} ${what}`
}

function callText(call: JsonObject): string {
  const { dialect, targetDialect, asked, target, agent, session, failure, because } = call
  const route =
    targetDialect === undefined || targetDialect === dialect ? dialect : `${dialect}→${targetDialect}`
  const failed = asText(failure)
  return [
    `${agent} ${route} ${asked}${target === undefined ? '' : ` ⇒ ${target}`}`,
    `${call['status'] ?? '-'} ${call['outcome']} ${asNumber(call['totalMs']) ?? '?'} ms`,
    usageText(asObject(call['usage'])),
    ...(asList(call['attempts']).length > 1 ? [`${asList(call['attempts']).length} attempts`] : []),
    ...(asList(call['lost']).length > 0 ? [`lost: ${asList(call['lost']).join(', ')}`] : []),
    ...(failed === undefined ? [] : [`${failed}: ${asText(because) ?? ''}`]),
    ...(session === undefined ? [] : [`session ${session}`]),
  ].join(' · ')
}

function usageText(usage: JsonObject): string {
  const of = (name: string): number => asNumber(usage[name]) ?? 0
  const cached = of('cacheRead')
  return `${of('input') + cached + of('cacheWrite')} in (${cached} cached), ${of('output')} out`
}

const listed = (event: string, fields: JsonObject): string =>
  [
    event,
    ...Object.entries(fields).map(
      ([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
    ),
  ].join(' ')
