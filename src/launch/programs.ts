/** Which programs are on this machine. */
import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import type { Agent } from '../agents/agent.ts'

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
