/** The last step of a launch: this process becomes the agent, or the nearest thing to that. */
import { spawn } from 'node:child_process'
import { writeSync } from 'node:fs'
import { constants } from 'node:os'
import type { Plan } from './plan.ts'
import { planAsScript } from './shell.ts'

type Env = Readonly<Record<string, string | undefined>>

/** Set by `bin/xx`, a shell that waits for a script on this descriptor and then is replaced by the agent. */
const planVariable = 'CLUTCH_PLAN_FD'

/** Resolves with an exit code only where the agent ran beside us. */
export async function become(plan: Plan, env: Env): Promise<number> {
  const descriptor = env[planVariable]
  if (descriptor !== undefined) {
    writeWhole(Number(descriptor), planAsScript(plan))
    return 0
  }
  return runBeside(plan, environmentFor(plan, env))
}

function writeWhole(descriptor: number, text: string): void {
  const bytes = new TextEncoder().encode(text)
  for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at)
}

function environmentFor({ env: set, unset }: Plan, inherited: Env): Record<string, string> {
  const kept = Object.entries(inherited).flatMap(([name, value]) =>
    value === undefined || unset.includes(name) || name === planVariable ? [] : [[name, value]],
  )
  return { ...Object.fromEntries(kept), ...set }
}

/** Node cannot replace itself: the agent shares our terminal, gets our signals, and its end is ours. */
function runBeside(plan: Plan, env: Record<string, string>): Promise<number> {
  const stdin = plan.stdin === 'none' ? 'ignore' : 'inherit'
  const child = spawn(plan.program, [...plan.args], { env, stdio: [stdin, 'inherit', 'inherit'] })
  const passedOn = ['SIGTERM', 'SIGHUP'] as const
  const pass = (signal: NodeJS.Signals): void => void child.kill(signal)
  for (const signal of passedOn) process.on(signal, pass)
  // The terminal sends these to both of us; the agent decides what they mean.
  for (const signal of ['SIGINT', 'SIGQUIT'] as const) process.on(signal, () => undefined)
  return new Promise((resolve) => {
    child.once('error', (error) => {
      process.stderr.write(`xx: ${plan.program}: ${error.message}\n`)
      resolve(126)
    })
    child.once('exit', (code, signal) => resolve(code ?? 128 + (signal ? constants.signals[signal] : 0)))
  })
}
