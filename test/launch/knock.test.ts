import { once } from 'node:events'
import { createServer } from 'node:net'
import { describe, expect, it } from 'vitest'
import { knock } from '../../src/launch/knock.ts'

describe('a knock', () => {
  it.each(['127.0.0.1', '::1'])('at %s finds who listens, and nobody after they have gone', async (host) => {
    const server = createServer().listen(0, host)
    await once(server, 'listening')
    const address = server.address()
    const port = typeof address === 'object' ? address?.port : undefined
    const url = `http://${host.includes(':') ? `[${host}]` : host}:${port}`
    expect(await knock(url, 2_000)).toBe(true)
    server.close()
    await once(server, 'close')
    expect(await knock(url, 2_000)).toBe(false)
  })
})
