/** Limits, timeouts and log settings: where each may be said, and what it is when nobody says it. */
import { nearest } from './nearest.ts'
import type { Limits, LogSettings, Timeouts } from './settings.ts'
import { byDefault, type Found, type Sources } from './sources.ts'

const mebibyte = 1024 * 1024
const megabyte = 1_000_000

export function resolveLimits(sources: Sources): Limits {
  const file = sources.file.value.limits ?? {}
  const said = (key: keyof typeof file) => sources.inFile(file[key], ['limits', key])
  const keep = (name: keyof Limits, found: Found<number>) => kept(sources, `limits.${name}`, found)
  const least = wholeNumber(sources, 'MIN_TOKENS_LIMIT', 1) ?? said('min_output_tokens')
  const most = wholeNumber(sources, 'MAX_TOKENS_LIMIT', 1) ?? said('max_output_tokens')
  if (least && most && least.value > most.value) {
    sources.refuse(least, `${least.value} is more than the upper limit, ${most.value} (${most.source})`)
  }
  return {
    maxBodyBytes: keep('maxBodyBytes', said('max_body_bytes') ?? byDefault(32 * mebibyte)),
    maxReplyBytes: keep('maxReplyBytes', said('max_reply_bytes') ?? byDefault(64 * mebibyte)),
    ...(least && { minOutputTokens: keep('minOutputTokens', least) }),
    ...(most && { maxOutputTokens: keep('maxOutputTokens', most) }),
    maxAttempts: keep('maxAttempts', said('max_attempts') ?? byDefault(6)),
    maxWaitMs: keep('maxWaitMs', said('max_wait_ms') ?? byDefault(30_000)),
    maxRetriesSameTarget: keep(
      'maxRetriesSameTarget',
      wholeNumber(sources, 'MAX_RETRIES', 0) ?? said('max_retries') ?? byDefault(2),
    ),
  }
}

export function resolveTimeouts(sources: Sources): Timeouts {
  const file = sources.file.value.timeouts ?? {}
  const said = (key: keyof typeof file) => sources.inFile(file[key], ['timeouts', key])
  const keep = (name: keyof Timeouts, found: Found<number>) => kept(sources, `timeouts.${name}`, found)
  return {
    headMs: keep('headMs', seconds(sources, 'REQUEST_TIMEOUT') ?? said('head_ms') ?? byDefault(300_000)),
    idleMs: keep('idleMs', said('idle_ms') ?? byDefault(300_000)),
    pingMs: keep('pingMs', said('ping_ms') ?? byDefault(10_000)),
    holdThinkingMs: keep('holdThinkingMs', said('hold_thinking_ms') ?? byDefault(1_500)),
    closingGraceMs: keep('closingGraceMs', said('closing_grace_ms') ?? byDefault(10_000)),
    clientRequestMs: keep('clientRequestMs', said('client_request_ms') ?? byDefault(60_000)),
  }
}

/** `stateFolder` is where `logs/` lies unless the file names another place; `null` there means stderr only. */
export function resolveLog(sources: Sources, stateFolder: string): LogSettings {
  const file = sources.file.value.log ?? {}
  const folder = sources.inFile(file.folder, ['log', 'folder']) ?? byDefault(`${stateFolder}/logs`)
  const place = kept(sources, 'log.folder', folder)
  return {
    level: kept(
      sources,
      'log.level',
      logLevel(sources) ?? sources.inFile(file.level, ['log', 'level']) ?? byDefault('info' as const),
    ),
    ...(place !== null && { folder: place }),
    keepDays: kept(
      sources,
      'log.keepDays',
      sources.inFile(file.keep_days, ['log', 'keep_days']) ?? byDefault(3),
    ),
    maxFileBytes: kept(
      sources,
      'log.maxFileBytes',
      sources.inFile(file.max_file_bytes, ['log', 'max_file_bytes']) ?? byDefault(10 * megabyte),
    ),
  }
}

const levels: Readonly<Record<string, LogSettings['level']>> = {
  debug: 'debug',
  trace: 'debug',
  info: 'info',
  warn: 'warn',
  warning: 'warn',
  error: 'error',
  critical: 'error',
  fatal: 'error',
}

/** Any case; only the first word counts, so that `INFO  # or DEBUG` means INFO. */
function logLevel(sources: Sources): Found<LogSettings['level']> | undefined {
  const said = sources.flag('log-level') ?? sources.variable('LOG_LEVEL')
  if (!said) return undefined
  const word = firstWord(said.value).toLowerCase()
  const level = levels[word]
  if (level) return { ...said, value: level }
  sources.refuse(
    said,
    `expected debug, info, warn or error, found ${JSON.stringify(said.value)}`,
    nearest(word, Object.keys(levels)),
  )
  return undefined
}

function wholeNumber(
  sources: Sources,
  variable: string,
  least: number,
  most = Number.MAX_SAFE_INTEGER,
): Found<number> | undefined {
  const said = sources.variable(variable)
  return said && asWholeNumber(sources, said, least, most)
}

export function asWholeNumber(
  sources: Sources,
  said: Found,
  least: number,
  most = Number.MAX_SAFE_INTEGER,
): Found<number> | undefined {
  const word = firstWord(said.value)
  const value = Number(word)
  if (/^\d+$/.test(word) && value >= least && value <= most) return { ...said, value }
  const range = most === Number.MAX_SAFE_INTEGER ? `from ${least}` : `from ${least} to ${most}`
  sources.refuse(said, `expected a whole number ${range}, found ${JSON.stringify(said.value)}`)
  return undefined
}

/** Said in seconds, kept in milliseconds. */
function seconds(sources: Sources, variable: string): Found<number> | undefined {
  const said = sources.variable(variable)
  if (!said) return undefined
  const value = Number(firstWord(said.value))
  if (Number.isFinite(value) && value > 0) return { ...said, value: Math.round(value * 1000) }
  sources.refuse(said, `expected a number of seconds above 0, found ${JSON.stringify(said.value)}`)
  return undefined
}

const firstWord = (text: string): string => text.trim().split(/[\s#]/)[0] ?? ''

/** Notes where the value came from and returns it. */
export function kept<T>(sources: Sources, path: string, found: Found<T>): T {
  sources.note(path, found.source)
  return found.value
}
