/** Which version an installed program says it is. */
import { execFile } from 'node:child_process'
import { statSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Agent } from '../agents/agent.ts'
import { asObject, asText, tryParseJson } from '../wire/json.ts'
import { readText } from '../world/files.ts'
import { makeFolder } from '../world/make-folder.ts'
import { versionIn } from './version.ts'

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

/** Codex's has most of a megabyte. */
const longestCatalogue = 16 * 1024 * 1024

/** What it prints of the models it knows; undefined: this version cannot tell. */
export function askCatalogue(
  words: readonly string[],
  program: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<string | undefined> {
  return new Promise((resolve) => {
    const options = {
      env: { ...env },
      timeout: probeMs,
      maxBuffer: longestCatalogue,
      encoding: 'utf8' as const,
    }
    const child = execFile(program, [...words], options, (error, stdout) =>
      resolve(error || stdout === '' ? undefined : stdout),
    )
    child.stdin?.end()
  })
}

/** As `probeVersion`, but a program that has not changed since is not asked again: some take most of a second. */
export async function knownVersion(
  agent: Pick<Agent, 'version'>,
  program: string,
  env: Readonly<Record<string, string | undefined>>,
  memory: string,
): Promise<string | undefined> {
  const { mtimeMs, size } = statSync(program)
  const stamp = `${mtimeMs} ${size}`
  const read = readText(memory)
  const known = asObject(read.kind === 'text' ? tryParseJson(read.text) : undefined)
  const before = asObject(known[program])
  if (before['stamp'] === stamp) return asText(before['version'])
  const version = await probeVersion(agent, program, env)
  if (version !== undefined) remember(memory, { ...known, [program]: { stamp, version } })
  return version
}

/** Only a convenience: where it cannot be written the program is asked again. */
function remember(memory: string, known: object): void {
  try {
    makeFolder(dirname(memory), 0o700)
    writeFileSync(memory, `${JSON.stringify(known, null, 2)}\n`, { mode: 0o600 })
  } catch {
    return
  }
}
