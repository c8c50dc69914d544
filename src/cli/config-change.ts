/** Changing a file of the configuration: what it would mean is read first, and only a file that can be used is written. */
import { realpathSync } from 'node:fs'
import { type Configuration, loadSettings } from '../config/load.ts'
import { describeProblems } from '../config/problem.ts'
import { readText } from '../world/files.ts'
import { replacePrivately } from '../world/private-files.ts'
import { exitCodes, type Io } from './io.ts'

/** What the configuration would be if `file` held `text`. */
export function configurationWith(
  file: string,
  text: string,
  flags: Readonly<Record<string, string>>,
  { env, home, cwd, cloneDir }: Io,
): Configuration {
  return loadSettings({
    ...{ flags, env, home, cwd },
    ...(cloneDir !== undefined && { cloneDir }),
    readFile: (path) => (path === file ? { kind: 'text', text } : readText(path)),
  })
}

/** Replaces it whole, for its owner alone; a link goes on pointing where it pointed. The exit code. */
export function write(file: string, text: string, io: Io): number {
  try {
    replacePrivately(targetOf(file), text)
    return exitCodes.ok
  } catch (error) {
    io.err(`clutch: ${file} cannot be written: ${error instanceof Error ? error.message : String(error)}\n`)
    return exitCodes.cannotCreate
  }
}

function targetOf(file: string): string {
  try {
    return realpathSync(file)
  } catch {
    return file
  }
}

export const problemText = (configuration: Extract<Configuration, { ok: false }>): string =>
  describeProblems(configuration.problems)
