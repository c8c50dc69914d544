// Question and answer between the bench and its own child processes, over Node's IPC channel.
import { spawn } from 'node:child_process'

/** In the child: answers `{ id, op, arg }` with what `ops[op](arg)` returns. */
export function answer(ops) {
  process.on('message', async ({ id, op, arg }) => {
    try {
      process.send({ id, value: await ops[op](arg) })
    } catch (error) {
      process.send({ id, error: String(error?.stack ?? error) })
    }
  })
}

/** In the parent: `ask(op, arg)` on a child that answers. Fails when the child is gone. */
export function asking(child) {
  const waiting = new Map()
  let lastId = 0
  child.on('message', ({ id, value, error }) => {
    const { resolve, reject } = waiting.get(id)
    waiting.delete(id)
    if (error) reject(new Error(error))
    else resolve(value)
  })
  child.on('exit', (code, signal) => {
    for (const { reject } of waiting.values())
      reject(new Error(`process ended (${signal ?? code}) before it answered`))
  })
  return (op, arg) =>
    new Promise((resolve, reject) => {
      const id = ++lastId
      waiting.set(id, { resolve, reject })
      child.send({ id, op, arg }, (error) => error && reject(error))
    })
}

/** Starts one of the bench's own scripts on a CPU and returns its `ask` and `stop`. */
export function ownProcess(command, env = {}) {
  const child = spawn(command[0], command.slice(1), {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  return { ask: asking(child), pid: child.pid, stop: () => child.kill('SIGKILL') }
}
