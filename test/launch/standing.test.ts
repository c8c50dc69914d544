import { describe, expect, it } from 'vitest'
import type { GuardRecord } from '../../src/launch/guard-record.ts'
import { recoveryOf } from '../../src/launch/recovery.ts'
import { type Sign, standingOf, tellStanding } from '../../src/launch/standing.ts'

const record: GuardRecord = {
  id: 'a',
  name: 'claude-shop',
  cwd: '/work/shop',
  argv: ['claude'],
  words: ['cipk', '--profile', 'x'],
  agent: 'claude',
  startedMs: 1_000_000,
  boot: 'this',
  remote: false,
}

describe('how a guarded launch stands', () => {
  const stand = (sign: Sign, ending?: number, afterS = 3600, more: Partial<GuardRecord> = {}) =>
    tellStanding(
      standingOf(
        { record: { ...record, ...more }, ...(ending !== undefined && { ending }) },
        { sign, boot: 'this', ...(ending !== undefined && { endedMs: 1_000_000 + afterS * 1000 }) },
      ),
    )

  it.each<[string, Sign, number | undefined, number, Partial<GuardRecord>]>([
    ['over', 'gone', 0, 3600, {}],
    ['over', 'gone', 130, 3600, {}],
    ['over', 'gone', 143, 3600, {}],
    ['over', 'gone', 2, 3, {}],
    ['crashed with exit code 1', 'gone', 1, 11, {}],
    ['crashed with exit code 101', 'gone', 101, 3600, {}],
    ['killed by signal 9', 'gone', 137, 1, {}],
    ['killed by signal 11', 'gone', 139, 3600, {}],
    ['its terminal was closed', 'gone', 129, 3600, {}],
    ['its SSH connection was lost', 'gone', 129, 3600, { remote: true }],
    ['running', 'watched', undefined, 0, {}],
    ['alive, its terminal was closed', 'held', undefined, 0, {}],
    ['alive, its SSH connection was lost', 'held', undefined, 0, { remote: true }],
    ['killed with all that watched it', 'gone', undefined, 0, {}],
    ['its terminal was closed', 'cut', undefined, 0, {}],
    ['its SSH connection was lost', 'cut', undefined, 0, { remote: true }],
    ['the machine went down', 'gone', undefined, 0, { boot: 'the one before' }],
    ['the machine went down', 'cut', undefined, 0, { boot: 'the one before' }],
  ])('%s: %s, code %s after %s s', (told, sign, ending, afterS, more) => {
    expect(stand(sign, ending, afterS, more)).toBe(told)
  })
})

describe('how it is launched again', () => {
  const at = (id: string, project: string, lastMs: number) => ({
    agent: 'claude' as const,
    id,
    project,
    lastMs,
  })

  it('in its own session, when that was begun; anew, when it was not', () => {
    const known = { ...record, session: 'own' }
    expect(
      recoveryOf(known, [at('other', '/work/shop', 9e9), at('own', '/work/shop', 1)])?.asked,
    ).toMatchObject({
      mode: 'init',
      session: 'own',
      tier: 'k',
      profile: 'x',
    })
    const anew = recoveryOf(known, [at('other', '/work/shop', 9e9)])
    expect(anew?.asked).not.toHaveProperty('session')
    expect(anew?.how).toMatch(/anew/)
  })

  it('in the newest of its folder since it started, where its own is not known', () => {
    const found = [
      at('elsewhere', '/work/bank', 2_000_000),
      at('mine', '/work/shop', 1_500_000),
      at('before', '/work/shop', 999_999),
    ]
    expect(recoveryOf(record, found)?.asked.session).toBe('mine')
    expect(recoveryOf(record, found.slice(2))?.asked).toMatchObject({ mode: 'init' })
    const blind = { ...record, agent: 'hermes' as const, words: ['hip'] }
    expect(recoveryOf(blind, [])?.asked).toMatchObject({ mode: 'continue' })
  })

  it('never with the prompt it had, and not at all from words that mean nothing any more', () => {
    const asked = recoveryOf({ ...record, words: ['ccp', '-s', 'x', 'do it again'] }, [])?.asked
    expect(asked).toMatchObject({ headless: false, stdin: false })
    expect(asked).not.toHaveProperty('prompt')
    expect(recoveryOf({ ...record, words: ['zzz'] }, [])).toBeUndefined()
    const { words: _, ...own } = record
    expect(recoveryOf(own, [])).toBeUndefined()
  })
})
