/** `clutch run` as people start it: the built program, or the compiled one that CLUTCH_BIN names. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { scratch } from '../store/scratch.ts'

const compiled = process.env['CLUTCH_BIN']
export const clutch: readonly [string, ...string[]] = compiled
  ? [resolve(compiled)]
  : [process.execPath, fileURLToPath(new URL('../../bin/clutch', import.meta.url))]

export type Env = Readonly<Record<string, string>>

export const envFor = (home: string, env: Env = {}): Env => ({
  PATH: process.env['PATH'] ?? '',
  HOME: home,
  ...env,
})

interface Options {
  readonly home?: string
  readonly env?: Env
  readonly input?: string
}

export function run(args: readonly string[], { home = scratch(), env = {}, input = '' }: Options = {}) {
  const { status, stdout, stderr } = spawnSync(clutch[0], [...clutch.slice(1), 'run', ...args], {
    env: envFor(home, env),
    cwd: home,
    input,
    maxBuffer: 64 * 1024 * 1024,
  })
  return { code: status, out: stdout.toString(), bytes: stdout, err: stderr.toString(), home }
}

export function begin(args: readonly string[], env: Env = {}): ChildProcess {
  const home = scratch()
  const stdio = ['ignore', 'pipe', 'pipe'] as const
  return spawn(clutch[0], [...clutch.slice(1), 'run', ...args], {
    env: envFor(home, env),
    cwd: home,
    stdio: [...stdio],
  })
}

export const node = (script: string): readonly string[] => [process.execPath, '-e', script]

/** Resolves when `text` has been printed. */
export async function printed(child: ChildProcess, text: string): Promise<void> {
  let said = ''
  for await (const chunk of child.stdout ?? []) {
    said += String(chunk)
    if (said.includes(text)) return
  }
  throw new Error(`it ended without ${text}: ${said}`)
}
