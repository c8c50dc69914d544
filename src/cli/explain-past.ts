/** `clutch explain REQUEST-ID`: what became of one request, as the ledger remembers it. */
import { existsSync } from 'node:fs'
import type { Settings } from '../config/settings.ts'
import type { LedgerAttempt, LedgerEntry, LedgerPlan } from '../store/ledger-entry.ts'
import { storyOf } from '../store/story.ts'
import { exitCodes, type Io } from './io.ts'

export function explainPast(id: string, { ledger }: Settings, json: boolean, io: Io): number {
  if (!ledger) return unavailable(io, 'no ledger is kept: "ledger" is false in the configuration')
  if (!existsSync(ledger.file)) return unavailable(io, `there is no ledger yet at ${ledger.file}`)
  try {
    const story = storyOf(ledger.file, id)
    if (!story) {
      const kept = `It keeps ${ledger.keepDays} days; a call stands there a second after it ended.`
      return unavailable(io, `the ledger has no request ${id}. ${kept}`)
    }
    io.out(json ? `${JSON.stringify(story, null, 2)}\n` : inWords(story))
    return exitCodes.ok
  } catch (error) {
    return unavailable(io, error instanceof Error ? error.message : String(error))
  }
}

function unavailable(io: Io, because: string): number {
  io.err(`clutch explain: ${because}\n`)
  return exitCodes.unavailable
}

function inWords(story: LedgerEntry): string {
  const { attempts, plan, lost } = story
  const lines = [
    `request     ${story.id}`,
    `asked       ${story.asked}  (${story.dialect}, ${story.stream ? 'streamed' : 'whole'})`,
    `when        ${new Date(story.startedMs).toISOString()}, ${spell(story.totalMs)}`,
    `by          ${whoAsked(story)}`,
    ...(story.rule === undefined ? [] : [`rule        ${story.rule}`]),
    '',
    ...(attempts.length > 0 ? ['tried:', ...attempts.flatMap(attemptLines(story))] : ['nothing was tried']),
    ...(story.instead === undefined ? [] : ['', `instead of  ${story.instead}`]),
    ...(plan ? planLines(plan, attempts.length) : []),
    '',
    `ended       ${howEnded(story)}`,
    `tokens      ${tokensIn(story)}`,
    `cost        ${costOf(story)}`,
    ...(lost.length > 0 ? [`lost        ${lost.join(', ')}`] : []),
  ]
  return `${lines.join('\n')}\n`
}

const whoAsked = ({ agent, session, subagent, project, profile }: LedgerEntry): string =>
  [
    agent,
    session !== undefined && `session ${session}`,
    subagent !== undefined && `subagent ${subagent}`,
    project !== undefined && `project ${project}`,
    `profile ${profile}`,
  ]
    .filter((word) => typeof word === 'string')
    .join(', ')

const attemptLines =
  ({ startedMs, attempts }: LedgerEntry) =>
  (attempt: LedgerAttempt, index: number): readonly string[] => [
    `${String(index + 1).padStart(2)}. ${attempt.provider}/${attempt.model}  (${attempt.dialect})`,
    `      after ${spell(attempt.startedMs - startedMs)}: ${verdictOf(attempt)}`,
    ...(attempts.length > 1 ? [`      ${useOf(attempt)}`] : []),
  ]

/** What nobody said is not taken for nothing. */
function useOf({ usage, cost }: LedgerAttempt): string {
  if (cost?.prices === 'none') return 'used nothing'
  if (!usage) return 'used nobody knows how much'
  const input = usage.input + usage.cacheRead + usage.cacheWrite
  return `used ${input} in, ${usage.output} out: ${cost ? dollars(cost.micros) : 'at an unknown price'}`
}

function verdictOf({ firstWordMs, failure, status }: LedgerAttempt): string {
  const words = firstWordMs === undefined ? '' : `first word ${spell(firstWordMs)} later`
  if (failure === undefined) return words === '' ? 'answered' : words
  const why = status === undefined ? failure : `${failure} (${status})`
  return words === '' ? why : `${words}, then ${why}`
}

function planLines({ targets, skipped, stays }: LedgerPlan, tried: number): readonly string[] {
  const order = stays ? `${targets.join(', ')} (the session stays with the first)` : targets.join(', ')
  return [
    '',
    `planned     ${order === '' ? 'nothing could be asked' : order}`,
    ...(tried === 0 && targets.length > 0
      ? ['            (closed or refused before the first request)']
      : []),
    ...(skipped.length > 0 ? ['passed over:'] : []),
    ...skipped.map(({ name, because }) => `  - ${name}: ${because}`),
  ]
}

function howEnded({ failure, status, firstWordMs, attempts }: LedgerEntry): string {
  const last = attempts.at(-1)
  const by = last && firstWordMs !== undefined ? ` by ${last.provider}/${last.model}` : ''
  const told = status === undefined ? '' : `, status ${status}`
  if (failure === undefined) return `answered${by}${told}`
  if (failure === 'client-left') return `the client left${told}`
  return firstWordMs === undefined ? `refused: ${failure}${told}` : `cut: ${failure}${by}${told}`
}

function tokensIn({ usage, savedTokens }: LedgerEntry): string {
  const { input, cacheRead, cacheWrite, output, thinking } = usage
  const parts = [
    `${input} input`,
    `${cacheRead} from the cache`,
    `${cacheWrite} into the cache`,
    thinking === undefined ? `${output} output` : `${output} output (${thinking} of it thought)`,
  ]
  return [...parts, ...(savedTokens > 0 ? [`${savedTokens} saved`] : [])].join(', ')
}

/** What is unknown is never shown as nothing. */
function costOf({ cost, attempts, unpricedAttempts }: LedgerEntry): string {
  if (!cost) return 'unknown'
  if (cost.prices === 'none') return 'nothing, nobody answered'
  const retries = attempts.slice(0, -1).reduce((sum, attempt) => sum + (attempt.cost?.micros ?? 0), 0)
  return [
    `${dollars(cost.micros)}  (prices: ${cost.prices})`,
    ...(retries > 0 ? [`${dollars(retries)} of it for attempts that nobody heard`] : []),
    ...(unpricedAttempts > 0
      ? [`and what ${unpricedAttempts} of ${attempts.length} attempts cost, which nobody knows`]
      : []),
  ].join(', ')
}

const dollars = (micros: number): string => `$${(micros / 1e6).toFixed(6)}`

const spell = (ms: number): string => (ms < 10_000 ? `${ms} ms` : `${(ms / 1000).toFixed(1)} s`)
