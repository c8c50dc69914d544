/** Silence, clients that leave and clients that do not read, before the built gateway as its own process. */
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { DialectId } from '../../src/conversation/conversation.ts'
import { dialects } from '../../src/dialects/index.ts'
import { everyPair, simpleRequest } from '../gateway/rig.ts'
import { faultsOf, hear } from './heard.ts'
import { type Answer, ProcessStage, type Question } from './process-stage.ts'
import { sayable, type Told } from './told.ts'
import { tellers } from './upstream/index.ts'

/** The gateway looks at who waits once a second. */
const timeouts = {
  ping_ms: 500,
  head_ms: 1_500,
  idle_ms: 6_000,
  hold_thinking_ms: 0,
  closing_grace_ms: 200,
}
/** Long enough for two pings, wherever in a second it begins. */
const hesitationMs = 3_200
const told: Told = { parts: [{ text: 'First a few words, then some more.' }], stop: 'done' }

let stage: ProcessStage
beforeAll(async () => {
  stage = await ProcessStage.open({ timeouts })
})
afterAll(() => stage.stop())

/** Asked of all pairs at the same time: told from each other by a word. */
function question(from: DialectId, to: DialectId): Question {
  const about = `${from} asks ${to}`
  return { from, place: to, body: saying[from](about), streamed: true, about }
}

const saying: Readonly<Record<DialectId, (words: string) => object>> = {
  anthropic: (content) => simpleRequest('anthropic', { messages: [{ role: 'user', content }] }),
  'openai-chat': (content) => simpleRequest('openai-chat', { messages: [{ role: 'user', content }] }),
  'openai-responses': (input) => simpleRequest('openai-responses', { input }),
  gemini: (text) => simpleRequest('gemini', { contents: [{ role: 'user', parts: [{ text }] }] }),
}

/** A stream in two: until the first word has been said, and the rest. */
function halves(to: DialectId): readonly [said: string, rest: string] {
  const stream = tellers[to].stream(sayable(told, to))
  const frameEnd = /\r?\n\r?\n/g
  frameEnd.lastIndex = stream.indexOf('a few')
  const { index, 0: blank } = frameEnd.exec(stream)!
  return [stream.slice(0, index + blank.length), stream.slice(index + blank.length)]
}

const begin = (response: ServerResponse, words: string): void => {
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  response.write(words)
}

/** Says the first words, then nothing for a while, then the rest. */
const hesitating =
  (to: DialectId): Answer =>
  (response) => {
    const [said, rest] = halves(to)
    begin(response, said)
    setTimeout(() => response.end(rest), hesitationMs)
  }

const failed = /"error"|response\.failed/

/** All pairs at once: this takes seconds that nobody uses. */
const everywhere = (check: (ask: Question, to: DialectId) => Promise<void>): Promise<unknown> =>
  Promise.all(everyPair.map(({ from, to }) => check(question(from, to), to)))

describe('as a process: every client before every upstream', () => {
  it('[C99] [C100] pings fill the silence of an upstream, and the reply around them stays whole', () =>
    everywhere(async (ask, to) => {
      const { client } = await stage.ask(ask, hesitating(to))
      const spans = client.text.split(dialects[ask.from].keepAlive)
      expect(spans.length - 1, ask.about).toBeGreaterThanOrEqual(2)
      const text = spans.join('').replaceAll('\r\n', '\n')
      expect(faultsOf[ask.from](text), `${ask.about}: ${text}`).toEqual([])
      const words = 'First a few words, then some more.'
      expect(hear(ask.from, text, true), ask.about).toMatchObject({ text: words, stop: 'done' })
    }))

  it('[C101] an upstream that falls silent is given up, and the client is told', () =>
    everywhere(async (ask, to) => {
      const { client } = await stage.ask(ask, (response) => begin(response, halves(to)[0]))
      expect(client.ended, ask.about).toBe(true)
      expect(client.text, ask.about).toMatch(failed)
      expect(hear(ask.from, client.text.replaceAll('\r\n', '\n'), true).stop, ask.about).not.toBe('done')
    }))

  it('[C104] a client that leaves ends the upstream’s work within a second', () =>
    everywhere(async (ask, to) => {
      const over = new Promise<number>((left) =>
        stage.expect((response) => {
          begin(response, halves(to)[0])
          response.once('close', () => left(Date.now()))
        }, ask.about),
      )
      const leaving = new AbortController()
      const reply = await stage.send(ask, leaving.signal)
      reply.on('error', () => undefined)
      await once(reply, 'data')
      const leftMs = Date.now()
      leaving.abort()
      expect((await over) - leftMs, ask.about).toBeLessThan(1_000)
    }))
})

