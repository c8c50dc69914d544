/** Puts the stations of a call together; the only place that knows them all. */
import type { Settings } from '../config/settings.ts'
import type { DialectId } from '../conversation/conversation.ts'
import type { Failure } from '../conversation/failure.ts'
import { noUsage } from '../conversation/reply.ts'
import type { Dialect } from '../dialects/dialect.ts'
import { type Admission, welcome } from '../policy/admission.ts'
import type { SessionProfile } from '../policy/session-profiles.ts'
import { Affinity } from '../routing/affinity.ts'
import { HealthBook } from '../routing/health.ts'
import type { HeardLimitsBook } from '../routing/heard-limits.ts'
import { type DialectChoice, locator } from '../routing/plan.ts'
import { healthRules } from '../routing/quotas.ts'
import type { Send } from '../wire/exchange.ts'
import type { Clock } from '../world/clock.ts'
import { withAccount } from './account.ts'
import { Attempt, type AttemptRules } from './attempt.ts'
import { type Call, type CallRecord, isFailure } from './call.ts'
import { CallReader } from './call-reader.ts'
import { chooseLane, mendedTools } from './choose-lane.ts'
import { detoured } from './detour.ts'
import { explainNoTarget } from './explain-no-target.ts'
import { handle } from './handle.ts'
import { isHealable, withoutThoughts } from './heal.ts'
import { addHop, mayLeadBack } from './hop.ts'
import { LoopBreaker } from './loop-breaker.ts'
import { Heartbeat } from './patience.ts'
import { planFor } from './planning.ts'
import { shapeRequest } from './shape.ts'
import type { Stations } from './stations.ts'
import { TurnMemory } from './turn-memory.ts'
import { Vault } from './vault.ts'
import { Witness } from './witness.ts'

export interface Gateway {
  /** Runs a call to its end and answers through its client. Never rejects. */
  handle(call: Call): Promise<void>
  /** Calls that have not ended yet. */
  readonly open: number
  /** New calls go by these settings; those that run keep theirs. */
  adopt(settings: Settings): void
}

export interface GatewayParts {
  readonly settings: Settings
  readonly dialects: Readonly<Record<DialectId, Dialect>>
  /** The carrier for a provider: the network, or the sandbox in this process. */
  readonly send: (provider: string) => Send
  readonly chooseDialect: DialectChoice
  readonly clock: Clock
  /** In [0, 1). */
  readonly random: () => number
  readonly settle: (record: CallRecord) => void
  /** What is known of the targets' health; absent: nothing yet. */
  readonly health?: HealthBook
  /** Absent: tool results are left alone. */
  readonly compress?: Stations['compress']
  /** The profile that the call's session was put on. */
  readonly placeOf?: (call: Call, reader: CallReader) => SessionProfile | undefined
  /** Where sessions have their warm caches; absent: nowhere yet. */
  readonly affinity?: Affinity
  /** Where it is kept what providers say of their limits. */
  readonly heardLimits?: HeardLimitsBook
  /** Absent: everybody is welcome. */
  readonly admit?: (call: Call) => Admission
  /** Names behind every cascade. */
  readonly lastResort?: () => readonly string[]
  readonly localWindow?: (provider: string, model: string) => number | undefined
  /** The name by which this process knows its own requests. */
  readonly hop?: string
}

/** What outlives a change of the settings. */
interface Memory {
  readonly vault: Vault
  readonly loops: LoopBreaker
  readonly health: HealthBook
  readonly affinity: Affinity
  readonly heartbeat: Heartbeat
  readonly turns: TurnMemory
}

export function createGateway(parts: GatewayParts): Gateway {
  const memory: Memory = {
    vault: new Vault(),
    loops: new LoopBreaker(),
    health: parts.health ?? new HealthBook(healthRules(parts.settings)),
    affinity: parts.affinity ?? new Affinity(),
    heartbeat: new Heartbeat(parts.clock),
    turns: new TurnMemory(),
  }
  let stations = createStations(parts, memory)
  return {
    async handle(call) {
      const at = stations
      try {
        const reader = new CallReader(call, memory.vault)
        const place = parts.placeOf?.(call, reader)
        await handle(place ? detoured(call, place, at.settings) : call, reader, at)
      } catch (error) {
        const failure = crash(error)
        answerCrash(call, failure)
        at.settle({ call, attempts: [], lost: [], ending: { usage: noUsage, failure } })
      }
    },
    get open() {
      return memory.heartbeat.size
    },
    adopt(settings) {
      memory.health.obey(healthRules(settings))
      stations = createStations({ ...parts, settings }, memory)
    },
  }
}

