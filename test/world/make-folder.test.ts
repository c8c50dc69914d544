import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { transformSync } from 'esbuild'
import { afterAll, describe, expect, it } from 'vitest'
import { makeFolder } from '../../src/world/make-folder.ts'

const home = mkdtempSync(join(tmpdir(), 'clutch-folder-'))
afterAll(() => rmSync(home, { recursive: true, force: true }))

describe('A folder', () => {
  it('is made with those above it, for whom it is said to be', () => {
    makeFolder(join(home, 'a', 'b', 'c'), 0o700)
    for (const path of ['a', 'a/b', 'a/b/c']) expect(statSync(join(home, path)).mode & 0o777).toBe(0o700)
    makeFolder(join(home, 'a', 'b', 'c'), 0o700)
  })

  it('that cannot be there is an error', () => {
    writeFileSync(join(home, 'file'), '')
    expect(() => makeFolder(join(home, 'file'))).toThrow('EEXIST')
    expect(() => makeFolder(join(home, 'file', 'a'))).toThrow('ENOTDIR')
  })

  // Node's own recursive mkdir never comes back from there: a process of its own, which can be ended
  it.runIf(existsSync('/proc/self'))('in /proc is an error, and soon', () => {
    const source = readFileSync(new URL('../../src/world/make-folder.ts', import.meta.url), 'utf8')
    const { code } = transformSync(source, { loader: 'ts' })
    const script = `${code}
      try { makeFolder('/proc/nowhere/.xx/state', 0o700) } catch (error) { console.log(error.code) }`
    const said = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
      timeout: 20_000,
      encoding: 'utf8',
    })
    expect(said.trim()).toBe('ENOENT')
  })
})
