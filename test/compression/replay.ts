/** Plays a session's steps against a provider with a cache, as one agent would: directly, or through a compressor. */
import type { CacheNote } from '../../src/compression/cache-note.ts'
import type { DialectId } from '../../src/conversation/conversation.ts'
import { noUsage } from '../../src/conversation/reply.ts'
import { dialects } from '../../src/dialects/index.ts'
import type { Call } from '../../src/gateway/call.ts'
import { CallReader } from '../../src/gateway/call-reader.ts'
import type { Stations } from '../../src/gateway/stations.ts'
import { Vault } from '../../src/gateway/vault.ts'
import type { Json } from '../../src/wire/json.ts'
import { skim } from '../../src/wire/skim.ts'
import { RememberingClient, VirtualClock } from '../gateway/rig.ts'
import { type Charged, costOf, PrefixCache } from './prefix-cache.ts'
import type { Step } from './session-steps.ts'
import { type Message, requestIn } from './written.ts'

export interface ReplayOptions {
  /** The compressor in front of the provider, made anew at every restart; absent: none. */
  readonly compressor?: (clock: VirtualClock) => Stations['compress']
  /** Where several are played together. */
  readonly clock?: VirtualClock
  /** Whether the provider drops its cache where the recorded one did. */
  readonly evicts?: boolean
  readonly session?: string
  /** Of the agent and of the provider; the double of a provider with a cache speaks the first only. */
  readonly dialect?: DialectId
  readonly headers?: Readonly<Record<string, string>>
  /** Told of every request as it goes out. */
  readonly sent?: (sent: Sent) => void
}

export interface Sent {
  readonly body: string
  /** As the agent wrote it. */
  readonly raw: string
  readonly note: CacheNote | undefined
}

export interface Bill {
  readonly cost: number
  readonly cacheWrite: number
  readonly cacheRead: number
  readonly turns: number
  readonly notes: readonly CacheNote[]
}

export function replay(steps: readonly Step[], options: ReplayOptions = {}): Bill {
  const playing = play(steps, options)
  for (;;) {
    const { done, value } = playing.next()
    if (done) return value
  }
}

/** Stops after every request, so that two can be played in turns. */
export function* play(steps: readonly Step[], options: ReplayOptions = {}): Generator<void, Bill> {
  const clock = options.clock ?? new VirtualClock()
  const beginsMs = clock.nowMs()
  const dialect = options.dialect ?? 'anthropic'
  const target = { provider: 'alpha', model: 'm1', dialect }
  const plan = { asked: 'm1', rule: 'test', targets: [target], skipped: [] }
  const provider = new PrefixCache()
  const charges: Charged[] = []
  const notes: CacheNote[] = []
  let compress = options.compressor?.(clock)
  let messages: Message[] = []
  let thinking = 'off'
  let tools = 8
  let session = options.session ?? 'replayed'
  const ask = (said: readonly Message[], outputTokens = 0, endsMs = clock.nowMs()): void => {
    const raw = requestIn(dialect, { messages: said, thinking, tools })
    const call = callOf(dialect, raw, { ...options.headers, 'x-session-id': session }, clock.nowMs())
    const reader = new CallReader(call, new Vault())
    const turn = compress?.(call, reader, plan)
    const body = Buffer.from(reader.body).toString('utf8')
    const charged =
      dialect === 'anthropic' ? provider.ask(body, clock.nowMs(), outputTokens) : { ...noUsage, longWrite: 0 }
    charges.push(charged)
    clock.set(Math.max(clock.nowMs(), endsMs))
    const note = turn?.note(target, charged)
    if (note) notes.push(note)
    options.sent?.({ body, raw, note })
  }
  for (const [index, step] of steps.entries()) {
    switch (step.kind) {
      case 'user':
        messages = said(messages, 'user', [{ type: 'text', text: step.text }], index)
        break
      case 'result':
        messages = said(messages, 'user', [resultBlock(step)], index)
        break
      case 'thinking':
        thinking = step.level
        break
      case 'tools':
        tools = step.count
        break
      case 'restart':
        compress = options.compressor?.(clock)
        break
      case 'resume':
        session = `${session}+`
        break
      case 'retry':
        ask(messages)
        break
      case 'side':
        ask([{ role: 'user', content: [{ type: 'text', text: `a title for step ${index}` }], step: index }])
        break
      case 'compaction':
        messages = compacted(messages, step.summary, step.keepFrom, index)
        break
      case 'turn': {
        clock.set(Math.max(clock.nowMs(), beginsMs + step.askedMs))
        if (options.evicts && step.isEvicted) provider.evict()
        ask(messages, step.outputTokens, beginsMs + Math.max(step.askedMs, step.endedMs))
        const blocks = assistantBlocks(step)
        if (blocks.length > 0) messages = said(messages, 'assistant', blocks, index)
        yield
      }
    }
  }
  const sum = (of: (charged: Charged) => number): number =>
    charges.reduce((total, each) => total + of(each), 0)
  return {
    cost: sum(costOf),
    cacheWrite: sum(({ cacheWrite }) => cacheWrite),
    cacheRead: sum(({ cacheRead }) => cacheRead),
    turns: charges.length,
    notes,
  }
}

/** What follows from the same side goes into the same message, as agents do it. */
function said(messages: Message[], role: Message['role'], content: readonly Json[], step: number): Message[] {
  const last = messages.at(-1)
  if (last?.role !== role) return [...messages, { role, content, step }]
  return [...messages.slice(0, -1), { ...last, content: [...last.content, ...content] }]
}

const resultBlock = ({ callId, text, failed }: Extract<Step, { kind: 'result' }>): Json => ({
  type: 'tool_result',
  tool_use_id: callId,
  content: [{ type: 'text', text }],
  ...(failed && { is_error: true }),
})

const assistantBlocks = ({ text, thinking, calls }: Extract<Step, { kind: 'turn' }>): Json[] => [
  ...(thinking === '' ? [] : [{ type: 'thinking', thinking, signature: 'c2ln' }]),
  ...(text === '' ? [] : [{ type: 'text', text }]),
  ...calls.map(({ id, tool, input }) => ({ type: 'tool_use', id, name: tool, input })),
]

function compacted(messages: Message[], summary: string, keepFrom: number, step: number): Message[] {
  const kept = messages.filter((message) => message.step >= keepFrom)
  const from = kept.findIndex(({ role }) => role === 'assistant')
  return [
    { role: 'user', content: [{ type: 'text', text: summary }], step },
    ...kept.slice(Math.max(0, from)),
  ]
}

function callOf(
  dialect: DialectId,
  raw: string,
  headers: Readonly<Record<string, string>>,
  startedMs: number,
): Call {
  const body = Buffer.from(raw)
  const skimmed = skim(body, ['model'])
  const modelSpan = skimmed.kind === 'object' ? skimmed.fields.get('model') : undefined
  return {
    id: 'replay',
    dialect: dialects[dialect],
    client: new RememberingClient(),
    profile: { name: 'default', roles: {} },
    headers: { 'user-agent': 'pi/1', ...headers },
    query: '',
    startedMs,
    body,
    model: 'm1',
    ...(modelSpan && { modelSpan }),
    stream: true,
  }
}
