/** Our own pipeline never shortens the stable prefix: what stays as it was for the client stays as it was for the provider. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { DialectId } from '../../src/conversation/conversation.ts'
import { filters } from '../../src/filters/index.ts'
import type { Stations } from '../../src/gateway/stations.ts'
import { VirtualClock } from '../gateway/rig.ts'
import { play, type Sent } from './replay.ts'
import { type Step, sessionFromSeed } from './session-steps.ts'
import { MemoryBirths, MemoryOriginals, quiet, type ShelterOptions, shelter } from './shelter.ts'
import { blocksIn, type WrittenBlock } from './written.ts'

const commonBlocks = (a: readonly WrittenBlock[], b: readonly WrittenBlock[]): number => {
  const differs = a.findIndex((block, at) => block.text !== b[at]?.text)
  return differs < 0 ? a.length : differs
}

interface Seen {
  readonly raw: readonly WrittenBlock[]
  readonly sent: readonly WrittenBlock[]
}

/** Requests of one conversation, each seen against the one it has most in common with, the latest of those. */
class Watcher {
  readonly violations: string[] = []
  shortened = 0
  requests = 0
  readonly #seen: Seen[] = []
  readonly #dialect: DialectId

  constructor(dialect: DialectId = 'anthropic') {
    this.#dialect = dialect
  }

  readonly sent = ({ body, raw, note }: Sent): void => {
    const now = { raw: blocksIn(this.#dialect, raw), sent: blocksIn(this.#dialect, body) }
    this.requests++
    if (body.length < raw.length) this.shortened++
    this.#expectOnlyResults(now)
    let [common, kept] = [0, 0]
    for (const before of this.#seen) {
      const same = commonBlocks(before.raw, now.raw)
      if (same >= common) [common, kept] = [same, commonBlocks(before.sent, now.sent)]
    }
    const mayEdit = note?.level === 'aggressive' && note.keptBytes < note.sameBytes
    if (kept < common && !mayEdit)
      this.violations.push(`of ${common} blocks ${kept} were kept: ${JSON.stringify(note)}`)
    this.#seen.push(now)
  }

  #expectOnlyResults({ raw, sent }: Seen): void {
    if (raw.length !== sent.length) this.violations.push('a block was lost')
    for (const [at, { text, isResult }] of raw.entries())
      if (text !== sent[at]?.text && !isResult) this.violations.push('not a result')
  }
}

const all = [quiet, ...filters]

/** A gateway that may be started again at any time; the store stays. */
function house(options: ShelterOptions) {
  const clock = new VirtualClock()
  const births = new MemoryBirths()
  const originals = new MemoryOriginals()
  const start = (): Stations['compress'] =>
    shelter({ filters: all, births, originals, clock, ...options }).compressor.compress
  let now = start()
  return {
    clock,
    restart: () => {
      now = start()
    },
    compress: ((call, reader, plan) => now(call, reader, plan)) satisfies Stations['compress'],
  }
}

const making = fc.record({
  seed: fc.nat(1_000_000),
  rounds: fc.integer({ min: 2, max: 14 }),
  bytes: fc.constantFrom(600, 1500, 4000),
  misses: fc.constantFrom(0, 20),
  turmoil: fc.constantFrom(0, 30, 60),
})

describe('The stable prefix', () => {
  const violationsIn = (
    level: 'lossless' | 'balanced' | 'aggressive',
    runs: number,
    dialect: DialectId = 'anthropic',
  ): { shortened: number } => {
    let shortened = 0
    const property = fc.property(making, ({ seed, ...made }) => {
      const { clock, compress, restart } = house({ settings: { level } })
      const watched = new Watcher(dialect)
      const aside = new Watcher(dialect)
      const compressor = () => {
        restart()
        return compress
      }
      const shared = { compressor, clock, dialect, session: `s${seed}` }
      const main = play(sessionFromSeed(seed, made), { ...shared, sent: watched.sent })
      const headers = { 'x-claude-code-agent-id': 'sub' }
      const sub = play(sessionFromSeed(seed + 1, { ...made, rounds: 3 }), {
        ...shared,
        headers,
        sent: aside.sent,
      })
      for (let left = true; left; ) {
        left = !main.next().done
        sub.next()
      }
      expect(watched.violations).toEqual([])
      expect(aside.violations).toEqual([])
      shortened += watched.shortened
    })
    fc.assert(property, { numRuns: runs, seed: 7 })
    return { shortened }
  }

  it.each([
    ['anthropic', 400],
    ['openai-chat', 200],
    ['openai-responses', 200],
    ['gemini', 200],
  ] as const)(
    'is never shortened by us over 1,000 sessions: markers, thoughts, retries, subagents, resumption, compaction, restarts; in %s %i of them',
    (dialect, runs) => {
      expect(violationsIn('balanced', runs, dialect).shortened).toBeGreaterThan(runs)
    },
    120_000,
  )

  it('is edited in aggressive only where the record says so', () => {
    violationsIn('aggressive', 70)
    for (const dialect of ['openai-chat', 'openai-responses', 'gemini'] as const)
      violationsIn('aggressive', 10, dialect)
  }, 60_000)

  it.each(['anthropic', 'openai-chat', 'openai-responses', 'gemini'] as const)(
    'and this would be seen in %s: a store that forgets between two restarts is a violation',
    (dialect) => {
      const forgetful = new MemoryBirths()
      forgetful.scope = () => undefined
      forgetful.toldElsewhere = () => undefined
      const clock = new VirtualClock()
      const watched = new Watcher(dialect)
      const steps = sessionFromSeed(3, { rounds: 30, bytes: 4000, misses: 0, turmoil: 0 })
      const compressor = () => shelter({ filters: all, births: forgetful, clock }).compressor.compress
      const restarted = steps.flatMap((step): Step[] =>
        step.kind === 'turn' ? [{ kind: 'restart' }, step] : [step],
      )
      const playing = play(restarted, { compressor, clock, dialect, sent: watched.sent })
      while (!playing.next().done);
      expect(watched.violations).not.toEqual([])
    },
  )
})
