import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { checkEngine } from '../../src/cli/engine-check.ts'
import { scratch } from '../store/scratch.ts'

function machine(engine?: string) {
  const home = scratch()
  mkdirSync(join(home, '.xx'))
  mkdirSync(join(home, 'bin'))
  if (engine !== undefined)
    writeFileSync(join(home, '.xx', 'config.json'), JSON.stringify({ compression: { run: { engine } } }))
  const ask = () =>
    checkEngine({
      out: () => undefined,
      err: () => undefined,
      env: { PATH: `${home}/bin:/usr/bin:/bin` },
      home,
      cwd: home,
    })
  const install = (script: string) =>
    writeFileSync(join(home, 'bin', 'squash'), `#!/bin/sh\n${script}\n`, { mode: 0o755 })
  return { ask, install }
}

describe('another engine for clutch run', () => {
  it('is not looked for where none is configured', async () => {
    expect(await machine().ask()).toBeUndefined()
  })

  it('is there, with its version', async () => {
    const { ask, install } = machine('squash')
    install('echo squash 0.49.1')
    expect(await ask()).toMatchObject({ name: 'squash', ok: true, text: expect.stringContaining('0.49.1') })
  })

  it('is missing, or does not answer', async () => {
    const { ask, install } = machine('squash')
    expect(await ask()).toMatchObject({ ok: false, text: expect.stringContaining('no program squash') })
    install('exit 3')
    expect(await ask()).toMatchObject({ ok: false, text: expect.stringContaining('fails') })
  })
})
