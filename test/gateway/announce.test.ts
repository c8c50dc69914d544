/** Whoever asks is told when another target answers than the first of the cascade, and why; and only then. */
import { describe, expect, it } from 'vitest'
import { saysHello } from '../routing/wire-samples.ts'
import { type Rig, type RigOptions, rig, settled, simpleRequest } from './rig.ts'

const keyless = [{ id: 'keyless', because: 'KEYLESS_API_KEY is not set' }]

const cascade = (...big: string[]): RigOptions => ({
  targets: 2,
  settings: { unusable: keyless, profiles: { default: { name: 'default', roles: { big } } } },
})

async function answered(options: RigOptions): Promise<Rig> {
  const world = rig(options)
  await settled()
  saysHello(world.last(), 'anthropic', true)
  await settled()
  return world
}

const because = ({ client }: Pick<Rig, 'client'>) => client.headers['x-clutch-because']

describe('the answer says why another target gave it', () => {
  it('not when the first of the cascade did, whatever stood behind it', async () => {
    const world = await answered(cascade('alpha/m1', 'keyless/x', 'beta/m1'))
    expect(world.client.headers['x-clutch-target']).toBe('alpha/m1')
    expect(because(world)).toBeUndefined()
    expect(world.records[0]?.instead).toBeUndefined()
  })

  it('names the first one that was passed over before it', async () => {
    const world = await answered(cascade('keyless/x', 'alpha/m1', 'keyless/y'))
    expect(because(world)).toBe('role big: keyless/x: KEYLESS_API_KEY is not set')
    expect(world.records[0]?.instead).toMatchObject({ name: 'keyless/x' })
  })

  it('names the one that failed before it', async () => {
    const world = rig(cascade('alpha/m1', 'beta/m1'))
    await settled()
    world.last().json(401, { type: 'error', error: { type: 'authentication_error', message: 'no' } })
    await settled()
    saysHello(world.last(), 'anthropic', true)
    await settled()
    expect(because(world)).toBe('role big: alpha/m1: auth')
  })

  it('says that the session stays with its own target', async () => {
    const headers = { 'x-claude-code-session-id': 's' }
    const world = rig({ ...cascade('alpha/m1', 'beta/m1'), headers })
    await settled()
    world.last().json(429, { error: { message: 'slow' } }, { 'retry-after': '30' })
    await settled()
    saysHello(world.last(), 'anthropic', true)
    await world.clock.advance(60_000)
    const again = world.ask(simpleRequest('anthropic'), headers)
    await settled()
    saysHello(world.last(), 'anthropic', true)
    await settled()
    expect(again.headers['x-clutch-target']).toBe('beta/m1')
    expect(again.headers['x-clutch-because']).toBe('role big: alpha/m1: the session stays with beta/m1')
  })
})
