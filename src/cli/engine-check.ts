/** Is the program there that `clutch run` uses in our place, and does it answer? */
import { execFile } from 'node:child_process'
import { readMouthSettings } from '../config/mouth.ts'
import { versionIn } from '../launch/version.ts'
import { findCommand } from './find-command.ts'
import type { Io } from './io.ts'

export interface EngineState {
  readonly name: string
  readonly ok: boolean
  /** Its version, or what is wrong. */
  readonly text: string
}

const patienceMs = 3_000

/** undefined: none is configured. */
export async function checkEngine(io: Io): Promise<EngineState | undefined> {
  const { engine: name } = readMouthSettings(io).run
  if (name === undefined) return undefined
  const found = findCommand(name, io.env)
  if (found.kind !== 'program')
    return { name, ok: false, text: `${found.because}; clutch run uses its own filters` }
  return new Promise((resolve) => {
    const options = { env: { ...io.env }, timeout: patienceMs, encoding: 'utf8' as const }
    execFile(found.path, ['--version'], options, (error, stdout, stderr) => {
      const version = versionIn(stdout) ?? versionIn(stderr)
      if (error)
        resolve({ name, ok: false, text: `${found.path} --version fails: ${error.message.split('\n')[0]}` })
      else
        resolve({
          name,
          ok: true,
          text: version === undefined ? found.path : `${found.path}, version ${version}`,
        })
    })
  })
}