function createStations(parts: GatewayParts, memory: Memory): Stations {
  const { settings, clock, random, dialects } = parts
  const { limits } = settings
  const { vault, loops, health, affinity, heartbeat, turns } = memory
  const planning = { ...parts, health, affinity, locate: locator(settings, parts.chooseDialect) }
  const witness = new Witness(health, affinity, clock, parts.heardLimits)
  const settled = new WeakSet<Call>()
  return {
    settings,
    clock,
    random,
    heartbeat,
    admit: parts.admit ?? (() => welcome),
    plan: (call, reader, admission) => planFor(call, reader, clock.nowMs(), planning, admission),
    compress: parts.compress ?? (() => undefined),
    witness,
    memory: turns,
    explain: (call, plan, admission) => explainNoTarget(call, plan, settings, clock.nowMs(), admission),
    shape: (call, reader, target) => {
      const configured = settings.providers[target.provider]
      if (!configured) return { kind: 'no-route', message: `${target.provider} is not configured` }
      const keyed = withAccount(configured, target)
      const shaped = shapeRequest(call, reader, target, keyed, dialects, limits, settings.nativeFallbacks)
      if (!isFailure(shaped) && parts.hop !== undefined && mayLeadBack(configured))
        addHop(shaped.headers, call.headers, parts.hop)
      return shaped
    },
    attempt: attempts(parts, vault, witness),
    isHealable,
    heal: withoutThoughts,
    finalWord: (call, failure) => loops.word(call, failure),
    settle: (record) => {
      if (settled.has(record.call)) return
      settled.add(record.call)
      if (!record.ending.failure) loops.forget(record.call)
      parts.settle(record)
    },
  }
}

/** One call to one target, by the settings' patience. */
function attempts(
  { settings, clock, send }: GatewayParts,
  vault: Vault,
  witness: Witness,
): Stations['attempt'] {
  const { limits, timeouts } = settings
  const rules: AttemptRules = {
    clock,
    headTimeoutMs: timeouts.headMs,
    idleTimeoutMs: timeouts.idleMs,
    holdThinkingMs: timeouts.holdThinkingMs,
    closingGraceMs: timeouts.closingGraceMs,
  }
  const { maxReplyBytes } = limits
  return (call, reader, target, shaped) => {
    const { dialect, passes, quirks, names } = shaped
    const manner = { dialect, passes, quirks, names, mended: mendedTools(shaped, reader, limits) }
    const parts = { call, reader, manner, upstreamModel: target.model, bounds: limits, vault, maxReplyBytes }
    const attempt = new Attempt({
      target,
      manner,
      rules,
      onHead: {
        heard: (headers) => witness.headers(target, headers),
        lane: (headers) => chooseLane(parts, headers),
      },
    })
    return attempt.start(send(target.provider), shaped)
  }
}

/** What exhausts the stack is the client's own nesting: to ask for it again cannot help. */
const crash = (error: unknown): Failure =>
  error instanceof RangeError && /call stack/i.test(error.message)
    ? { kind: 'bad-request', message: `the request cannot be read: ${error.message}` }
    : {
        kind: 'internal',
        message: `Clutch failed: ${error instanceof Error ? error.message : String(error)}`,
      }

/** A mistake of ours must not leave a client waiting. */
function answerCrash(call: Call, failure: Failure): void {
  const { status, headers, body } = call.dialect.failure.encode(failure, `req_${call.id}`)
  if (call.client.gone) return
  call.client.head(status, { 'content-type': 'application/json', 'request-id': `req_${call.id}`, ...headers })
  call.client.end(body)
}
