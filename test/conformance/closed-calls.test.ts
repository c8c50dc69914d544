/** Upstreams that close a tool call although its arguments are not whole, before every client. */
import { describe, expect, it } from 'vitest'
import type { DialectId } from '../../src/conversation/conversation.ts'
import { type Json, parseJson } from '../../src/wire/json.ts'
import { everyPair, rig, simpleRequest } from '../gateway/rig.ts'
import { CutStage } from './cut-stage.ts'
import { hear } from './heard.ts'
import { type Told, type ToldCall, type ToldStop, upstreamModel } from './told.ts'
import { tellers } from './upstream/index.ts'

/** Thousands of plays each. */
const timeout = 180_000

/** Gemini's arguments are objects: they cannot end half-way in a frame that is JSON. */
const inText = (dialect: DialectId): boolean => dialect !== 'gemini'
const pairs = everyPair.filter(({ to }) => inText(to))
const alike = pairs.filter(({ from, to }) => from === to)

const args = '{"path":"a \\"{}\\\\","ü":[1,{"n":null}]}'
const call = (text: string, id = 'call_c'): ToldCall => ({ call: 'look', id, args: text })
const said = (calls: readonly ToldCall[], stop: ToldStop = 'tool-calls'): Told => ({
  parts: [{ text: 'I look.' }, ...calls],
  stop,
})
const stream = (dialect: DialectId, told: Told): string => tellers[dialect].stream(told)
const asText = (text: string): Buffer => Buffer.from(text)
const byFrame = (text: string): Buffer[] => text.split(/(?<=\n\n)|(?<=\r\n\r\n)|(?<=\r\r)/).map(asText)

/** The same events as other servers write them. */
const spellings: Readonly<Record<string, (stream: string) => string>> = {
  'as usual': (text) => text,
  'with blanks': inEachObject((value) => JSON.stringify(value, null, 1).replaceAll(/\n */g, ' ')),
  'with names in another order': inEachObject((value) => JSON.stringify(turned(value))),
  'with CR LF': (text) => text.replaceAll('\n', '\r\n'),
  'with CR alone': (text) => text.replaceAll('\n', '\r'),
}

function inEachObject(write: (value: Json) => string) {
  return (text: string): string =>
    text.replaceAll(/^data: (\{.*\})$/gm, (_, json: string) => `data: ${compact(write(parseJson(json)))}`)
}
/** As Python writes it: blanks after colons and commas, none inside of brackets. */
const compact = (json: string): string => json.replaceAll(/([[{]) /g, '$1').replaceAll(/ ([\]}])/g, '$1')

function turned(value: Json | undefined): Json | undefined {
  if (Array.isArray(value)) return value.map((one) => turned(one) ?? null)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([name, one]) => [name, turned(one)]),
  )
}

function wrong(stage: CutStage, text: string, ended: boolean): string | undefined {
  const { heard, failed } = stage.judge(text.replaceAll(/\r\n?/g, '\n'))
  if (!ended) return 'the client is left waiting'
  if (!failed) return `it ends in ${heard.stop}`
  if (heard.calls.length > 0) return `a call is complete: ${JSON.stringify(heard.calls)}`
  return heard.text === 'I look.' ? undefined : `the text is ${heard.text}`
}

