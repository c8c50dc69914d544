/** SIGHUP, sent to the program as it is installed. */
import { type ChildProcess, spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterEach, expect, test } from 'vitest'
import { alphaConfig, ask, Home, until, upstream } from './house.ts'

const clutch = fileURLToPath(new URL('../../bin/clutch', import.meta.url))
let child: ChildProcess | undefined
afterEach(() => void child?.kill('SIGKILL'))

test('SIGHUP reads the configuration again, and a broken one is survived', async () => {
  const { url } = await upstream()
  const home = new Home()
  home.write(alphaConfig(url))
  child = spawn(process.execPath, [clutch, 'serve'], {
    cwd: home.folder,
    env: { PATH: process.env['PATH'], HOME: home.folder },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk) => {
      said += chunk
    })
  await until(() => /listening on (\S+)/.test(said), 20_000)
  const gateway = /listening on (\S+)/.exec(said)?.[1] ?? ''
  home.write(alphaConfig(url, { model_tiers: { BIG: { default: 'alpha/newer' } } }))
  child.kill('SIGHUP')
  await until(() => said.includes('config-reloaded'))
  expect((await ask(gateway)).headers.get('x-clutch-target')).toBe('alpha/newer')
  writeFileSync(home.path('.xx/config.json'), '{')
  child.kill('SIGHUP')
  await until(() => said.includes('config-not-reloaded'))
  expect((await ask(gateway)).headers.get('x-clutch-target')).toBe('alpha/newer')
  const ended = new Promise((resolve) => child?.once('close', resolve))
  child.kill('SIGTERM')
  expect(await ended).toBe(0)
}, 40_000)
