/** Puts a running gateway together from its settings: log, network, sandbox, gateway, edge. */
import type { Settings } from '../config/settings.ts'
import { dialects } from '../dialects/index.ts'
import { createGateway } from '../gateway/gateway.ts'
import type { Fixture } from '../sandbox/fixtures.ts'
import { createSandbox } from '../sandbox/sandbox.ts'
import { realClock } from '../world/clock.ts'
import { newId } from '../world/ids.ts'
import type { Log } from '../world/log.ts'
import { createNetwork } from '../world/network.ts'
import { logCall } from './call-log.ts'
import { chooseDialect } from './choose-dialect.ts'
import { type Edge, openEdge } from './edge.ts'
import { openHealth } from './open-health.ts'
import { openLedger } from './open-ledger.ts'

const connectTimeoutMs = 10_000

/** Rejects with PortError when a listener cannot be opened; nothing is left open then. */
export async function startGateway(
  settings: Settings,
  fixtures: readonly Fixture[],
  log: Log,
): Promise<Pick<Edge, 'listeners' | 'close'>> {
  const clock = realClock
  const network = createNetwork({ connectTimeoutMs })
  const sandbox = createSandbox({ clock, dialects, fixtures })
  const ledger = openLedger(settings, clock, log)
  const health = openHealth(settings, clock, log)
  const gateway = createGateway({
    settings,
    dialects,
    send: (provider) => {
      health.changed()
      return provider === 'sandbox' ? sandbox : network.send
    },
    chooseDialect,
    clock,
    random: Math.random,
    health: health.book,
    settle: (record) => {
      const nowMs = clock.nowMs()
      logCall(log, record, nowMs)
      ledger.record(record, nowMs)
      health.changed()
    },
  })
  const edge = await openEdge({ settings, dialects, gateway, log, clock, newId })
  return {
    listeners: edge.listeners,
    close: async (graceMs) => {
      await edge.close(graceMs)
      await network.close()
      ledger.close()
      health.close()
      await log.flush()
    },
  }
}