describe.each(pairs)('$from to $to', { timeout }, ({ from, to }) => {
  it('[C46] [C47] a call that the upstream closes anywhere in its arguments is no complete call', async () => {
    const stage = new CutStage(from, to)
    for (let at = 1; at < args.length; at++) {
      const cut = said([call(args.slice(0, at))])
      const client = await stage.stream(...byFrame(stream(to, cut)))
      const fault = wrong(stage, client.text, client.ended)
      if (fault !== undefined) expect.fail(`closed at ${at}: ${fault}\n${client.text}`)
    }
  })

  it('[C46] [C47] nor is one whose arguments are no object, or more than one', async () => {
    const stage = new CutStage(from, to)
    for (const text of ['[1]', '1', '"a"', '{"a":1}{"b":2}', '{"a":1}}', '{"a":}']) {
      const client = await stage.stream(...byFrame(stream(to, said([call(text)]))))
      const fault = wrong(stage, client.text, client.ended)
      if (fault !== undefined) expect.fail(`${text}: ${fault}\n${client.text}`)
    }
  })

  it('[C39] [C47] a call cut by the limit on length is not complete, though the upstream closes it', async () => {
    const stage = new CutStage(from, to)
    for (const text of [args.slice(0, 1), args.slice(0, 9), args.slice(0, -1)]) {
      const client = await stage.stream(...byFrame(stream(to, said([call(text)], 'length'))))
      const { heard } = stage.judge(client.text)
      expect([heard.stop, heard.calls, heard.text], client.text).toEqual(['length', [], 'I look.'])
    }
  })

  it('[C94] a whole reply with such a call has failed before its first word: the next target is asked', async () => {
    const body = simpleRequest(from, { stream: false })
    const { client, upstream, clock, records } = rig({ from, to, body, stream: false, targets: 2 })
    await clock.advance(0)
    upstream[0]!.json(200, whole(to, said([call(args.slice(0, 9))])))
    await clock.advance(0)
    upstream.at(-1)!.json(200, tellers[to].whole(said([call(args)])))
    await clock.advance(0)
    expect(upstream.at(-1)!.request.url).toContain('beta')
    expect(client.status).toBe(200)
    expect(hear(from, client.text, false).calls).toMatchObject([{ name: 'look', args }])
    expect(records[0]!.attempts[0]!.failure?.kind).toBe('cut')
  })
})

/** A Messages reply holds its arguments as an object: there it is the body that is cut. */
const whole = (dialect: DialectId, told: Told): string =>
  dialect === 'anthropic'
    ? tellers.anthropic.whole(said([call(args)])).replace(/"stop_reason":"[^"]*"/, '"stop_reason":null')
    : tellers[dialect].whole(told)

