/** What the gateway tells the journal of savings: every output when a conversation first has it, also one seen before. */
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { Compressor } from '../../src/gateway/compress.ts'
import type { Newborn } from '../../src/gateway/tell.ts'
import { noteFiring, readSavings } from '../../src/store/savings.ts'
import { rig, settled } from '../gateway/rig.ts'
import { VirtualClock } from '../sandbox/virtual-clock.ts'
import { scratch } from '../store/scratch.ts'
import { chatter, MemoryBirths, MemoryOriginals, oneSet, settingsWith } from './shelter.ts'
import { type Round, talk } from './talk.ts'

const noisy = chatter('the answer')

async function played(rounds: readonly Round[]) {
  const told: Newborn[] = []
  const compressor = new Compressor({
    ...{ settings: { compression: settingsWith() }, sets: oneSet(), stopwatch: () => () => 0 },
    ...{ births: new MemoryBirths(), originals: new MemoryOriginals(), clock: new VirtualClock() },
    born: (newborn) => void told.push(newborn),
  })
  for (let upTo = 1; upTo <= rounds.length; upTo++) {
    const body = talk('anthropic', rounds.slice(0, upTo))
    rig({
      from: 'anthropic',
      to: 'anthropic',
      body,
      headers: { 'x-session-id': 's1' },
      compress: compressor.compress,
    })
    await settled()
  }
  return told
}

describe('an output that is there again', () => {
  it('is told once for each time the command was run, not for each time it is sent', async () => {
    expect(await played([['chatter', noisy]])).toHaveLength(1)
    const told = await played([
      ['chatter', noisy],
      ['chatter', chatter('another answer')],
      ['chatter', noisy],
    ])
    expect(told.map(({ original }) => original === told[0]?.original)).toEqual([true, false, true])
    expect(told[2]).toEqual(told[0])
  })

  it('is a command run again, in the journal', async () => {
    const folder = join(scratch(), 'state')
    const told = await played([
      ['chatter', noisy],
      ['chatter', noisy],
    ])
    for (const { scope: _, ...newborn } of told)
      noteFiring(folder, { kind: 'firing', atMs: 1_800_000_000_000, mouth: 'gateway', ...newborn })
    expect(readSavings(folder).map(({ kind }) => kind)).toEqual(['firing', 'rerun'])
  })
})
