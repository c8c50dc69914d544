/** Every official SDK before every upstream dialect. The sandbox plays the upstream; the SDK decides what it heard. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Loss } from '../../src/conversation/loss.ts'
import { type BuiltGateway, startBuiltGateway } from './built-gateway.ts'
import type { Talk, TalkOrder, ToolOffer } from './judge.ts'
import { bothForms, complaintOf, cutWords, type Hearing, hearings, stopWords } from './judges.ts'
import { refusals } from './refusals.ts'

let gateway: BuiltGateway
beforeAll(async () => {
  gateway = await startBuiltGateway({
    plays: hearings.map(([title]) => musing(title)),
    config: { limits: { max_retries: 0 } },
  })
})
afterAll(() => gateway.stop())

const fable = 'The fox looked at the grapes, found them high, and went on. They were still sweet.'

/** Each hearing has a thought of its own, as models never think the same twice. */
const thoughtIn = (title: string): string =>
  `The case of ${title}: grapes hang high, and a fox is not a ladder.`
const musing = (title: string) => ({
  match: { model: 'musing*', contains: title },
  reply: [{ thinking: thoughtIn(title) }, { text: fable }],
})

const weather: ToolOffer = {
  name: 'get_weather',
  description: 'Tells the weather of a city',
  schema: {
    type: 'object',
    properties: {
      city: { type: 'string' },
      days: { type: 'integer', minimum: 1 },
      units: { type: 'string', enum: ['metric', 'imperial'] },
    },
    required: ['city', 'days'],
  },
}

type Wishes = Omit<TalkOrder, 'model' | 'streams'>

function open({ judge, upstream }: Hearing, script: string, streams: boolean, wishes: Wishes = {}): Talk {
  return judge.open(gateway.url, { model: `sandbox/${script}@${upstream}`, streams, ...wishes })
}

