/** Which programs are on this machine, and what version they say they are. */
import { execFile } from 'node:child_process'
import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import type { Agent } from '../agents/agent.ts'
import { versionIn } from './version.ts'

/** The whole path of the first of the agent's programs on PATH. */
export function findProgram(agent: Pick<Agent, 'programs'>, path = ''): string | undefined {
  const folders = path.split(delimiter).filter((folder) => folder !== '')
  return agent.programs.flatMap((program) => folders.map((folder) => join(folder, program))).find(isProgram)
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}

/** Some take most of a second; one that takes longer is not waited for. */
const probeMs = 5_000

/** What it prints; undefined: it does not say. Nothing of a gateway is in its environment. */
export function probeVersion(
  agent: Pick<Agent, 'version'>,
  program: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<string | undefined> {
  return new Promise((resolve) => {
    const options = { env: { ...env }, timeout: probeMs, encoding: 'utf8' as const }
    const child = execFile(program, [...agent.version.args], options, (_error, stdout, stderr) =>
      resolve(versionIn(stdout) ?? versionIn(stderr)),
    )
    child.stdin?.end()
  })
}
