/** What `aggressive` does besides: old results become one line, files read again are told as what changed. */
import { describe, expect, it } from 'vitest'
import { wasShortened } from '../../src/compression/omission.ts'
import type { Level } from '../../src/compression/shorten.ts'
import { asList, asObject, asText, type Json } from '../../src/wire/json.ts'
import { replay, type Sent } from './replay.ts'
import { type Step, sessionFromSeed, Words } from './session-steps.ts'
import { MemoryBirths, MemoryOriginals, type ShelterOptions, shelter } from './shelter.ts'

interface Round {
  readonly input: Json
  readonly text: string
  readonly failed?: boolean
  readonly pauseMs?: number
}

/** One call each, a second apart. */
function stepsOf(rounds: readonly Round[]): readonly Step[] {
  let nowMs = 0
  const steps = rounds.flatMap(({ input, text, failed = false, pauseMs = 1000 }, at): Step[] => {
    nowMs += pauseMs
    const tool = asText(asObject(input)['path']) === undefined ? 'bash' : 'read'
    const turn = {
      text: 'next',
      thinking: '',
      outputTokens: 5,
      isEvicted: false,
      askedMs: nowMs,
      endedMs: nowMs,
    }
    return [
      { kind: 'turn', ...turn, calls: [{ id: `c${at}`, tool, input }] },
      { kind: 'result', callId: `c${at}`, text, failed },
    ]
  })
  const last = { text: 'done', thinking: '', outputTokens: 5, isEvicted: false, calls: [] }
  return [
    { kind: 'user', text: 'go' },
    ...steps,
    { kind: 'turn', ...last, askedMs: nowMs + 1, endedMs: nowMs + 1 },
  ]
}

function play(steps: readonly Step[], options: ShelterOptions = {}, level: Level = 'aggressive') {
  const births = new MemoryBirths()
  const originals = new MemoryOriginals()
  const requests: Sent[] = []
  const bill = replay(steps, {
    compressor: (clock) =>
      shelter({ filters: [], births, originals, clock, settings: { level }, ...options }).compressor.compress,
    sent: (sent) => requests.push(sent),
  })
  return { bill, requests, originals, last: resultsIn(requests.at(-1)?.body ?? '{}') }
}

const resultsIn = (body: string): readonly string[] =>
  asList(asObject(JSON.parse(body))['messages']).flatMap((message) =>
    asList(asObject(message)['content']).flatMap((block) =>
      asList(asObject(block)['content']).flatMap((part) => asText(asObject(part)['text']) ?? []),
    ),
  )

const output = (seed: number, bytes = 3000): string => new Words(seed).text(bytes)
const plain = (count: number, pauses: Readonly<Record<number, number>> = {}): readonly Round[] =>
  Array.from({ length: count }, (_, at) => ({
    input: { command: `make part-${at}` },
    text: output(at),
    ...(pauses[at] !== undefined && { pauseMs: pauses[at] }),
  }))

describe('Results of long ago', () => {
  it('become one line when the cache was lost by a pause, the latest ten rounds excepted', () => {
    const { last, originals, bill } = play(stepsOf(plain(16, { 15: 400_000 })))
    const stubs = last.filter(wasShortened)
    expect(stubs).toHaveLength(5)
    expect(last.slice(0, 5)).toEqual(stubs)
    const [lines, id = ''] = [output(0).split('\n').length, /show (r\w+)\]/.exec(stubs[0] ?? '')?.[1]]
    expect(stubs[0]).toBe(`[+${lines} lines hidden: an old result of bash make part-0 — clutch show ${id}]`)
    expect(originals.texts.get(id)).toBe(output(0))
    expect(bill.notes.flatMap(({ miss }) => miss?.causes ?? [])).toEqual(['expired'])
  })

  it('stay while the cache is warm and it does not pay', () =>
    expect(play(stepsOf(plain(16))).last.some(wasShortened)).toBe(false))

  it('become one line where it pays, and the miss that follows is called our own', () => {
    const rounds = [...plain(6).map((round) => ({ ...round, text: output(7, 60_000) })), ...plain(24)]
    const { last, bill } = play(stepsOf(rounds))
    expect(last.slice(0, 6).every(wasShortened)).toBe(true)
    expect(new Set(bill.notes.flatMap(({ miss }) => miss?.causes ?? []))).toEqual(new Set(['own-edit']))
    expect(bill.cost).toBeLessThan(replay(stepsOf(rounds)).cost * 0.9)
  })

  it('stay when they failed, when their original cannot be kept, and at every other level', () => {
    const lost = plain(16, { 15: 400_000 })
    expect(play(stepsOf(lost.map((round) => ({ ...round, failed: true })))).last.some(wasShortened)).toBe(
      false,
    )
    const originals = new MemoryOriginals()
    originals.refuses = true
    expect(play(stepsOf(lost), { originals }).last.some(wasShortened)).toBe(false)
    expect(play(stepsOf(lost), {}, 'balanced').last.some(wasShortened)).toBe(false)
  })

  it('stay that line ever after, over restarts too', () => {
    const steps = stepsOf(plain(18, { 15: 400_000 }))
    const restarted = [...steps.slice(0, -4), { kind: 'restart' } as const, ...steps.slice(-4)]
    const { requests } = play(restarted)
    const stubs = requests.map(({ body }) => resultsIn(body).filter(wasShortened).length)
    expect(stubs.slice(15)).toEqual([5, 5, 5, 5])
  })
})

describe('A file that is read again', () => {
  const before = output(1, 6000)
  const changed = before.replace('return', 'give back')
  const read = (text: string): Round => ({ input: { path: '/src/a.ts' }, text })

  it('is told as what changed, and the first reading stays for it', () => {
    const { last, originals } = play(
      stepsOf([read(before), ...plain(8), read(changed), ...plain(8, { 7: 400_000 })]),
    )
    expect(last[0]).toBe(before)
    expect(last[9]).toContain('give back')
    expect(last[9]).toContain('as in the earlier result for /src/a.ts — clutch show')
    expect((last[9] ?? '').length).toBeLessThan(changed.length / 2)
    expect([...originals.texts.values()]).toContain(changed)
    expect(last.slice(1, 7).every(wasShortened)).toBe(true)
  })

  it('is told whole when the first reading is not there any more, or at another level', () => {
    const far = stepsOf([read(before), ...plain(14, { 13: 400_000 }), read(changed)])
    expect(play(far).last.at(-1)).toBe(changed)
    expect(play(stepsOf([read(before), read(changed)]), {}, 'balanced').last.at(-1)).toBe(changed)
  })
})

it('A held-out session is left alone in every respect', () => {
  const steps = sessionFromSeed(5, { rounds: 30, bytes: 4000, misses: 10, turmoil: 0 })
  const { requests, bill } = play(steps, { settings: { level: 'aggressive', holdout: 1 } })
  expect(requests.every(({ body, raw }) => body === raw)).toBe(true)
  expect(new Set(bill.notes.map(({ level }) => level))).toEqual(new Set(['holdout']))
})