describe.concurrent.each(hearings)('%s', (title, hearing) => {
  const { judge, upstream } = hearing
  const stop = stopWords[judge.dialect]
  const translates = judge.dialect !== upstream

  describe.each(bothForms)('%s', (form, streams) => {
    test('[C2] [C18] [C33] a text arrives with its end, its usage and the name that was asked for', async () => {
      const answer = await open(hearing, 'text', streams).say('hello')
      expect(answer).toEqual({
        text: fable,
        thoughts: '',
        calls: [],
        stop: stop.done,
        model: `sandbox/text@${upstream}`,
        usage: { input: expect.any(Number), output: expect.any(Number) },
        lost: [],
      })
      expect(answer.usage.input).toBeGreaterThan(0)
      expect(answer.usage.output).toBeGreaterThan(0)
    })

    test('[C44] [C46] [C51] a call arrives whole, its result goes back, and the model goes on from it', async () => {
      const talk = open(hearing, 'tool', streams, { tools: [weather] })
      const asked = await talk.say('hello')
      expect(asked.calls).toEqual([
        { id: expect.stringMatching(/./), name: 'get_weather', input: { city: 'sandbox', days: 1 } },
      ])
      expect(asked).toMatchObject({ text: 'One call. ', stop: stop.calls, lost: [] })
      const [call] = asked.calls
      const told = await talk.giveResults(call ? [{ call, text: 'sunny, 23 degrees' }] : [])
      expect(told).toMatchObject({
        text: '1 result(s) came back: sunny, 23 degrees',
        calls: [],
        stop: stop.done,
      })
    })

    test('[C29] [C48] [C49] parallel calls arrive apart from each other, and so do their results', async () => {
      const talk = open(hearing, 'parallel:3', streams, { tools: [weather] })
      const { calls, stop: stopped } = await talk.say('hello')
      expect(stopped).toBe(stop.calls)
      expect(calls.map(({ input }) => input)).toEqual(
        Array.from({ length: 3 }, () => ({ city: 'sandbox', days: 1 })),
      )
      expect(new Set(calls.map(({ id }) => id)).size).toBe(3)
      const told = await talk.giveResults(calls.map((call, at) => ({ call, text: `day ${at + 1}` })))
      expect(told.text).toBe('3 result(s) came back: day 1 | day 2 | day 3')
    })

    test('[C45] a call without arguments has an empty object for them', async () => {
      const nothing: ToolOffer = {
        name: 'get_time',
        description: 'Tells the time',
        schema: { type: 'object', properties: {} },
      }
      const { calls } = await open(hearing, 'no-arg-tool', streams, { tools: [nothing] }).say('hello')
      expect(calls).toMatchObject([{ name: 'get_time', input: {} }])
    })

    test('[C62] [C63] [C64] [C68] thoughts are shown, and what the SDK kept of them may be sent back', async () => {
      const talk = open(hearing, 'musing', streams, { thinks: true })
      const first = await talk.say(title)
      const expected = { thoughts: thoughtIn(title), text: fable, stop: stop.done }
      expect(first).toMatchObject(expected)
      const second = await talk.say(`${title}, and then?`)
      expect(second).toMatchObject(expected)
      expect([first.lost, second.lost]).toEqual([lostWhenThinking(hearing), lostWhenThinking(hearing)])
    })

    test('[C13] structured output fits the schema that was asked for', async () => {
      const schema = {
        type: 'object',
        properties: {
          city: { type: 'string' },
          degrees: { type: 'integer' },
          sky: { type: 'string', enum: ['clear', 'grey'] },
        },
        required: ['city', 'degrees', 'sky'],
        additionalProperties: false,
      }
      const { text } = await open(hearing, 'json', streams, { schema }).say('hello')
      expect(JSON.parse(text)).toEqual({
        city: expect.any(String),
        degrees: expect.any(Number),
        sky: expect.stringMatching(/^(clear|grey)$/),
      })
    })

    test('[C70] [C72] an image is seen', async () => {
      const png =
        'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
      const { text, lost } = await open(hearing, 'image-echo', streams).say('What is this?', png)
      expect(text).toBe(`Shown: image/png, ${png.length} base64 characters.`)
      expect(lost).toEqual([])
    })

    test('[C37] [C38] [C39] a limit and a refusal are told as what they are', async () => {
      const limited = await open(hearing, 'length', streams).say('hello')
      expect(limited).toMatchObject({ text: fable.slice(0, 40), stop: stop.length })
      const refused = await open(hearing, 'refusal', streams).say('hello')
      expect(refused).toMatchObject({ text: 'I will not go on with this.', stop: stop.refusal })
    })

    test('[C39] [C47] a call that the limit cut off is no call', async () => {
      const { calls, stop: stopped } = await open(hearing, 'length-tool', streams, { tools: [weather] }).say(
        'go',
      )
      expect(calls).toEqual([])
      expect(stopped).toBe(stop.length)
    })

    test('[C34] [C132] cached tokens are counted once', async () => {
      const { usage } = await open(hearing, 'usage-cache', streams, { thinks: true }).say('hello')
      expect(usage).toEqual({ input: inputTokens(hearing), output: 42 })
    })

    test.each(['cut', 'cut-tool', 'reset', 'error-mid'])(
      '[C47] [C94] [C120] after %s the SDK complains and gives no answer',
      async (script) => {
        const talk = open(hearing, script, streams, { tools: [weather] })
        const { thrown, status, message } = await complaintOf(judge, talk.say('hello'))
        expect(message).not.toBe('')
        if (streams) expect({ thrown, status }).toEqual(cutWords[judge.dialect](script))
        else expect(status).toBeGreaterThanOrEqual(502)
      },
    )

    test.each(refusals)(
      '[C91] [C93] $script is told in the SDK’s own words',
      async ({ script, rows, ours }) => {
        const talk = open(hearing, script, streams)
        const complaint = await complaintOf(judge, talk.say(`hello, ${form}`))
        const { translated, verbatim } = rows[judge.dialect]
        const [thrown, status, word] = (translates ? undefined : verbatim) ?? translated
        expect(complaint).toMatchObject({ thrown, status, word })
        const showsId = judge.dialect !== 'gemini' || translates || ours === true
        expect(complaint.requestId !== undefined, 'shows a request id').toBe(showsId)
      },
    )

    test('[C93] an upstream that greets with 200 and then fails is told with a true status', async () => {
      const complaint = await complaintOf(judge, open(hearing, 'error-after-head', streams).say('hello'))
      expect([503, 529]).toContain(complaint.status)
    })
  })
})

/** Anthropic and Google count thinking in tokens, OpenAI in words. */
function lostWhenThinking({ judge, upstream }: Hearing): readonly Loss[] {
  const asksInTokens = judge.dialect === 'anthropic' || judge.dialect === 'gemini'
  return asksInTokens && upstream.startsWith('openai') ? ['thinking-budget'] : []
}

/** Of 120 new, 1000 read from and 300 written to the cache; Gemini does not tell what was written from what is new. */
function inputTokens({ judge, upstream }: Hearing): number {
  if (judge.dialect !== 'anthropic') return 1420
  return upstream === 'gemini' ? 420 : 120
}
