/** `xx call AGENT "task"`: an agent asks another one; its answer is on standard output. */
import { spawn } from 'node:child_process'
import { appendFileSync } from 'node:fs'
import { constants } from 'node:os'
import { dirname, join } from 'node:path'
import { type LaunchSettings, readLaunchSettings } from '../config/launch.ts'
import { environmentFor } from '../launch/become.ts'
import { type Call, type Caller, callerIn, whyNoCall } from '../launch/calls.ts'
import type { Plan } from '../launch/plan.ts'
import { isRefusal, readLongForm } from '../launch/request.ts'
import { readText } from '../world/files.ts'
import { makeFolder } from '../world/make-folder.ts'
import { exitCodes, type Io } from './io.ts'
import { prepareLaunch } from './launch.ts'

const manual = `xx call AGENT "task": runs another agent headless, from inside one or by hand; its answer is on stdout

  AGENT            claude, hermes, codex, qwen, pi, opencode, ante, antigravity, or its letter
  -s, --session ID, -c, --continue     in one of its sessions
  -m NAME, -P PROVIDER, --profile NAME, --tier C, --free, --best, --bypass, --direct, --safe, --stdin, -v
  -n, --dry-run    print the command line

Those who call share one allowance ("launch" in config.json): call_depth 3, call_count 20, call_minutes 60. An agent that
waits for the answer already is not called. Exit codes: the agent's own; 75 not allowed; 124 out of time
`

const notAllowed = 75
const outOfTime = 124
/** After it was asked to end. */
const graceMs = 5_000

export async function callVerb(args: readonly string[], io: Io): Promise<number> {
  if (args.length === 0 || args[0] === '--help' || args[0] === '-h') {
    io.out(manual)
    return args.length === 0 ? exitCodes.usage : exitCodes.ok
  }
  const read = readLongForm(['--headless', ...args])
  if (isRefusal(read)) {
    io.err(`xx call: ${read.problem}\n    try: ${read.instead.replace('clutch launch', 'xx call')}\n`)
    return exitCodes.usage
  }
  const config = readLaunchSettings({
    env: io.env,
    home: io.home,
    ...(io.cloneDir !== undefined && { cloneDir: io.cloneDir }),
  })
  if (!config.ok) {
    io.err(`xx call: ${config.problem}\n`)
    return exitCodes.brokenConfig
  }
  const caller = callerIn(io.env)
  const { calls } = config.settings
  const tally = tallyOf(caller, config.settings)
  const because = whyNoCall(read.agent.id, caller, tally?.made() ?? 0, calls, Date.now())
  if (because !== undefined) {
    io.err(`xx call: ${because}\n`)
    return notAllowed
  }
  const call = callFrom(caller, calls.minutes)
  const prepared = await prepareLaunch(read, io, call)
  if (typeof prepared === 'number') return prepared
  tally?.add(`${new Date().toISOString()} ${[...caller.path, read.agent.id].join('>')}`)
  return answerOf(prepared.plan, call, io)
}

const callFrom = (caller: Caller, minutes: number): Call => ({
  ...caller,
  root: rootOf(caller) ?? `person-${process.pid}`,
  untilMs: caller.untilMs ?? Date.now() + minutes * 60_000,
})

const rootOf = ({ root, session }: Caller): string | undefined => root ?? session

/** The calls of one tree, a line each. undefined: a person calls, and begins a tree of its own. */
function tallyOf(caller: Caller, { folder }: LaunchSettings) {
  const root = rootOf(caller)
  if (root === undefined) return undefined
  const file = join(dirname(folder), 'calls', `${root.replaceAll(/[^\w-]/g, '_').slice(0, 100)}.log`)
  return {
    made: () => {
      const read = readText(file)
      return read.kind === 'text' ? read.text.split('\n').length - 1 : 0
    },
    add: (line: string) => {
      makeFolder(dirname(file), 0o700)
      appendFileSync(file, `${line}\n`, { mode: 0o600 })
    },
  }
}

/** It gets no standard input, and no longer than the tree has. */
function answerOf(plan: Plan, { untilMs }: Call, io: Io): Promise<number> {
  // Before it is there: a signal in between is told after.
  for (const signal of ['SIGTERM', 'SIGHUP', 'SIGINT'] as const) process.on(signal, () => child.kill(signal))
  const child = spawn(plan.program, [...plan.args], {
    env: environmentFor(plan, io.env),
    cwd: io.cwd,
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  let isLate = false
  const timer = setTimeout(() => {
    isLate = true
    child.kill('SIGTERM')
    setTimeout(() => child.kill('SIGKILL'), graceMs).unref()
  }, untilMs - Date.now())
  return new Promise((resolve) => {
    const end = (code: number, because?: string) => {
      clearTimeout(timer)
      if (because !== undefined) io.err(`xx call: ${because}\n`)
      resolve(code)
    }
    child.once('error', (error) => end(126, `${plan.program}: ${error.message}`))
    child.once('exit', (code, signal) => {
      if (isLate) end(outOfTime, 'the time of this tree of calls is over')
      else end(code ?? 128 + (signal ? constants.signals[signal] : 0))
    })
  })
}
