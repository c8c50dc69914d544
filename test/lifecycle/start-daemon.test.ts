import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { takeLock, writeLock } from '../../src/lifecycle/lock.ts'
import { startDaemon } from '../../src/lifecycle/start-daemon.ts'
import { identityOf } from '../../src/world/process-identity.ts'
import { isRunning } from './rig.ts'

let stateFolder: string
beforeEach(() => {
  stateFolder = mkdtempSync(join(tmpdir(), 'clutch-start-'))
})
afterEach(() => {
  const late = lateNumber()
  if (late !== undefined && isRunning(late)) process.kill(late, 'SIGKILL')
  rmSync(stateFolder, { recursive: true, force: true })
})

const numberFile = (): string => join(stateFolder, 'late.pid')

/** A gateway that is so long about its start that another one is up first. */
function lateProgram(onTerm: string): readonly string[] {
  const file = join(stateFolder, 'late.sh')
  writeFileSync(file, `trap '${onTerm}' TERM\necho $$ > '${numberFile()}'\nwhile :; do sleep 0.05; done\n`)
  return ['/bin/sh', file]
}

it.each([
  ['ends when it is asked to', 'exit 0'],
  ['ends when it does not listen', ''],
])(
  'of two that are started at once the one that comes too late %s, before anybody is told of the other',
  async (_, onTerm) => {
    const { pid, began, boot } = identityOf(process.pid)!
    const other = {
      ...{ pid, began, boot, version: '0', sinceMs: 0, flags: [], leaving: [] },
      ready: true,
      listeners: [{ host: '127.0.0.1', port: 9, profile: 'default' }],
    }
    const started = await startDaemon({
      program: lateProgram(onTerm),
      flags: [],
      env: { PATH: process.env['PATH'] },
      home: stateFolder,
      stateFolder,
      answers: async (daemon) => daemon !== undefined,
      // The other one is there as soon as the late one has begun.
      waiting: () => {
        if (lateNumber() !== undefined && takeLock(stateFolder, other) === 'taken')
          writeLock(stateFolder, other)
      },
    })
    expect(started).toMatchObject({ kind: 'running', daemon: { pid } })
    expect(isRunning(lateNumber() ?? 0)).toBe(false)
  },
)

function lateNumber(): number | undefined {
  try {
    return Number(readFileSync(numberFile(), 'utf8')) || undefined
  } catch {
    return undefined
  }
}
