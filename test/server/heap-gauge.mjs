// Preloaded into a gateway that is measured: says how much its heap holds once the young have been swept, or everything.
import { getHeapSpaceStatistics } from 'node:v8'

process.on('message', (ask) => {
  if (ask === 'sweep all') globalThis.gc()
  else for (let round = 0; round < 2; round++) globalThis.gc({ type: 'minor' })
  const spaces = getHeapSpaceStatistics().filter((space) => /^(new|old)_space$/.test(space.space_name))
  process.send(spaces.reduce((bytes, space) => bytes + space.space_used_size, 0))
})