describe('as a process: before the head', () => {
  it('[C104] a client that leaves ends the upstream’s work within a second', async () => {
    const leaving = new AbortController()
    const over = new Promise<number>((left) =>
      stage.expect((response) => {
        response.once('close', () => left(Date.now() - leftMs))
        leftMs = Date.now()
        leaving.abort()
      }),
    )
    let leftMs = 0
    await expect(stage.send(question('anthropic', 'openai-chat'), leaving.signal)).rejects.toThrow()
    expect(await over).toBeLessThan(1_000)
  })

  it('[C101] [C103] an upstream that never answers is given up, and the client is told', () =>
    everywhere(async (ask) => {
      const { client } = await stage.ask(ask, () => undefined)
      expect(client.ended, ask.about).toBe(true)
      if (client.status === 200) expect(client.text, ask.about).toMatch(failed)
      else expect(client.status, ask.about).toBeGreaterThanOrEqual(500)
    }))
})

describe('as a process: a client that does not read', () => {
  const piece = 'x'.repeat(16_000)
  const frame = `event: content_block_delta\ndata: ${JSON.stringify({
    type: 'content_block_delta',
    index: 0,
    delta: { type: 'text_delta', text: piece },
  })}\n\n`
  const frames = 6_000
  const [opening, closing] = tellers.anthropic
    .stream({ parts: [{ text: 'mark' }], stop: 'done' })
    .split(/(?<=\n\n)(?=event: content_block_stop)/) as [string, string]

  /** Says all frames as fast as they are taken. */
  const flood = (counter: { taken: number }): Answer => {
    return async (response) => {
      begin(response, opening)
      for (; counter.taken < frames && !response.destroyed; counter.taken++)
        if (!response.write(frame)) await once(response, 'drain')
      response.end(closing)
    }
  }

  it.each(['anthropic', 'openai-chat'] as const)(
    '[C106] holds the upstream back, and hears everything when it reads: %s',
    async (from) => {
      const counter = { taken: 0 }
      const beforeBytes = residentBytes(stage.pid)
      stage.expect(flood(counter))
      const reply = await stage.send(question(from, 'anthropic'))
      const stoppedAt = await untilStill(counter)
      expect(stoppedAt).toBeLessThan(frames * 0.5)
      expect(residentBytes(stage.pid) - beforeBytes).toBeLessThan(64 * 1024 * 1024)
      expect(lettersIn(await textOf(reply), piece)).toBe(frames)
      expect(counter.taken).toBe(frames)
    },
  )
})

/** Resolves when the upstream has not been rid of anything for a while. */
async function untilStill(counter: { readonly taken: number }): Promise<number> {
  for (let before = -1; before !== counter.taken || counter.taken === 0; ) {
    before = counter.taken
    await pause(300)
  }
  return counter.taken
}

async function textOf(reply: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of reply) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}

const lettersIn = (text: string, piece: string): number => text.split(piece).length - 1

/** 0 where the system does not tell. */
function residentBytes(pid: number): number {
  if (process.platform !== 'linux') return 0
  const kilobytes = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  return Number(kilobytes ?? 0) * 1024
}
