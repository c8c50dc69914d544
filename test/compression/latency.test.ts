/** What the slot costs a request: CPU, not the clock on the wall, so that a busy machine does not count. */
import { expect, it } from 'vitest'
import { dialects } from '../../src/dialects/index.ts'
import { filters } from '../../src/filters/index.ts'
import type { Call } from '../../src/gateway/call.ts'
import { CallReader } from '../../src/gateway/call-reader.ts'
import { Vault } from '../../src/gateway/vault.ts'
import { RememberingClient } from '../gateway/rig.ts'
import { Words } from './session-steps.ts'
import { quiet, shelter } from './shelter.ts'
import { type Round, talk } from './talk.ts'

const plan = { asked: 'm', rule: 'test', targets: [], skipped: [] }

function callOf(body: Uint8Array): Call {
  return {
    id: 'latency',
    dialect: dialects.anthropic,
    client: new RememberingClient(),
    profile: { name: 'default', roles: {} },
    headers: { 'x-session-id': 's1' },
    query: '',
    startedMs: 0,
    body,
    model: 'm',
    stream: true,
  }
}

const cpuMs = (): number => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0

/** A conversation that grows to half a megabyte, and what each of its latest requests cost. */
function costsOf(level: 'balanced' | 'aggressive'): readonly number[] {
  const { compressor } = shelter({ filters: [quiet, ...filters], settings: { level } })
  const rounds: Round[] = []
  const costs: number[] = []
  for (let at = 0; at < 44; at++) {
    rounds.push([at % 2 === 0 ? 'chatter' : `make part-${at}`, new Words(at).noise(12_000)])
    const call = callOf(Buffer.from(JSON.stringify(talk('anthropic', rounds))))
    const reader = new CallReader(call, new Vault())
    const startMs = cpuMs()
    compressor.compress(call, reader, plan)
    if (at >= 24) costs.push(cpuMs() - startMs)
  }
  return costs
}

it('adds at most 10 ms to a request of half a megabyte', () => {
  expect(median(costsOf('balanced'))).toBeLessThan(10)
  expect(median(costsOf('aggressive'))).toBeLessThan(10)
})

it('costs a request without anything new next to nothing', () => {
  const { compressor } = shelter({ filters })
  const body = Buffer.from(JSON.stringify(talk('anthropic', [['make it', new Words(1).text(18_000)]])))
  const pass = (): void =>
    void compressor.compress(callOf(Buffer.from(body)), new CallReader(callOf(body), new Vault()), plan)
  for (let warm = 0; warm < 300; warm++) pass()
  const costs = Array.from({ length: 9 }, () => {
    const startMs = cpuMs()
    for (let turn = 0; turn < 100; turn++) pass()
    return ((cpuMs() - startMs) / 100) * 1000
  })
  expect(median(costs), 'µs').toBeLessThan(100)
})
