/** What must be true of every cell of the matrix, however it was played. */
import { readFileSync } from 'node:fs'
import { expect } from 'vitest'
import type { DialectId } from '../../src/conversation/conversation.ts'
import { digest } from './digest.ts'
import { faultsOf, type HeardCall, hear, spelled } from './heard.ts'
import { type Asked, arrived, askedModel, bodyOf, type Cell, lostOf, type Outcome } from './stage.ts'
import { isCall, sayable, type Told, upstreamModel, usual } from './told.ts'
import { wholeFaults } from './whole-faults.ts'

type Losses = Readonly<
  Record<string, Partial<Record<DialectId, Partial<Record<DialectId, readonly string[]>>>>>
>

export const expectedLost: Losses = JSON.parse(
  readFileSync(new URL('./expected-lost.json', import.meta.url), 'utf8'),
)

/** The reason a client can be told: only Messages knows why a text stopped short. */
function stopIn(client: DialectId, told: Told): string {
  if (told.stop === 'stop-sequence' && client !== 'anthropic') return 'done'
  return told.stop
}

function callsIn({ scenario, from, to }: Cell): readonly Omit<HeardCall, 'id'>[] {
  if (scenario.calls && from !== to) return scenario.calls
  const parts = scenario.told.unfinished ? scenario.told.parts.slice(0, -1) : scenario.told.parts
  return parts.filter(isCall).map(({ call, args, namespace, freeform }) => ({
    name: call,
    ...(namespace !== undefined && { namespace }),
    args: freeform ? args : spelled(args),
  }))
}

const textOf = ({ parts }: Told): string => parts.map((part) => ('text' in part ? part.text : '')).join('')
const thinkingOf = ({ parts }: Told): string =>
  parts.map((part) => ('thinking' in part ? part.thinking : '')).join('')

/** An upstream of the client's own dialect gets the client's bytes; any other is asked the same in its own words. */
function checkArrival({ scenario, from, to, streamed }: Cell, upstream: Asked): void {
  if (from === to) {
    const own = JSON.stringify(bodyOf(from, scenario.asks[from] ?? {}, streamed))
    expect(upstream.bodyText).toBe(own.replace(`"model":"${askedModel}"`, `"model":"${upstreamModel}"`))
    return
  }
  const { arrives, arrivesAs, arrivesFrom } = scenario
  const lines = digest(arrived(upstream, to))
  const lost = missing(lines, arrivesFrom?.[from] ?? arrivesAs?.[to] ?? arrives)
  expect(lost, `not in what arrived:\n${lines.join('\n')}`).toBeUndefined()
}

/** The first expected line that does not stand, in order, in what arrived. */
function missing(lines: readonly string[], wanted: readonly string[]): string | undefined {
  let at = 0
  return wanted.find((line) => {
    const found = lines.findIndex((real, index) => index >= at && real.startsWith(line))
    at = found + 1
    return found < 0
  })
}

export function judgeCell(cell: Cell, { client, upstream }: Outcome): void {
  const { scenario, from, to, streamed } = cell
  checkArrival(cell, upstream)
  expect(client.status, client.text).toBe(200)
  expect(client.ended).toBe(true)
  const text = client.text.replaceAll('\r\n', '\n')
  expect(streamed ? faultsOf[from](text) : wholeFaults(from, text), text).toEqual([])
  const told = sayable(scenario.told, to)
  const heard = hear(from, text, streamed)
  expect(heard.text).toBe(textOf(told))
  expect(heard.thinking).toBe(thinkingOf(told))
  expect(heard.calls.map(({ id: _, ...call }) => call)).toEqual(callsIn(cell))
  expect(heard.calls.every(({ id }) => id !== '')).toBe(true)
  expect(new Set(heard.calls.map(({ id }) => id)).size).toBe(heard.calls.length)
  expect(heard.stop).toBe(stopIn(from, told))
  expect(heard.sources).toEqual(scenario.sources ?? [])
  expect(heard.models).toEqual([askedModel])
  const usage = told.usage ?? usual
  expect(heard.usage).toEqual({
    prompt: usage.input + usage.cacheRead + usage.cacheWrite,
    cached: usage.cacheRead,
    output: usage.output,
  })
  expect(lostOf(client)).toEqual(expectedLost[scenario.name]?.[from]?.[to] ?? [])
}
