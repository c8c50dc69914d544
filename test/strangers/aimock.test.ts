/** Every official SDK before every dialect of an upstream that nobody here wrote: both ends are strangers. */
import type { Fixture } from '@copilotkit/aimock'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { DialectId } from '../../src/conversation/conversation.ts'
import { type StrangeUpstream, startAimock } from './aimock-upstream.ts'
import { type BuiltGateway, startBuiltGateway } from './built-gateway.ts'
import type { Talk, TalkOrder, ToolOffer } from './judge.ts'
import { genaiJudge } from './judge-genai.ts'
import { bothForms, complaintOf, cutWords, type Ending, type Hearing, hearings, stopWords } from './judges.ts'
import { refusals } from './refusals.ts'

const poem = 'Rain came in the night; — “grün”, 雨, 🦊 — and by the morning the whole street was a mirror.'
const musing = 'First the wind, then the rain. The order matters.'

const weather: ToolOffer = {
  name: 'get_weather',
  description: 'Tells the weather of a city',
  schema: {
    type: 'object',
    properties: { city: { type: 'string' }, days: { type: 'integer' }, note: { type: 'string' } },
    required: ['city'],
  },
}
const oslo = { city: 'Oslo', days: 2, note: 'a "quoted" \\ slash, ünïcode\nand a second line' }
const lima = { city: 'Lima' }

const call = (input: object, id?: string) => ({
  name: 'get_weather',
  arguments: JSON.stringify(input),
  ...(id !== undefined && { id }),
})
const calling = (word: string, response: Fixture['response'], answer: string): Fixture[] => [
  { match: { userMessage: word, hasToolResult: false }, response },
  {
    match: { userMessage: word, hasToolResult: true, toolResultContains: 'rain' },
    response: { content: answer },
  },
]
const broken = (word: string, more: Partial<Fixture>): Fixture => ({
  match: { userMessage: word },
  response: { content: poem },
  ...more,
})

const statuses = [
  ['error:400', 400, 'invalid_request_error'],
  ['error:404:model', 404, 'not_found_error'],
  ['error:529', 503, 'server_error'],
] as const

const fixtures: readonly Fixture[] = [
  { match: { userMessage: 'a poem' }, response: { content: poem } },
  { match: { userMessage: 'think aloud' }, response: { content: poem, reasoning: musing } },
  {
    match: { userMessage: 'who are you', systemMessage: 'You are Ada.' },
    response: { content: 'I am Ada.' },
  },
  { match: { userMessage: 'a limit' }, response: { content: poem, finishReason: 'length' } },
  ...calling('one call', { toolCalls: [call(oslo)] }, 'Take an umbrella.'),
  ...calling('two calls', { toolCalls: [call(oslo), call(lima)] }, 'Take two.'),
  ...calling('words and a call', { content: 'Let me look. ', toolCalls: [call(lima)] }, 'Wet.'),
  ...calling('think and call', { reasoning: musing, toolCalls: [call(oslo)] }, 'Stay in.'),
  ...calling(
    'a call, then words',
    {
      blocks: [
        { type: 'toolCall', ...call(lima) },
        { type: 'text', text: 'Asked.' },
      ],
    },
    'Done.',
  ),
  broken('chaos drop', { chaos: { dropRate: 1 } }),
  broken('chaos malformed', { chaos: { malformedRate: 1 } }),
  broken('chaos disconnect', { chaos: { disconnectRate: 1 } }),
  // With a pause between chunks, or the mock takes back what it has just said.
  broken('cut in words', { truncateAfterChunks: 8, latency: 10 }),
  broken('cut in a call', { response: { toolCalls: [call(oslo)] }, truncateAfterChunks: 6, latency: 10 }),
  broken('half a call', { response: { toolCalls: [{ name: 'get_weather', arguments: '{"city":"Os' }] } }),
  ...statuses.map(
    ([script, status, type]): Fixture => ({
      match: { userMessage: script },
      response: { error: { message: `The mock says ${status}.`, type }, status },
    }),
  ),
  ...hearings.flatMap(([title]) =>
    bothForms.flatMap(([form]): Fixture[] => [
      {
        match: { userMessage: `recover ${title} ${form}.`, sequenceIndex: 0 },
        response: { error: { message: 'Not now.', type: 'server_error' }, status: 503 },
      },
      { match: { userMessage: `recover ${title} ${form}.`, sequenceIndex: 1 }, response: { content: poem } },
    ]),
  ),
]

let upstream: StrangeUpstream
let gateway: BuiltGateway
/** Asks a failing upstream again, as gateways do unless they are told not to. */
let patient: BuiltGateway
beforeAll(async () => {
  upstream = await startAimock(fixtures)
  const { providers } = upstream
  gateway = await startBuiltGateway({ config: { providers, limits: { max_retries: 0 } } })
  patient = await startBuiltGateway({ config: { providers } })
})
afterAll(async () => {
  await Promise.all([gateway.stop(), patient.stop()])
  await upstream.stop()
})

const whims: Partial<Record<DialectId, Partial<Record<Ending, string>>>> = {
  'openai-responses': { length: 'incomplete' },
  gemini: { calls: 'FUNCTION_CALL' },
}

