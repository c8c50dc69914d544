/** The configuration as a verb needs it: its settings, or the exit code after its problems were told. */
import { loadSettings } from '../config/load.ts'
import { describeProblems } from '../config/problem.ts'
import type { Settings } from '../config/settings.ts'
import { exitCodes, type Io } from './io.ts'

/** `config`: the file that `--config` named. */
export function readSettings(io: Io, config: string | undefined): Settings | number {
  const configuration = loadSettings({ ...io, flags: config === undefined ? {} : { config } })
  if (configuration.ok) return configuration.settings
  io.err(describeProblems(configuration.problems))
  return exitCodes.brokenConfig
}
