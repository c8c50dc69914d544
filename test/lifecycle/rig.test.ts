import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, it } from 'vitest'
import { isRunning, Place, until } from './rig.ts'

it('a place ends whatever was given its home, and says so of what nobody knew', async () => {
  const place = new Place('')
  const stray = spawn('sleep', ['60'], { env: place.env(), detached: true, stdio: 'ignore' })
  await once(stray, 'spawn')
  await expect(place.remove()).rejects.toThrow('left running: sleep 60')
  await until(() => !isRunning(stray.pid ?? 0))
})
