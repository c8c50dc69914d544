/** One line per call: who asked for what, where it went, how it ended. Never what was said. */
import type { Failure } from '../conversation/failure.ts'
import type { AttemptRecord, Call, CallRecord } from '../gateway/call.ts'
import type { Log, LogFields, LogLevel } from '../world/log.ts'

export function logCall(log: Log, record: CallRecord, nowMs: number): void {
  const level = levelOf(record)
  if (log.shows('debug')) log.debug('call-details', detailsOf(record))
  if (!log.shows(level)) return
  const fields = fieldsOf(record, nowMs)
  log.write(level, 'call', fields, () => summaryOf(record, fields))
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

/** Fields that are undefined are not written. */
function fieldsOf({ call, plan, instead, attempts, lost, ending }: CallRecord, nowMs: number): LogFields {
  const last = attempts.at(-1)
  const { usage, reason, failure } = ending
  return {
    id: call.id,
    agent: agentOf(call.headers['user-agent']),
    outcome: outcomeOf(failure, attempts),
    status: statusOf(call),
    dialect: call.dialect.id,
    asked: call.model,
    target: last && nameOf(last),
    targetDialect: last?.target.dialect,
    profile: call.profile.name === 'default' ? undefined : call.profile.name,
    stream: call.stream,
    rule: plan?.rule,
    instead: instead && shortened(`${instead.name}: ${instead.because}`),
    attempts: attempts.length > 1 ? attempts.map(attemptFields) : undefined,
    failure: failure?.kind,
    because: failure && shortened(failure.message),
    lost: lost.length > 0 ? lost : undefined,
    usage,
    reason,
    firstWordMs: last?.firstWordMs === undefined ? undefined : last.firstWordMs - call.startedMs,
    totalMs: nowMs - call.startedMs,
  }
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

function summaryOf(
  { call, instead, attempts, lost, ending }: CallRecord,
  { outcome, agent, totalMs, status }: LogFields,
): string {
  const last = attempts.at(-1)
  const { input, cacheRead, cacheWrite, output } = ending.usage
  const route =
    last && last.target.dialect !== call.dialect.id
      ? `${call.dialect.id}→${last.target.dialect}`
      : call.dialect.id
  return [
    `${agent} ${route} ${call.model}${last ? ` ⇒ ${nameOf(last)}` : ''}`,
    `${status ?? '-'} ${outcome} ${Number(totalMs)} ms`,
    `${input + cacheRead + cacheWrite} in (${cacheRead} cached), ${output} out`,
    ...(attempts.length > 1 ? [`${attempts.length} attempts`] : []),
    ...(instead ? [`instead of ${instead.name}`] : []),
    ...(lost.length > 0 ? [`lost: ${lost.join(', ')}`] : []),
    ...(ending.failure ? [`${ending.failure.kind}: ${shortened(ending.failure.message)}`] : []),
  ].join(' · ')
}
