// The launcher as it is installed, with agents that only say what they were given.
import { execFile, type SpawnOptions, spawn, spawnSync } from 'node:child_process'
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const root = fileURLToPath(new URL('../..', import.meta.url))

export interface Installed {
  readonly dir: string
  readonly home: string
  readonly project: string
  /** On PATH, through a link, as npm does it. */
  readonly xx: string
  readonly env: Record<string, string>
  /** Puts a program on PATH. */
  program(name: string, script: string): void
  config(value: unknown): void
  /** Stands in for the gateway that `xx` starts. */
  gateway(source: string): void
  run(args: readonly string[], options?: { input?: string; env?: Record<string, string> }): Ran
  start(args: readonly string[], options?: SpawnOptions): ReturnType<typeof spawn>
  remove(): void
}

interface Ran {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Prints its arguments and what of its environment matters, each ended by a NUL. */
export const echo = `#!/bin/sh
printf 'pid %s\\0' "$$"
for word; do printf 'arg %s\\0' "$word"; done
env -0 | grep -z -E '^(ANTHROPIC|OPENAI|CLUTCH|OPENCODE|QWEN|CUSTOM_BASE|AGY|CLAUDE|ENABLE|_xx)' | sed -z 's/^/env /'
if [ -t 0 ]; then printf 'stdin terminal\\0'; else printf 'stdin %s\\0' "$(readlink /proc/self/fd/0)"; fi
`

export interface Echoed {
  readonly pid: number
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly stdin: string
}

export function readEcho(stdout: string): Echoed {
  const lines = stdout.split('\0').filter((line) => line !== '')
  const all = (kind: string) =>
    lines.filter((line) => line.startsWith(`${kind} `)).map((line) => line.slice(kind.length + 1))
  const pair = (text: string): [string, string] => [
    text.slice(0, text.indexOf('=')),
    text.slice(text.indexOf('=') + 1),
  ]
  return {
    pid: Number(all('pid')[0]),
    args: all('arg'),
    env: Object.fromEntries(all('env').map(pair)),
    stdin: all('stdin')[0] ?? '',
  }
}

/** One bundle for all tests of a file. */
export async function bundleLauncher(): Promise<string> {
  const dir = mkdtempSync(join(tmpdir(), 'clutch-xx-built-'))
  await promisify(execFile)(process.execPath, [join(root, 'scripts/build-launcher.mjs'), dir])
  return dir
}

export function install(bundle: string): Installed {
  const dir = mkdtempSync(join(tmpdir(), 'clutch xx’s "own" '))
  const path = (name: string) => join(dir, name)
  for (const name of ['bin', 'dist', 'home', 'project', 'programs']) mkdirSync(path(name))
  for (const name of ['xx', 'cg_run']) cpSync(join(root, 'bin', name), path(`bin/${name}`))
  cpSync(bundle, path('dist'), { recursive: true })
  for (const name of ['xx', 'cg_run']) symlinkSync(`../bin/${name}`, path(`programs/${name}`))
  const env = {
    PATH: [path('programs'), process.env['PATH'] ?? ''].join(delimiter),
    HOME: path('home'),
    LANG: 'C.UTF-8',
    IS_SANDBOX: '1',
  }
  const options = { cwd: path('project'), env }
  return {
    dir,
    home: path('home'),
    project: path('project'),
    xx: path('programs/xx'),
    env,
    program: (name, script) => {
      writeFileSync(path(`programs/${name}`), script)
      chmodSync(path(`programs/${name}`), 0o755)
    },
    config: (value) => {
      mkdirSync(path('home/.xx'), { recursive: true })
      writeFileSync(path('home/.xx/config.json'), typeof value === 'string' ? value : JSON.stringify(value))
    },
    gateway: (source) => writeFileSync(path('dist/clutch.mjs'), source),
    run: (args, { input, env: more } = {}) => {
      const { status, stdout, stderr } = spawnSync(path('programs/xx'), [...args], {
        ...options,
        env: { ...env, ...more },
        encoding: 'utf8',
        ...(input !== undefined && { input }),
      })
      return { status, stdout, stderr }
    },
    start: (args, more = {}) => spawn(path('programs/xx'), [...args], { ...options, ...more }),
    remove: () => rmSync(dir, { recursive: true, force: true }),
  }
}
