import { describe, expect, test } from 'vitest'
import { openaiChat } from '../../../src/dialects/openai-chat/index.ts'
import { SseReader } from '../../../src/wire/sse.ts'
import { collect } from '../../../src/wire/stage.ts'
import { bytes, decode } from './fixtures/context.ts'
import { recorded } from './fixtures/replies.ts'

const { listen, closing } = openaiChat.overhear
const { needles } = listen()
const worthReading = (data: string): boolean => needles.some((needle) => data.includes(needle))

describe('listening in', () => {
  test.each(recorded)(
    '$name: hears reason, usage and failure in the frames with a needle',
    ({ stream, stop, usage, failure }) => {
      const frames = collect(new SseReader(), [bytes(stream)])
      const listener = listen()
      const heard = frames.filter(({ data }) => worthReading(data)).map((one) => listener.read(one))
      const reason = heard.map((one) => one.reason).findLast((one) => one)
      const decoded = decode(stream).at(-1)
      const calls = decode(stream).some(
        (event) => event.type === 'part-start' && event.part.type === 'tool-call',
      )
      const refused = stream.includes('"refusal":"')
      if (stop && decoded?.type === 'end' && !calls && !refused) expect(reason).toBe(decoded.reason)
      expect(heard.map((one) => one.usage).findLast((one) => one)).toEqual(usage)
      expect(heard.some((one) => one.failure !== undefined)).toBe(
        failure !== undefined && failure !== 'garbled',
      )
      expect(heard.some((one) => one.over === true)).toBe(stream.includes('[DONE]'))
    },
  )

  test('text that quotes the words of an end is not taken for one', () => {
    const said = 'the field "finish_reason":"stop" and "usage":{ and "error":{"message":"x"}'
    const data = JSON.stringify({ choices: [{ index: 0, delta: { content: said }, finish_reason: null }] })
    expect(worthReading(data)).toBe(false)
    const done = JSON.stringify({
      choices: [{ index: 0, delta: { content: 'send [DONE]' }, finish_reason: null }],
    })
    expect(listen().read({ data: done })).toEqual({})
  })

  test('[C42] a stream that said why it stopped is closed with [DONE]', () => {
    expect(closing).toBe('data: [DONE]\n\n')
  })
})

describe('the dialect', () => {
  test('hears both forms of its path and no other', () => {
    expect(openaiChat.hear('/v1/chat/completions')).toEqual({ kind: 'generate' })
    expect(openaiChat.hear('/chat/completions')).toEqual({ kind: 'generate' })
    expect(openaiChat.hear('/v1/completions')).toBeUndefined()
  })

  test('[C99] [C122] keeps clients waiting with a comment', () => {
    expect(collect(new SseReader(), [bytes(openaiChat.keepAlive)])).toEqual([])
  })

  test('[C76] says how many tokens', () => {
    expect(openaiChat.countTokens.encode(17)).toBe('{"input_tokens":17}')
  })
})
