// Starts programs in their own process group and makes sure none outlives the run.
import { spawn } from 'node:child_process'

/** Leaders of groups we started and have not yet ended. */
const groups = new Set()

function endGroup(pid, signal) {
  try {
    process.kill(-pid, signal)
  } catch (error) {
    if (error.code !== 'ESRCH') throw error
  }
}

/** Ends everything still alive; safe to call from an exit handler. */
export function endAll() {
  for (const pid of groups) endGroup(pid, 'SIGKILL')
  groups.clear()
}

/** Standard input is closed: Codex waits for ever on an open pipe. `ended` never rejects. */
export function start(command, args, { cwd, env }) {
  const child = spawn(command, args, { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
  if (child.pid !== undefined) groups.add(child.pid)
  const output = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr']) {
    child[name].setEncoding('utf8')
    child[name].on('data', (text) => {
      output[name] += text
    })
  }
  const ended = new Promise((resolve) => {
    child.once('error', (error) => resolve({ code: null, signal: null, error }))
    child.once('close', (code, signal) => resolve({ code, signal }))
    // A grandchild may hold the pipes open: the group goes when its leader does.
    child.once('exit', () => endGroup(child.pid, 'SIGKILL'))
  }).finally(() => groups.delete(child.pid))
  const end = (signal) => child.pid !== undefined && endGroup(child.pid, signal)
  return { pid: child.pid, output, ended, end }
}

/** Runs to the end or to the time limit, whichever comes first. */
export async function run(command, args, { cwd, env, timeoutMs }) {
  const child = start(command, args, { cwd, env })
  let timedOut = false
  const timer = setTimeout(() => {
    timedOut = true
    child.end('SIGKILL')
  }, timeoutMs)
  const end = await child.ended
  clearTimeout(timer)
  return { ...end, ...child.output, timedOut }
}
