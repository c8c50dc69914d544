// What a process tree used, read from /proc (Linux): CPU in nanosecond steps, resident memory from the page tables.
import { readdirSync, readFileSync } from 'node:fs'

const read = (path) => {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return ''
  }
}

const threads = (pid) => {
  try {
    return readdirSync(`/proc/${pid}/task`)
  } catch {
    return []
  }
}

/** The process and everything it started that still runs. */
export function tree(pid) {
  const children = threads(pid).flatMap((thread) => read(`/proc/${pid}/task/${thread}/children`).split(' '))
  return [pid, ...children.filter(Boolean).flatMap((child) => tree(Number(child)))]
}

const threadCpuNs = (pid, thread) => Number(read(`/proc/${pid}/task/${thread}/schedstat`).split(' ')[0] || 0)

/** CPU time of all live threads of the tree, µs. */
export function cpuUs(pid) {
  let ns = 0
  for (const member of tree(pid)) for (const thread of threads(member)) ns += threadCpuNs(member, thread)
  return ns / 1000
}

/** Resident memory of the tree, MB (2^20). */
export function rssMb(pid) {
  const kb = (member) => Number(/^Rss:\s+(\d+)/m.exec(read(`/proc/${member}/smaps_rollup`))?.[1] ?? 0)
  return tree(pid).reduce((sum, member) => sum + kb(member), 0) / 1024
}

/** CPU time everybody on this machine has used, interrupts included, µs. */
export function machineBusyUs() {
  const [user, nice, system, , , irq, softirq] = read('/proc/stat')
    .split('\n', 1)[0]
    .match(/\d+/g)
    .map(Number)
  return (user + nice + system + irq + softirq) * 10_000
}

export const nowMs = () => Number(process.hrtime.bigint() / 1000n) / 1000
