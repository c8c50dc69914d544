/** Proofs of thoughts: back to their maker with the next turn, whatever the client speaks, and to nobody else. */
import { describe, expect, it } from 'vitest'
import { type DialectId, dialectIds } from '../../src/conversation/conversation.ts'
import { everyPair, rig } from '../gateway/rig.ts'
import { digest } from './digest.ts'
import { questionWith } from './scenarios/wire.ts'
import { arrived, bodyOf } from './stage.ts'
import { sayable, type Told } from './told.ts'
import { tellers } from './upstream/index.ts'

const proof = 'cHJvb2Ytb2YtbWFrZXI='

/** Gemini signs calls, the others their thoughts; Chat servers sign nothing and want the thoughts themselves. */
const told: Readonly<Record<DialectId, Told>> = {
  anthropic: { parts: [{ thinking: 'Look first.', proof }, look()], stop: 'tool-calls' },
  'openai-chat': { parts: [{ thinking: 'Look first.' }, look()], stop: 'tool-calls' },
  'openai-responses': { parts: [{ thinking: 'Look first.', proof }, look()], stop: 'tool-calls' },
  gemini: { parts: [{ thinking: 'Look first.' }, look(proof)], stop: 'tool-calls' },
}

function look(signed?: string) {
  return { call: 'look', id: 'call_1', args: '{"path":"pier"}', ...(signed && { proof: signed }) }
}

const question = questionWith('Look.', ['look'])

type Value = { readonly [field: string]: unknown }
const value = (thing: unknown): Value => Object(thing)
const list = (thing: unknown): readonly unknown[] => (Array.isArray(thing) ? thing : [])

/** The next request of a client that keeps what it was told as it was told. */
const nextTurn: Readonly<Record<DialectId, (reply: Value) => Value>> = {
  anthropic: ({ content }) => {
    const call = value(list(content).find((block) => value(block)['type'] === 'tool_use'))
    const result = { type: 'tool_result', tool_use_id: call['id'], content: 'Seen.' }
    return {
      ...question.anthropic,
      messages: [
        ...list(question.anthropic['messages']),
        { role: 'assistant', content },
        { role: 'user', content: [result] },
      ],
    }
  },
  'openai-chat': ({ choices }) => {
    const message = value(value(list(choices)[0])['message'])
    const call = value(list(message['tool_calls'])[0])
    return {
      ...question['openai-chat'],
      messages: [
        ...list(question['openai-chat']['messages']),
        message,
        { role: 'tool', tool_call_id: call['id'], content: 'Seen.' },
      ],
    }
  },
  'openai-responses': ({ output }) => {
    const call = value(list(output).find((item) => value(item)['type'] === 'function_call'))
    return {
      ...question['openai-responses'],
      input: [
        ...list(question['openai-responses']['input']),
        ...list(output),
        { type: 'function_call_output', call_id: call['call_id'], output: 'Seen.' },
      ],
    }
  },
  gemini: ({ candidates }) => {
    const content = value(value(list(candidates)[0])['content'])
    const parts = list(content['parts']).map(value)
    const call = value(parts.find((part) => part['functionCall'])?.['functionCall'])
    const result = { functionResponse: { id: call['id'], name: 'look', response: { output: 'Seen.' } } }
    return {
      ...question.gemini,
      contents: [...list(question.gemini['contents']), content, { role: 'user', parts: [result] }],
    }
  },
}

/** What a client of `from` asks next, after `to` has answered its first question. */
async function secondQuestion(from: DialectId, to: DialectId) {
  const stage = rig({ from, to, body: bodyOf(from, question[from], false), stream: false })
  await stage.clock.advance(0)
  stage.last().json(200, tellers[to].whole(sayable(told[to], to)))
  await stage.clock.advance(0)
  expect(stage.client.status, stage.client.text).toBe(200)
  return { stage, body: bodyOf(from, nextTurn[from](JSON.parse(stage.client.text)), false) }
}

describe('the maker of a proof', () => {
  it.each(everyPair)('[C68] [C138] gets it back with the history: $from to $to', async ({ from, to }) => {
    const { stage, body } = await secondQuestion(from, to)
    stage.ask(body)
    await stage.clock.advance(0)
    const lines = digest(arrived(stage.last(), to)).join('\n')
    if (to === 'openai-chat') expect(lines).toContain('(thinks Look first.')
    else expect(lines).toContain(`⟨${to} ${proof}⟩`)
    expect(lines).toContain('user: result #1: Seen.')
  })
})

/** A Chat client that keeps the fields it knows: words, thoughts as text, calls. */
function forgetful(body: unknown): unknown {
  const { messages, ...rest } = value(body)
  const kept = list(messages).map((message) => {
    const { role, content, reasoning_content, tool_calls, tool_call_id } = value(message)
    const calls = list(tool_calls).map((call) => {
      const { id, type, function: made } = value(call)
      return { id, type, function: made }
    })
    return {
      role,
      content,
      ...(tool_call_id !== undefined && { tool_call_id }),
      ...(reasoning_content !== undefined && { reasoning_content }),
      ...(calls.length > 0 && { tool_calls: calls }),
    }
  })
  return { ...rest, messages: kept }
}

describe('the gateway', () => {
  it.each(['anthropic', 'openai-responses', 'gemini'] as const)(
    '[C68] [C138] keeps a proof for a client that has no place for it: openai-chat to %s',
    async (to) => {
      const { stage, body } = await secondQuestion('openai-chat', to)
      expect(JSON.stringify(forgetful(body))).not.toContain(proof)
      stage.ask(forgetful(body))
      await stage.clock.advance(0)
      expect(digest(arrived(stage.last(), to)).join('\n')).toContain(`⟨${to} ${proof}⟩`)
    },
  )
})

const strangers = everyPair
  .filter(({ to }) => to !== 'openai-chat')
  .flatMap(({ from, to }) => dialectIds.filter((other) => other !== to).map((other) => ({ from, to, other })))

describe('a stranger', () => {
  it.each(strangers)('[C65] is not shown it: $from to $to, then to $other', async ({ from, to, other }) => {
    const { body } = await secondQuestion(from, to)
    const { clock, last, client } = rig({ from, to: other, body, stream: false })
    await clock.advance(0)
    expect(last().bodyText).not.toContain(proof)
    const text = last().bodyText.replaceAll('"skip_thought_signature_validator"', '""') // Google's own word for none
    expect(text).not.toMatch(/"(thoughtSignature|signature|encrypted_content)":"[^"]/)
    expect(last().bodyText).toContain('Seen.')
    client.leave()
  })
})
