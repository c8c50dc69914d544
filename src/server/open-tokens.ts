/** Counting of tokens that learns from real usage: a few calls are counted again after they ended, off everybody's path. */
import type { Settings } from '../config/settings.ts'
import type { Conversation } from '../conversation/conversation.ts'
import type { Loss } from '../conversation/loss.ts'
import { TokenBook } from '../conversation/token-book.ts'
import { estimateTokens } from '../conversation/tokens.ts'
import { type CallRecord, isFailure } from '../gateway/call.ts'
import { sandbox } from '../providers/sandbox.ts'
import { modelName } from '../routing/target.ts'
import { StateFolder } from '../store/state-folder.ts'
import { parseJson } from '../wire/json.ts'
import type { Clock } from '../world/clock.ts'
import type { Log } from '../world/log.ts'
import { textOf } from '../world/text.ts'

export interface OpenTokens {
  /** A call is over; now and then one is learnt from. Costs next to nothing. */
  heard(record: CallRecord): void
  /** What to tell for an estimate, when it is for this `provider/model`. */
  readonly count: (model: string, estimated: number) => number
  /** Writes what was learnt, now. */
  save(): void
  /** The same, and nothing after that. */
  close(): void
}

const name = 'tokens'
/** Between two that are counted. */
const restMs = 1_000
/** Counting a larger one would be felt by other calls. */
const largestBytes = 512 * 1024

export function openTokens({ stateFolder: folder }: Settings, clock: Clock, log: Log): OpenTokens {
  const complain = (because: string): void => log.warn('state-not-saved', { folder, because })
  const state = folder === undefined ? undefined : new StateFolder({ folder, clock, complain })
  const book = TokenBook.from(state?.load(name))
  let nextMs = 0
  let isClosed = false
  const learn = (lesson: Lesson): void => {
    if (isClosed) return
    const estimated = estimateOf(lesson.record)
    if (estimated === undefined || !book.learn(lesson.model, estimated, lesson.reported)) return
    state?.save(name, () => book.snapshot())
  }
  return {
    heard: (record) => {
      const nowMs = clock.nowMs()
      const lesson = nowMs < nextMs ? undefined : lessonIn(record)
      if (!lesson) return
      nextMs = nowMs + restMs
      setImmediate(() => learn(lesson))
    },
    count: (model, estimated) => book.count(model, estimated),
    save: () => state?.flush(),
    close: () => {
      isClosed = true
      state?.close()
    },
  }
}

/** The upstream read less than the client said, or more than is in the body. */
const ofContent: ReadonlySet<Loss> = new Set([
  'thinking-proof',
  'thinking-text',
  'image',
  'document',
  'audio',
  'file-reference',
  'server-tool',
  'web-search',
  'search-results',
  'stored-response',
  'unknown-part',
])

/** Pictures and files cost what their maker thinks of; a ratio with them in it would say nothing of the text. */
const isAllText = ({ unsaid, turns }: Conversation): boolean =>
  !unsaid.some((loss) => ofContent.has(loss)) &&
  turns.every(({ parts }) =>
    parts.every(
      (part) =>
        part.type !== 'media' &&
        !(part.type === 'tool-result' && part.content.some(({ type }) => type === 'media')),
    ),
  )

interface Lesson {
  readonly model: string
  readonly reported: number
  readonly record: CallRecord
}

/** The sandbox plays its counts. */
function lessonIn(record: CallRecord): Lesson | undefined {
  const { call, attempts, lost, ending } = record
  const target = attempts.at(-1)?.target
  const { input, cacheRead, cacheWrite } = ending.usage
  const reported = input + cacheRead + cacheWrite
  if (!target || target.provider === sandbox.id || ending.failure || reported < 1) return undefined
  if (call.body.length > largestBytes || lost.some((loss) => ofContent.has(loss))) return undefined
  return { model: modelName(target), reported, record }
}

function estimateOf({ call: { dialect, body, fragile } }: CallRecord): number | undefined {
  try {
    const decoded = dialect.request.decode(parseJson(textOf(body), fragile))
    return isFailure(decoded) || !isAllText(decoded) ? undefined : estimateTokens(decoded)
  } catch {
    return undefined
  }
}
