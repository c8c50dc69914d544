import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { show } from '../../src/cli/mcp-tools/show.ts'
import { Originals } from '../../src/store/originals.ts'
import { readSavings } from '../../src/store/savings.ts'
import { scratch } from '../store/scratch.ts'

function machine() {
  const home = scratch()
  const state = join(home, '.xx', 'state')
  const id = new Originals({ folder: join(state, 'originals') }).put('one\ntwo\nthree\n') ?? ''
  const io = { out: expect.fail, err: expect.fail, env: {}, home, cwd: home }
  return {
    id,
    state,
    ask: (given: Record<string, string>) => show.run(given, io, new AbortController().signal),
  }
}

describe('the tool show of clutch mcp', () => {
  it('shows an original, whole or in part, and counts it', async () => {
    const { id, state, ask } = machine()
    expect(await ask({ id })).toEqual({ text: 'one\ntwo\nthree\n' })
    expect(await ask({ id, lines: '2:3' })).toEqual({ text: 'two\nthree\n' })
    expect(await ask({ id, grep: '^t' })).toEqual({ text: '2:two\n3:three\n' })
    expect(readSavings(state)).toHaveLength(3)
  })

  it('tells the model what is wrong', async () => {
    const { id, ask } = machine()
    expect(await ask({ id: 'r00000' })).toMatchObject({
      failed: true,
      text: expect.stringContaining('no original'),
    })
    expect(await ask({ id: '--help' })).toMatchObject({ failed: true })
    expect(await ask({})).toMatchObject({ failed: true })
    expect(await ask({ id, grep: 'nothing' })).toEqual({ failed: true, text: 'No line fits.' })
    expect(await ask({ id, lines: 'x' })).toMatchObject({ failed: true })
  })
})
