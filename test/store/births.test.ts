import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { BirthStore } from '../../src/store/births.ts'
import { VirtualClock } from '../gateway/rig.ts'

const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

function place() {
  const folder = mkdtempSync(join(tmpdir(), 'clutch-births-'))
  folders.push(folder)
  return { file: join(folder, 'state', 'births.db'), clock: new VirtualClock() }
}

const scope = { id: 's1', session: 's1', agent: 'claude', isHeldOut: false }
const telling = { place: 'toolu_1 0', content: 'hash', birth: 'b1' }
const birth = { text: 'less', filter: 'vitest', savedTokens: 120 }

describe('What was decided about tool results', () => {
  it('is remembered over a restart, in a file for its owner alone', () => {
    const { file, clock } = place()
    const complaints: string[] = []
    const order = { file, clock, wasHere: false, complain: (why: string) => complaints.push(why) }
    const first = new BirthStore(order)
    expect(first.scope('s1')).toBeUndefined()
    first.begin(scope, 'fs1')
    first.tell(scope, telling, birth)
    expect(first.birth('b1')).toEqual(birth)
    first.close()
    const second = new BirthStore({ ...order, wasHere: true })
    expect(second.isLost).toBe(false)
    expect(second.scope('s1')).toEqual({ filterSet: 'fs1', told: new Map([['toolu_1 0', telling]]) })
    expect(second.birth('b1')).toEqual(birth)
    expect(second.toldElsewhere('toolu_1 0', 'hash')).toEqual(telling)
    expect(second.toldElsewhere('toolu_1 0', 'other')).toBeUndefined()
    second.close()
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(complaints).toEqual([])
  })

  it('is on the disk before a model can have answered: a process that is killed then forgets nothing', async () => {
    const { file, clock } = place()
    const order = { file, clock, wasHere: false, complain: expect.fail }
    const killed = new BirthStore(order)
    killed.begin(scope, 'fs1')
    killed.tell(scope, telling, birth)
    await clock.advance(1)
    const next = new BirthStore({ ...order, wasHere: true })
    expect(next.scope('s1')).toEqual({ filterSet: 'fs1', told: new Map([['toolu_1 0', telling]]) })
    expect(next.birth('b1')).toEqual(birth)
    next.close()
    killed.close()
  })

  it('keeps the filters that a session began with, whatever is begun again', () => {
    const { file, clock } = place()
    const store = new BirthStore({ file, clock, wasHere: false, complain: () => undefined })
    store.begin(scope, 'fs1')
    store.begin(scope, 'fs2')
    expect(store.scope('s1')?.filterSet).toBe('fs1')
    store.close()
  })

  it('goes after a month without use', async () => {
    const { file, clock } = place()
    const order = { file, clock, wasHere: false, complain: () => undefined }
    const first = new BirthStore(order)
    first.begin(scope, 'fs1')
    first.tell(scope, telling, birth)
    first.close()
    await clock.advance(31 * 24 * 3600_000)
    const second = new BirthStore(order)
    expect(second.scope('s1')).toBeUndefined()
    expect(second.birth('b1')).toBeUndefined()
    second.close()
  })

  it('is lost when the file is, and nothing breaks when there can be none', () => {
    const { file, clock } = place()
    const store = new BirthStore({ file, clock, wasHere: true, complain: () => undefined })
    expect(store.isLost).toBe(true)
    store.close()
    const complaints: string[] = []
    writeFileSync(`${file}-no`, 'no database')
    const broken = new BirthStore({
      file: `${file}-no`,
      clock,
      wasHere: true,
      complain: (why) => complaints.push(why),
    })
    broken.begin(scope, 'fs1')
    broken.tell(scope, telling, birth)
    expect(broken.scope('s1')).toBeUndefined()
    expect(broken.birth('b1')).toEqual(birth)
    broken.close()
    expect(complaints).toHaveLength(1)
  })
})
