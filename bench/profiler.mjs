// Loaded into the gateway with --import while it is profiled: starts and stops V8's sampling profiler when asked.
import { Session } from 'node:inspector/promises'
import { answer } from './ipc.mjs'

const session = new Session()
session.connect()

answer({
  async begin({ everyUs }) {
    await session.post('Profiler.enable')
    await session.post('Profiler.setSamplingInterval', { interval: everyUs })
    await session.post('Profiler.start')
  },
  end: async () => (await session.post('Profiler.stop')).profile,
})
process.channel.unref()
