import { describe, expect, it } from 'vitest'
import { atTurnsEnd } from '../../src/world/at-turns-end.ts'

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('what waits for the end of the turn', () => {
  it('is flushed once for each time it was put there, in order, after everything else of the turn', async () => {
    const done: string[] = []
    const one = { flush: () => done.push('one') }
    const two = { flush: () => done.push('two') }
    atTurnsEnd(one)
    atTurnsEnd(two)
    atTurnsEnd(one)
    await Promise.resolve().then(() => done.push('a promise'))
    await new Promise<void>((resolve) => process.nextTick(resolve))
    expect(done).toEqual(['a promise'])
    await turn()
    expect(done).toEqual(['a promise', 'one', 'two', 'one'])
  })

  it('may put itself there again, for the next turn', async () => {
    const done: number[] = []
    const again = {
      flush() {
        if (done.push(done.length) === 1) atTurnsEnd(again)
      },
    }
    atTurnsEnd(again)
    await turn()
    await turn()
    expect(done).toEqual([0, 1])
  })
})
