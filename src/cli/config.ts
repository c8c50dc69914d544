/** `clutch config`: what is in force and who said so, and which files were looked for. */
import { parseArgs } from 'node:util'
import { type ConfigFiles, type ConfigRequest, type Flags, loadSettings } from '../config/load.ts'
import { brokenConfigExitCode, describeProblems } from '../config/problem.ts'
import { showAsJson, showConfiguration } from '../config/show.ts'

interface Io extends Pick<ConfigRequest, 'env' | 'home' | 'cwd' | 'cloneDir' | 'readFile'> {
  out(text: string): void
  err(text: string): void
}

const usageExitCode = 64

const usage = `clutch config show [--json] [--config FILE] [--port N] [--host H] [--profile P]
    the effective configuration with the source of each value; secrets are masked
clutch config path [--config FILE]
    the files that are read, in order of precedence
`

/** The exit code: 0, 64 for words it does not know, 78 when the configuration is broken. */
export async function configVerb(args: readonly string[], io: Io): Promise<number> {
  const asked = readArgs(args)
  if (asked === undefined || asked.verb === undefined) {
    io.err(usage)
    return usageExitCode
  }
  if (asked.verb === 'help') {
    io.out(usage)
    return 0
  }
  const configuration = loadSettings({ ...io, flags: asked.flags })
  if (!configuration.ok) {
    io.err(describeProblems(configuration.problems))
    for (const warning of configuration.warnings) io.err(`${warning}\n`)
    return brokenConfigExitCode
  }
  if (asked.verb === 'path') io.out(paths(configuration.files))
  else io.out(asked.json ? showAsJson(configuration) : showConfiguration(configuration))
  return 0
}

interface Asked {
  readonly verb: 'show' | 'path' | 'help' | undefined
  readonly json: boolean
  readonly flags: Flags
}

const text = { type: 'string' } as const

function readArgs(args: readonly string[]): Asked | undefined {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
        config: text,
        port: text,
        host: text,
        profile: text,
        'log-level': text,
      },
    })
    const { json, help, ...flags } = values
    return { verb: help ? 'help' : verbOf(positionals), json, flags }
  } catch {
    return undefined
  }
}

function verbOf([word = 'show', ...others]: readonly string[]): Asked['verb'] {
  return others.length === 0 && (word === 'show' || word === 'path' || word === 'help') ? word : undefined
}

function paths({ dotEnvs, config, configExists }: ConfigFiles): string {
  const missing = configExists ? '' : ' (does not exist)'
  return [...dotEnvs, `${config}${missing}`].map((line) => `${line}\n`).join('')
}