describe.each(alike)('$from, which passes unread', { timeout }, ({ from, to }) => {
  const cut = stream(to, said([call(args.slice(0, 9))]))

  it('[C41] [C47] hears a closed half of a call however the bytes are split', async () => {
    const stage = new CutStage(from, to)
    const bytes = asText(cut)
    const expected = (await stage.stream(...byFrame(cut))).text
    expect(wrong(stage, expected, true)).toBeUndefined()
    for (let at = 1; at < bytes.length; at++) {
      const client = await stage.stream(bytes.subarray(0, at), bytes.subarray(at))
      if (client.status !== 200) continue // all of it came before the first word was told: it is asked again
      expect(client.text, `split at ${at}`).toBe(expected)
    }
  })

  it('[C47] [C94] [C126] hears it wherever the stream is cut as well', async () => {
    const stage = new CutStage(from, to)
    const bytes = asText(cut)
    for (let at = 0; at < bytes.length; at++) {
      const client = await stage.stream(...byFrame(bytes.subarray(0, at).toString('latin1')).map(fromLatin1))
      if (client.status !== 200) {
        expect(client.status === 0 || client.status >= 500, client.text).toBe(true)
        continue
      }
      const { heard, failed } = stage.judge(client.text)
      if (!failed || heard.calls.length > 0) expect.fail(`cut at ${at}: ${client.text}`)
    }
  })

  it('[C93] [C47] all at once, it goes to the next target: nothing of it was told', async () => {
    const { client, upstream, clock } = rig({ from, to, targets: 2 })
    await clock.advance(0)
    upstream[0]!.stream(cut).end()
    await clock.advance(0)
    upstream
      .at(-1)!
      .stream(stream(to, said([call(args)])))
      .end()
    await clock.advance(0)
    expect(upstream.at(-1)!.request.url).toContain('beta')
    expect(hear(from, client.text, true).calls).toMatchObject([{ name: 'look', args }])
  })

  it.each(Object.entries(spellings))('%s: cut calls are told from whole ones', async (_, spell) => {
    const stage = new CutStage(from, to)
    for (const at of [1, 9, args.length - 1]) {
      const half = spell(stream(to, said([call(args.slice(0, at))])))
      const client = await stage.stream(...byFrame(half))
      const fault = wrong(stage, client.text, client.ended)
      if (fault !== undefined) expect.fail(`closed at ${at}: ${fault}\n${client.text}`)
    }
    for (const interleaved of [false, true]) {
      const told = { ...said([call(args), call('{}', 'call_d'), call('', 'call_e')]), interleaved }
      const sound = spell(stream(to, told))
      const client = await stage.stream(...byFrame(sound))
      expect(client.text).toBe(sound.replaceAll(`"${upstreamModel}"`, '"opus"'))
    }
  })

  it('[C46] [C47] arguments may be long, and come in any number of pieces', async () => {
    const stage = new CutStage(from, to)
    const long = JSON.stringify({ text: 'a "\\" \n'.repeat(3000), path: 'a' })
    const whole = await stage.stream(...byFrame(stream(to, said([call(long)]))))
    expect(stage.judge(whole.text).heard).toMatchObject({ stop: 'tool-calls', calls: [{ args: long }] })
    for (const text of [long.slice(0, -1), long.slice(0, 9000), `${long}}`]) {
      const client = await stage.stream(...byFrame(stream(to, said([call(text)]))))
      expect(wrong(stage, client.text, client.ended)).toBeUndefined()
    }
  })

  // Responses says its arguments once more, and whole.
  it.runIf(to !== 'openai-responses')('[C46] [C47] a piece that is no JSON spoils its call', async () => {
    const stage = new CutStage(from, to)
    const sound = stream(to, said([call('{"a":"bcd"}')]))
    const client = await stage.stream(...byFrame(sound.replace('"d\\"}', '"\td\\"}')))
    expect(client.text).not.toContain('"tool_calls"},')
    expect(client.text).not.toContain('content_block_stop","index":1')
    expect(client.text).toMatch(/"error"/)
    expect((await stage.stream(...byFrame(sound))).text).not.toMatch(/"error"/)
  })

  it.runIf(to === 'openai-chat')(
    '[C47] the chunk that says why it ends may hold the last piece',
    async () => {
      const stage = new CutStage(from, to)
      for (const text of [args, args.slice(0, -1)]) {
        const apart = stream(to, said([call(text)]))
        const joined = apart
          .replace(/(\}\}\]\},"finish_reason":)null(?=[^\n]*\n\n[^\n]*"tool_calls"\})/, '$1"tool_calls"')
          .replace(/data: [^\n]*\{\},"finish_reason":"tool_calls"[^\n]*\n\n/, '')
        expect(joined.match(/"finish_reason":"/g)).toHaveLength(1)
        const client = await stage.stream(...byFrame(joined))
        const { heard, failed } = stage.judge(client.text)
        expect([failed, heard.calls.length], client.text).toEqual(text === args ? [false, 1] : [true, 0])
      }
    },
  )

  it('[C47] the first of two calls may be the one that is cut', async () => {
    const stage = new CutStage(from, to)
    for (const interleaved of [false, true]) {
      const told = { ...said([call(args.slice(0, 9)), call('{"b":2}', 'call_d')]), interleaved }
      const client = await stage.stream(...byFrame(stream(to, told)))
      const { heard, failed } = stage.judge(client.text)
      expect(failed, client.text).toBe(true)
      expect(heard.calls.map(({ id }) => id)).not.toContain('call_c')
    }
  })

  it('[C38] [C47] a refusal in the middle of a call stays a refusal, and the call is not complete', async () => {
    const stage = new CutStage(from, to)
    const client = await stage.stream(...byFrame(stream(to, said([call(args.slice(0, 9))], 'refusal'))))
    const { heard, failed } = stage.judge(client.text)
    expect([heard.stop, failed], client.text).toEqual(['refusal', false])
    if (from !== 'openai-chat') expect(heard.calls).toEqual([]) // where nothing but the reason ends a call
  })
})

const fromLatin1 = (bytes: Buffer): Buffer => Buffer.from(bytes.toString('utf8'), 'latin1')
