// The yardstick for a change of dialect: one JSON.parse plus one JSON.stringify of the same body, on the same node and CPU.
import { answer } from './ipc.mjs'
import { requestBody } from './requests.mjs'

const bodies = new Map()

answer({
  /** CPU µs (all threads, so garbage collection counts) of one parse and one stringify. */
  cost({ size, durationMs }) {
    if (!bodies.has(size))
      bodies.set(size, requestBody({ size, model: 'beta/mock-model', stream: false }).toString())
    const text = bodies.get(size)
    const until = performance.now() + durationMs
    const before = process.cpuUsage()
    let count = 0
    let written = 0
    for (; performance.now() < until; count++) written += JSON.stringify(JSON.parse(text)).length
    const used = process.cpuUsage(before)
    if (written !== count * text.length) throw new Error('the body changed on its way')
    return (used.user + used.system) / count
  },
})
