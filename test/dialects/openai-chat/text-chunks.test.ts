import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ChatReplyDecoder } from '../../../src/dialects/openai-chat/reply-decoder.ts'
import { TextChunks } from '../../../src/dialects/openai-chat/text-chunks.ts'

const chunk = (content: string, rest: object = {}): string =>
  JSON.stringify({
    id: 'c1',
    model: 'm',
    choices: [{ index: 0, delta: { content, ...rest }, finish_reason: null }],
    usage: null,
  })

function learnt(): TextChunks {
  const texts = new TextChunks()
  texts.learn(chunk('first'), JSON.parse(chunk('first')))
  return texts
}

describe('chunks that differ in their text only', () => {
  it('give the text that JSON.parse gives, whatever is in it', () => {
    const texts = learnt()
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (content) => {
        expect(texts.textIn(chunk(content))).toBe(content)
      }),
    )
  })

  it.each([
    ['another field within', `${chunk('a","refusal":"no')}`.replaceAll('\\"', '"')],
    ['another field after', chunk('a', { tool_calls: [] })],
    ['an end', chunk('a').replace('"finish_reason":null', '"finish_reason":"stop"')],
    ['a text that does not end', chunk('a').replace('"a"', '"a\\"')],
    ['a bare line break', chunk('a').replace('"a"', '"a\n"')],
  ])('are read as before when there is %s', (_, data) => {
    expect(learnt().textIn(data)).toBeUndefined()
  })

  it.each([
    ['thoughts', chunk('a', { reasoning: 'b' })],
    ['a count', chunk('a').replace('"usage":null', '"usage":{"total_tokens":1}')],
    ['an empty text', chunk('')],
    ['a second text', chunk('a', { annotations: [{ content: 'b' }] })],
  ])('are not learnt from one with %s', (_, data) => {
    const texts = new TextChunks()
    texts.learn(data, JSON.parse(data))
    expect(texts.textIn(data)).toBeUndefined()
  })

  it('are told like chunks that are all read', () => {
    const contents = ['one', ' "two"', '\n', 'three']
    const told = (pieces: readonly string[]) => {
      const decoder = new ChatReplyDecoder({ quirks: {} })
      return pieces.flatMap((data) => [...decoder.push({ data })])
    }
    const spaced = contents.map((content, at) => chunk(content).replace('"c1"', `"c1"${' '.repeat(at)}`))
    expect(told(contents.map((content) => chunk(content)))).toEqual(told(spaced))
  })
})