type Wishes = Omit<TalkOrder, 'model' | 'streams'>
const open = ({ judge, upstream: dialect }: Hearing, streams: boolean, wishes: Wishes = {}): Talk =>
  judge.open(gateway.url, { model: upstream.model(dialect), streams, ...wishes })

describe.concurrent.each(hearings)('%s', (title, hearing) => {
  const { judge, upstream: dialect } = hearing
  // In its own dialect the upstream is heard verbatim, whims included: other stop words, calls without ids.
  const translates = judge.dialect !== dialect
  const stop = translates ? stopWords[judge.dialect] : { ...stopWords[judge.dialect], ...whims[dialect] }

  describe.each(bothForms)('%s', (form, streams) => {
    test('[C18] [C41] a text arrives to the letter', async () => {
      const answer = await open(hearing, streams).say('a poem')
      expect(answer).toMatchObject({ text: poem, calls: [], stop: stop.done, lost: [] })
      expect(answer.model).toBe(judge === genaiJudge && !translates ? '' : upstream.model(dialect))
    })

    test('[C9] guidance reaches the model as guidance', async () => {
      const { text } = await open(hearing, streams, { system: 'You are Ada.' }).say('who are you')
      expect(text).toBe('I am Ada.')
    })

    test('[C39] a limit is told as a limit', async () => {
      expect(await open(hearing, streams).say('a limit')).toMatchObject({ text: poem, stop: stop.length })
    })

    test.each([
      ['one call', [oslo], '', 'Take an umbrella.'],
      ['two calls', [oslo, lima], '', 'Take two.'],
      ['words and a call', [lima], 'Let me look. ', 'Wet.'],
      ['a call, then words', [lima], 'Asked.', 'Done.'],
    ])('[C46] [C49] [C51] %s: the loop closes', async (word, inputs, words, answer) => {
      const talk = open(hearing, streams, { tools: [weather] })
      const { calls, stop: stopped, text } = await talk.say(word)
      expect(calls.map(({ name, input }) => [name, input])).toEqual(
        inputs.map((input) => ['get_weather', input]),
      )
      if (judge !== genaiJudge || translates)
        expect(new Set(calls.map(({ id }) => id)).size).toBe(inputs.length)
      expect({ stopped, text }).toEqual({ stopped: stop.calls, text: words })
      const told = await talk.giveResults(calls.map((made) => ({ call: made, text: 'rain, rain' })))
      expect(told).toMatchObject({ text: answer, calls: [], stop: stop.done })
    })

    test('[C62] [C63] thoughts are shown apart from words', async () => {
      const answer = await open(hearing, streams, { thinks: true }).say('think aloud')
      expect(answer).toMatchObject({ text: poem, thoughts: musing, stop: stop.done })
    })

    test('[C64] [C68] thoughts go back with the call they led to', async () => {
      const talk = open(hearing, streams, { thinks: true, tools: [weather] })
      const { calls, thoughts } = await talk.say('think and call')
      expect(thoughts).toBe(musing)
      expect(calls).toMatchObject([{ input: oslo }])
      const told = await talk.giveResults(calls.map((made) => ({ call: made, text: 'rain' })))
      expect(told.text).toBe('Stay in.')
    })

    test.each(['chaos drop', 'chaos malformed', 'chaos disconnect'])(
      '[C93] %s: the SDK hears a true status and no answer',
      async (word) => {
        const { status } = await complaintOf(judge, open(hearing, streams).say(word))
        expect(status).toBeGreaterThanOrEqual(500)
      },
    )

    // Gemini says a call in one piece: there is nothing in it to cut.
    const cuts = dialect === 'gemini' ? ['cut in words'] : ['cut in words', 'cut in a call']
    test.each(streams ? cuts : [])('[C47] [C94] %s: the SDK complains and gives no answer', async (word) => {
      const talk = open(hearing, streams, { tools: [weather] })
      const { thrown, status } = await complaintOf(judge, talk.say(word))
      expect({ thrown, status }).toEqual(cutWords[judge.dialect](word))
    })

    const lies = translates && dialect.startsWith('openai') ? ['half a call'] : []
    test.each(lies)('[C46] [C47] %s that the upstream calls finished is no call', async (word) => {
      const talk = open(hearing, streams, { tools: [weather] })
      const { message } = await complaintOf(judge, talk.say(word))
      expect(message).toContain('the reply ended before the arguments of a tool call were complete')
    })

    test.each(statuses)('[C91] [C93] %s is told in the SDK’s own words', async (script, status) => {
      const complaint = await complaintOf(judge, open(hearing, streams).say(script))
      expect(complaint.message).toContain(`The mock says ${status}.`)
      if (!translates) expect(complaint.status).toBe(status)
      else {
        const [thrown, told, word] =
          refusals.find((row) => row.script === script)?.rows[judge.dialect].translated ?? []
        expect(complaint).toMatchObject({ thrown, status: told, word })
      }
    })

    test('[C95] [C108] a failure before the first word is healed, and the SDK hears nothing of it', async () => {
      const talk = judge.open(patient.url, { model: upstream.model(dialect), streams })
      const answer = await talk.say(`recover ${title} ${form}.`)
      expect(answer).toMatchObject({ text: poem, stop: stop.done })
    })
  })
})
