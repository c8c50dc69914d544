import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import type { RequestListener } from 'node:http'
import { join } from 'node:path'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { asList, asObject } from '../../src/wire/json.ts'
import {
  bundled,
  freePort,
  isBinary,
  Place,
  removeBundle,
  slowConfig,
  streamed,
  Talker,
  until,
} from './rig.ts'

let entry: string
let place: Place
beforeAll(async () => {
  entry = await bundled()
  return () => removeBundle(entry)
})
beforeEach(() => {
  place = new Place(entry)
})
afterEach(() => place.remove())

/** What the log says of such events in lines that are whole, in order. */
function logged(event: string): readonly Record<string, unknown>[] {
  const folder = join(place.state, 'logs')
  const files = existsSync(folder) ? readdirSync(folder) : []
  return files
    .flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n').slice(0, -1))
    .map((line) => JSON.parse(line))
    .filter((line) => line.event === event)
}

/** Much less than the shortest time that a first signal leaves to a reply: 5 s. */
const atOnceMs = 3_000

const talking = (): RequestListener => new Talker().listener
const silent = (): RequestListener => (request) => void request.resume()

async function secondLater(gateway: ChildProcess): Promise<void> {
  gateway.kill('SIGTERM')
  await until(() => logged('stopping').length > 0)
  gateway.kill('SIGTERM')
}

/** So often that one comes at every moment of what the first one sets in motion. */
async function secondAtOnce(gateway: ChildProcess): Promise<void> {
  for (const endMs = Date.now() + 50; Date.now() < endMs; ) gateway.kill('SIGTERM')
}

describe.each(['serve', 'daemon'])('clutch %s', (verb) => {
  it.each<[string, () => RequestListener, tellTwice: (gateway: ChildProcess) => Promise<void>]>([
    ['in the middle of its words', talking, secondLater],
    ['before its first word', silent, secondLater],
    ['while the first is still being heard', talking, secondAtOnce],
  ])(
    'a second signal cuts what the first let go on, %s, and the call is in the books',
    async (_, listener, tellTwice) => {
      const port = await freePort()
      let asked = false
      const upstream = await place.serve((request, response) => {
        asked = true
        listener()(request, response)
      })
      place.config(slowConfig(port, upstream))
      const gateway = place.start([verb])
      await until(async () => (await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined))?.ok)
      const reply = streamed(port).catch(() => 'cut')
      await until(() => asked)
      const exit = once(gateway, 'exit')
      await tellTwice(gateway)
      expect(await exit).toEqual([0, null])
      expect(await reply).toBe('cut')
      const [[stopping], calls] = [logged('stopping'), logged('call')]
      expect(calls).toEqual([expect.objectContaining({ outcome: 'cancelled', asked: 'slow/m' })])
      expect(Date.parse(String(calls[0]?.['time'])) - Date.parse(String(stopping?.['time']))).toBeLessThan(
        atOnceMs,
      )
      // Node 20 has no SQLite of its own.
      if (isBinary) expect(await rowsInLedger()).toBe(1)
    },
  )
})

async function rowsInLedger(): Promise<number> {
  const { out } = await place.run(['usage', '--json'])
  return asList(asObject(JSON.parse(out))['rows']).length
}
