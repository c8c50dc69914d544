/** Tokens are counted of what would be sent, and counting leaves no trace. */
import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openSqlite } from '../../src/world/sqlite.ts'
import { type Round, talk } from '../compression/talk.ts'
import { openWorld, type Started, type World } from './compression-house.ts'
import { post } from './house.ts'

const passing = (file: string): string =>
  [
    ...Array.from(
      { length: 200 },
      (_, at) => `     ✓ adds item number ${at} to a basket of ${file} ${at % 9}ms`,
    ),
    ' Test Files  1 passed (1)',
    '      Tests  200 passed (200)',
  ].join('\n')
const one: Round = ['npx vitest run one', passing('one')]
const two: Round = ['npx vitest run two', passing('two')]

async function count(gateway: Started, body: object, headers: Record<string, string> = {}): Promise<number> {
  const sent = { 'x-session-id': 's1', 'content-type': 'application/json', ...headers }
  const response = await post(`${gateway.origin}/v1/messages/count_tokens`, body, sent)
  const { input_tokens: tokens } = await response.json()
  return tokens
}
const off = { 'x-clutch-compress': 'off' }

/** What was learnt from answers corrects estimates: without it, numbers of two gateways can be compared. */
const unlearn = (world: World): void => rmSync(join(world.stateFolder, 'tokens.json'), { force: true })

describe('Tokens are counted', () => {
  it('of what would be sent', async () => {
    const world = await openWorld()
    const gateway = await world.start()
    const foreseen = await count(gateway, talk('anthropic', [one]))
    expect(foreseen).toBeLessThan((await count(gateway, talk('anthropic', [one]), off)) / 3)
    const { sent } = await gateway.ask([one])
    const other = await (await openWorld()).start()
    expect(await count(other, JSON.parse(sent), off)).toBe(foreseen)
  })

  it('of what was decided before, after a restart too', async () => {
    const world = await openWorld()
    const first = await world.start()
    await first.ask([one])
    await first.close()
    unlearn(world)
    const second = await world.start()
    const foreseen = await count(second, talk('anthropic', [one, two]))
    const { sent } = await second.ask([one, two])
    const other = await (await openWorld()).start()
    expect(await count(other, JSON.parse(sent), off)).toBe(foreseen)
    const whole = await count(other, talk('anthropic', [one, two]), off)
    expect(foreseen).toBeLessThan(whole / 3)
    const stranger = await count(other, talk('anthropic', [one, two]))
    expect(stranger, 'what is past and was not decided here stays').toBeGreaterThan(whole / 2)
  })

  it('and nothing is decided, kept or counted by it', async () => {
    const world = await openWorld()
    const gateway = await world.start()
    await count(gateway, talk('anthropic', [one]))
    await gateway.close()
    const births = openSqlite(join(world.stateFolder, 'births.db'))
    for (const table of ['births', 'scopes', 'told'])
      expect(births.prepare(`select count(*) as rows from ${table}`).all([])).toEqual([{ rows: 0 }])
    births.close()
    expect(existsSync(join(world.stateFolder, 'savings.jsonl'))).toBe(false)
    expect(existsSync(join(world.stateFolder, 'originals'))).toBe(false)
  })
})
