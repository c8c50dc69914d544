/** Recorded replies, split in two at every byte, through the gateway to every client. */
import { describe, expect, it } from 'vitest'
import { everyPair } from '../gateway/rig.ts'
import { CutStage } from './cut-stage.ts'
import { splitRecordings } from './recordings.ts'

/** Thousands of plays each. */
const timeout = 180_000

describe.each(everyPair)('$from to $to', { timeout }, ({ from, to }) => {
  it('[C41] a reply means the same however its bytes are split in two', async () => {
    const stage = new CutStage(from, to)
    for (const { name, stream } of splitRecordings(to)) {
      const bytes = Buffer.from(stream)
      const whole = await stage.stream(bytes)
      expect(whole.status, name).toBe(200)
      for (let at = 1; at < bytes.length; at++) {
        const split = await stage.stream(bytes.subarray(0, at), bytes.subarray(at))
        if (split.text !== whole.text) expect(split.text, `${name} split at ${at}`).toBe(whole.text)
      }
    }
  })
})
