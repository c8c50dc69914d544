/** One line per call: who asked for what, where it went, how it ended. Never what was said. */
import type { Failure } from '../conversation/failure.ts'
import type { AttemptRecord, Call, CallRecord } from '../gateway/call.ts'
import type { Log, LogFields, LogLevel } from '../world/log.ts'

export function logCall(log: Log, record: CallRecord, nowMs: number): void {
  const level = levelOf(record)
  if (log.shows('debug')) log.debug('call-details', detailsOf(record))
  if (!log.shows(level)) return
  const totalMs = nowMs - record.call.startedMs
  log.writeLine(level, 'call', lineOf(record, log, totalMs), () => summaryOf(record, totalMs))
}

/** A client that leaves is no failure of anybody's (CONTRACT 105); a client's own mistake is not ours. */
function levelOf({ ending: { failure } }: CallRecord): LogLevel {
  switch (failure?.kind) {
    case undefined:
    case 'client-left':
    case 'bad-request':
    case 'unknown-model':
    case 'too-large':
    case 'context-too-long':
      return 'info'
    case 'internal':
      return 'error'
    default:
      return 'warn'
  }
}

/** The fields as JSON: a call's line is written for every call, so it is put together by hand. */
function lineOf(
  { call, session, plan, instead, attempts, lost, ending }: CallRecord,
  log: Log,
  totalMs: number,
): string {
  const last = attempts.at(-1)
  const { usage, reason, failure } = ending
  const status = statusOf(call)
  let line = `"id":"${call.id}","agent":${log.quoted(agentOf(call.headers['user-agent']))}`
  if (session) line += `,"session":${log.quoted(session.session)}`
  line += `,"outcome":"${outcomeOf(failure, attempts)}"`
  if (status !== undefined) line += `,"status":${status}`
  line += `,"dialect":"${call.dialect.id}","asked":${log.quoted(call.model)}`
  if (last) line += `,"target":${log.quoted(nameOf(last))},"targetDialect":"${last.target.dialect}"`
  if (call.profile.name !== 'default') line += `,"profile":${log.quoted(call.profile.name)}`
  line += `,"stream":${call.stream}`
  if (plan) line += `,"rule":${log.quoted(plan.rule)}`
  if (instead) line += `,"instead":${log.quoted(shortened(`${instead.name}: ${instead.because}`))}`
  if (attempts.length > 1)
    line += `,"attempts":[${attempts.map((attempt) => attemptOf(attempt, log)).join()}]`
  if (failure) line += `,"failure":"${failure.kind}","because":${log.quoted(shortened(failure.message))}`
  if (lost.length > 0) line += `,"lost":${JSON.stringify(lost)}`
  line += `,"usage":{"input":${usage.input},"cacheRead":${usage.cacheRead}`
  line += `,"cacheWrite":${usage.cacheWrite},"output":${usage.output}}`
  if (reason !== undefined) line += `,"reason":"${reason}"`
  if (last?.firstWordMs !== undefined) line += `,"firstWordMs":${last.firstWordMs - call.startedMs}`
  return `${line},"totalMs":${totalMs}`
}

function attemptOf({ failure, ...attempt }: AttemptRecord, log: Log): string {
  const target = `"target":${log.quoted(nameOf(attempt))}`
  if (!failure) return `{${target}}`
  return `{${target},"failure":"${failure.kind}","because":${log.quoted(shortened(failure.message))}}`
}

const attemptFields = (attempt: AttemptRecord) => ({
  target: nameOf(attempt),
  ...(attempt.failure && { failure: attempt.failure.kind, because: shortened(attempt.failure.message) }),
})

const nameOf = ({ target }: AttemptRecord): string => `${target.provider}/${target.model}`

function outcomeOf(failure: Failure | undefined, attempts: readonly AttemptRecord[]): string {
  if (!failure) return 'served'
  if (failure.kind === 'client-left') return 'cancelled'
  return attempts.at(-1)?.firstWordMs === undefined ? 'refused' : 'cut'
}

/** Upstreams like to quote the request in their refusals: a short piece says enough. */
const shortened = (message: string): string => (message.length > 240 ? `${message.slice(0, 240)} …` : message)

function statusOf({ client }: Call): number | undefined {
  return 'status' in client && typeof client.status === 'number' ? client.status : undefined
}

const agents: readonly (readonly [RegExp, string])[] = [
  [/^claude-cli\/0\./, 'qwen'], // Qwen Code calls itself so when it speaks Messages
  [/^claude-(?:cli|code)\//, 'claude'],
  [/^codex/, 'codex'],
  [/^QwenCode\//, 'qwen'],
  [/^opencode\//, 'opencode'],
  [/^pi\//, 'pi'],
  [/^GeminiCLI/, 'gemini-cli'],
]

const guesses = new Map<string, string>()
const guessLimit = 500

/** A guess from the user agent: for people, never for a decision (CONTRACT 89). */
export function agentOf(userAgent: string | readonly string[] | undefined): string {
  const text = typeof userAgent === 'string' ? userAgent : ''
  const known = guesses.get(text)
  if (known !== undefined) return known
  const guess = agents.find(([pattern]) => pattern.test(text))?.[1] ?? (text.split(/[\s/]/)[0] || 'unknown')
  if (guesses.size >= guessLimit) guesses.clear()
  guesses.set(text, guess)
  return guess
}

function detailsOf({ call, plan, lost, attempts }: CallRecord): LogFields {
  return {
    id: call.id,
    headers: call.headers,
    bodyBytes: call.body.length,
    asked: call.model,
    rule: plan?.rule,
    targets: plan?.targets.map(({ provider, model, dialect }) => `${provider}/${model} (${dialect})`),
    skipped: plan?.skipped,
    attempts: attempts.map((attempt) => ({
      ...attemptFields(attempt),
      atMs: attempt.startedMs - call.startedMs,
    })),
    lost,
  }
}

function summaryOf({ call, instead, attempts, lost, ending }: CallRecord, totalMs: number): string {
  const last = attempts.at(-1)
  const { input, cacheRead, cacheWrite, output } = ending.usage
  const route =
    last && last.target.dialect !== call.dialect.id
      ? `${call.dialect.id}→${last.target.dialect}`
      : call.dialect.id
  return [
    `${agentOf(call.headers['user-agent'])} ${route} ${call.model}${last ? ` ⇒ ${nameOf(last)}` : ''}`,
    `${statusOf(call) ?? '-'} ${outcomeOf(ending.failure, attempts)} ${totalMs} ms`,
    `${input + cacheRead + cacheWrite} in (${cacheRead} cached), ${output} out`,
    ...(attempts.length > 1 ? [`${attempts.length} attempts`] : []),
    ...(instead ? [`instead of ${instead.name}`] : []),
    ...(lost.length > 0 ? [`lost: ${lost.join(', ')}`] : []),
    ...(ending.failure ? [`${ending.failure.kind}: ${shortened(ending.failure.message)}`] : []),
  ].join(' · ')
}
