/** Puts the stations of a call together; the only place that knows them all. */
import type { Settings } from '../config/settings.ts'
import type { DialectId } from '../conversation/conversation.ts'
import type { Failure } from '../conversation/failure.ts'
import { noUsage } from '../conversation/reply.ts'
import type { Dialect } from '../dialects/dialect.ts'
import { Affinity } from '../routing/affinity.ts'
import { HealthBook } from '../routing/health.ts'
import type { DialectChoice } from '../routing/plan.ts'
import { healthRules } from '../routing/quotas.ts'
import type { Send } from '../wire/exchange.ts'
import type { Clock } from '../world/clock.ts'
import { withAccount } from './account.ts'
import { Attempt } from './attempt.ts'
import type { Call, CallRecord } from './call.ts'
import { CallReader } from './call-reader.ts'
import { chooseLane } from './choose-lane.ts'
import { explainNoTarget } from './explain-no-target.ts'
import { handle } from './handle.ts'
import { withoutThoughts } from './heal.ts'
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
}

export function createGateway(parts: GatewayParts): Gateway {
  const vault = new Vault()
  const stations = createStations(parts, vault)
  return {
    async handle(call) {
      try {
        await handle(call, new CallReader(call, vault), stations)
      } catch (error) {
        const failure = crash(error)
        answerCrash(call, failure)
        stations.settle({ call, attempts: [], lost: [], ending: { usage: noUsage, failure } })
      }
    },
    get open() {
      return stations.heartbeat.size
    },
  }
}

function createStations(parts: GatewayParts, vault: Vault): Stations {
  const { settings, clock, random, dialects } = parts
  const { limits, timeouts } = settings
  const loops = new LoopBreaker()
  const health = parts.health ?? new HealthBook(healthRules(settings))
  const affinity = new Affinity()
  const witness = new Witness(health, affinity, clock)
  const settled = new WeakSet<Call>()
  return {
    settings,
    clock,
    random,
    heartbeat: new Heartbeat(clock),
    plan: (call, reader) => planFor(call, reader, clock.nowMs(), { ...parts, health, affinity }),
    witness,
    memory: new TurnMemory(),
    explain: (call, plan) => explainNoTarget(call, plan, settings, clock.nowMs()),
    shape: (call, reader, target) => {
      const configured = settings.providers[target.provider]
      if (!configured) return { kind: 'no-route', message: `${target.provider} is not configured` }
      const keyed = withAccount(configured, target)
      return shapeRequest(call, reader, target, keyed, dialects, limits, settings.nativeFallbacks)
    },
    attempt: (call, reader, target, shaped) =>
      new Attempt({
        target,
        shaped,
        send: parts.send(target.provider),
        clock,
        headTimeoutMs: timeouts.headMs,
        idleTimeoutMs: timeouts.idleMs,
        holdThinkingMs: timeouts.holdThinkingMs,
        closingGraceMs: timeouts.closingGraceMs,
        heard: (headers) => witness.headers(target, headers),
        lane: (headers) =>
          chooseLane(
            {
              call,
              reader,
              shaped,
              upstreamModel: target.model,
              bounds: limits,
              vault,
              maxReplyBytes: limits.maxReplyBytes,
            },
            headers,
          ),
      }),
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

/** A mistake of ours must not leave a client waiting. */
function answerCrash(call: Call, failure: Failure): void {
  const { status, headers, body } = call.dialect.failure.encode(failure, `req_${call.id}`)
  if (call.client.gone) return
  call.client.head(status, { 'content-type': 'application/json', 'request-id': `req_${call.id}`, ...headers })
  call.client.end(body)
}
const crash = (error: unknown): Failure => ({
  kind: 'internal',
  message: `Clutch failed: ${error instanceof Error ? error.message : String(error)}`,
})
