import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { findAdmin, longestBodyOf } from '../../src/server/admin.ts'
import { createMouthDoor } from '../../src/server/mouth-door.ts'
import { readSavings } from '../../src/store/savings.ts'
import { load } from '../config/house.ts'
import { scratch } from '../store/scratch.ts'

const text = Array.from(
  { length: 200 },
  (_, n) => `src/part-${Math.floor(n / 40)}/a.ts:${n}: found here`,
).join('\n')
const grep = { tool: 'Bash', commandLine: 'grep -rn found src', text, agent: 'claude', session: 's1' }

function door(compression: unknown = {}) {
  const stateFolder = join(scratch(), 'state')
  const loaded = load({ config: JSON.stringify({ compression }) })
  if (!loaded.ok) throw new Error('broken')
  return { ask: createMouthDoor(() => ({ ...loaded.settings, stateFolder })), stateFolder }
}

const textIn = (answer: { readonly text?: string } | string): string | undefined =>
  typeof answer === 'string' ? undefined : answer.text

describe('the door for hooks', () => {
  it('says what is to stand in the place of a result, and notes what was saved', async () => {
    const { ask, stateFolder } = door()
    expect(textIn(await ask(grep))?.length).toBeLessThan(text.length * 0.8)
    expect(readSavings(stateFolder)).toMatchObject([{ mouth: 'hook', agent: 'claude', session: 's1' }])
  })

  it('obeys the levels of the configuration', async () => {
    for (const compression of ['off', { commands: { 'grep *': 'off' } }, { tools: { Bash: 'off' } }])
      expect(await door(compression).ask(grep)).toEqual({})
    expect(textIn(await door({ commands: { 'rg *': 'off' } }).ask(grep))).toBeDefined()
  })

  it('obeys the environment of the one command', async () => {
    expect(await door().ask({ ...grep, commandLine: `CLUTCH_COMPRESS=off ${grep.commandLine}` })).toEqual({})
  })

  it('says what is missing', async () => {
    expect(await door().ask({ tool: 'Bash' })).toContain('"text"')
    expect(await door().ask(undefined)).toContain('"text"')
  })

  it('takes posts only, of results as long as they may be', async () => {
    expect(typeof findAdmin('POST', 'shorten')).toBe('function')
    expect(findAdmin('GET', 'shorten')).toMatchObject({ status: 405 })
    expect(longestBodyOf('shorten')).toBeGreaterThan(10 * 1024 * 1024)
    expect(longestBodyOf('reload')).toBeLessThan(100_000)
  })
})
