/** The last step of a launch: this process becomes the agent, or the nearest thing to that. */
import { type ChildProcess, spawn } from 'node:child_process'
import { constants } from 'node:os'
import { writeWhole } from '../world/write-whole.ts'
import { type Command, type Guard, guardedScript, inTmux } from './guard.ts'
import { noteEnding } from './guard-record.ts'
import { sessionsFolder } from './put-under-guard.ts'

type Env = Readonly<Record<string, string | undefined>>

/**
 * Set by `bin/xx`, a shell that waits for a script on a descriptor and then is replaced by the agent:
 * `<descriptor>.<its own process id>`.
 */
const planVariable = 'CLUTCH_PLAN_FD'

const planOf = (env: Env) => {
  const [descriptor, pid] = (env[planVariable] ?? '').split('.')
  return { descriptor: descriptor ? Number(descriptor) : undefined, pid: pid ? Number(pid) : undefined }
}

/** Who waits for the agent where nothing else holds it. */
export const watcherPid = (env: Env): number => planOf(env).pid ?? process.pid

/** Resolves with an exit code only where the agent ran beside us. `folder`: the launcher's own. */
export async function become(command: Command, env: Env, guard?: Guard, folder = ''): Promise<number> {
  const { descriptor } = planOf(env)
  if (descriptor !== undefined) {
    writeWhole(descriptor, guardedScript(command, guard))
    return 0
  }
  const held = guard?.kind === 'tmux' ? inTmux(command, guard) : command
  const code = await runBeside(held, environmentFor(held, env))
  if (guard?.kind === 'watched') noteEnding(sessionsFolder(folder), guard.id, code)
  return code
}

/** Several commands, one after the other, in the words of a POSIX shell. */
export async function becomeScript(script: string, env: Env): Promise<number> {
  const { descriptor } = planOf(env)
  if (descriptor !== undefined) {
    writeWhole(descriptor, script)
    return 0
  }
  const command: Command = { program: 'sh', args: ['-c', script], env: {}, unset: [], stdin: 'terminal' }
  return runBeside(command, environmentFor(command, env))
}

export function environmentFor({ env: set, unset }: Command, inherited: Env): Record<string, string> {
  const kept = Object.entries(inherited).flatMap(([name, value]) =>
    value === undefined || unset.includes(name) || name === planVariable ? [] : [[name, value]],
  )
  return { ...Object.fromEntries(kept), ...set }
}

/** Node cannot replace itself: the agent shares our terminal, gets our signals, and its end is ours. */
function runBeside(command: Command, env: Record<string, string>): Promise<number> {
  const stdin = command.stdin === 'none' ? 'ignore' : 'inherit'
  let child: ChildProcess | undefined
  const pass = (signal: NodeJS.Signals): void => void child?.kill(signal)
  // Before the agent is there: a signal in between would end us alone and leave it running.
  for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, pass)
  // The terminal sends these to both of us; the agent decides what they mean.
  for (const signal of ['SIGINT', 'SIGQUIT'] as const) process.on(signal, () => undefined)
  const agent = spawn(command.program, [...command.args], {
    env,
    stdio: [stdin, 'inherit', 'inherit'],
    ...(command.cwd !== undefined && { cwd: command.cwd }),
  })
  child = agent
  return new Promise((resolve) => {
    agent.once('error', (error) => {
      process.stderr.write(`xx: ${command.program}: ${error.message}\n`)
      resolve(126)
    })
    agent.once('exit', (code, signal) => resolve(code ?? 128 + (signal ? constants.signals[signal] : 0)))
  })
}
