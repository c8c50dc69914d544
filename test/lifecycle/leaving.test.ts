/** The moment in which two processes have the same sockets. */
import { once } from 'node:events'
import { Agent, get, type IncomingMessage } from 'node:http'
import { afterEach, describe, expect, it } from 'vitest'
import type { Settings } from '../../src/config/settings.ts'
import { type Running, type Succession, startGateway } from '../../src/server/start.ts'
import { realClock } from '../../src/world/clock.ts'
import { Log } from '../../src/world/log.ts'
import { Redactor } from '../../src/world/redact.ts'
import { settingsWith } from '../server/house.ts'
import { freePort } from './rig.ts'

const running: Running[] = []
const agent = new Agent({ keepAlive: true, maxSockets: 1 })
afterEach(async () => {
  agent.destroy()
  for (const gateway of running.splice(0)) await gateway.close(0)
})

async function gateway(changes: Partial<Settings> = {}, from?: Succession): Promise<Running> {
  const log = new Log({ level: 'error', clock: realClock, redactor: new Redactor(), sinks: [] })
  const started = await startGateway(settingsWith(changes), [], log, undefined, from)
  running.push(started)
  return started
}

async function ask(port: number): Promise<IncomingMessage> {
  const [response] = await once(get({ host: '127.0.0.1', port, path: '/readyz', agent }), 'response')
  response.resume()
  await once(response, 'end')
  return response
}

describe('a gateway that another process takes over from', () => {
  it('answers on, sends clients to new connections, and then is gone while the other one serves', async () => {
    const first = await gateway()
    const port = first.listeners[0]?.port ?? 0
    expect((await ask(port)).headers.connection).toBe('keep-alive')
    const sockets = first.descriptors()
    expect(sockets).toEqual([{ host: '127.0.0.1', port: 0, fd: expect.any(Number) }])
    const left = first.leave(5_000)
    const answer = await ask(port)
    expect([answer.statusCode, answer.headers.connection]).toEqual([200, 'close'])
    await left
    await expect(ask(port)).rejects.toThrow(/ECONNREFUSED/)
  })

  it('may free its ports and have them again', async () => {
    const first = await gateway()
    const { port = 0 } = first.listeners[0] ?? {}
    first.retire()
    expect(first.listeners).toEqual([])
    await expect(ask(port)).rejects.toThrow(/ECONNREFUSED|hang up/)
    await first.reopen()
    expect((await ask(first.listeners[0]?.port ?? 0)).statusCode).toBe(200)
  })

  it('has done all but open its ports when it says so', async () => {
    const port = await freePort()
    let begin = (): void => undefined
    const mayOpen = new Promise<void>((resolve) => {
      begin = resolve
    })
    let sayPrepared = (): void => undefined
    const prepared = new Promise<void>((resolve) => {
      sayPrepared = resolve
    })
    const listeners = [{ host: '127.0.0.1', port, profile: 'default' }]
    const from: Succession = {
      inherited: [],
      prepared: () => {
        sayPrepared()
        return mayOpen
      },
    }
    const second = gateway({ listeners }, from)
    await prepared
    await expect(ask(port)).rejects.toThrow(/ECONNREFUSED/)
    begin()
    await second
    expect((await ask(port)).statusCode).toBe(200)
  })
})
