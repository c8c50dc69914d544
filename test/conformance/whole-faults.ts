/** What is wrong with a reply that came whole, dialect by dialect. */
import type { DialectId } from '../../src/conversation/conversation.ts'
import { asList, asObject, isObject, type Json, type JsonObject, tryParseJson } from '../../src/wire/json.ts'

type Check = readonly [rule: string, holds: boolean]

export function wholeFaults(dialect: DialectId, text: string): string[] {
  const reply = tryParseJson(text)
  if (!isObject(reply)) return ['the body is no JSON object']
  return checks[dialect](reply)
    .filter(([, holds]) => !holds)
    .map(([rule]) => rule)
}

const isText = (value: unknown): boolean => typeof value === 'string' && value !== ''
const isCount = (value: unknown): boolean => typeof value === 'number' && value >= 0

const checks: Readonly<Record<DialectId, (reply: JsonObject) => readonly Check[]>> = {
  anthropic: (reply) => {
    const blocks = asList(reply['content']).map(asObject)
    const usage = asObject(reply['usage'])
    return [
      ['type', reply['type'] === 'message' && reply['role'] === 'assistant'],
      ['id', /^msg_\w+$/.test(String(reply['id']))],
      ['content', Array.isArray(reply['content'])],
      ['stop_reason', isText(reply['stop_reason']) && reply['stop_sequence'] !== undefined],
      ['usage', isCount(usage['input_tokens']) && isCount(usage['output_tokens'])],
      ['blocks', blocks.every(soundBlock)],
    ]
  },
  'openai-chat': (reply) => {
    const choice = asObject(asList(reply['choices'])[0])
    const message = asObject(choice['message'])
    const calls = asList(message['tool_calls']).map(asObject)
    const usage = asObject(reply['usage'])
    return [
      ['object', reply['object'] === 'chat.completion' && String(reply['id']).startsWith('chatcmpl-')],
      ['created', isCount(reply['created'])],
      ['one choice', asList(reply['choices']).length === 1 && choice['index'] === 0],
      ['message', message['role'] === 'assistant' && message['content'] !== undefined],
      ['finish_reason', isText(choice['finish_reason'])],
      ['calls', calls.every((call) => isText(call['id']) && isText(call['type']))],
      ['usage', isCount(usage['prompt_tokens']) && isCount(usage['completion_tokens'])],
    ]
  },
  'openai-responses': (reply) => {
    const usage = asObject(reply['usage'])
    const items = asList(reply['output']).map(asObject)
    return [
      ['object', reply['object'] === 'response' && /^resp_\w+$/.test(String(reply['id']))],
      ['status', ['completed', 'incomplete'].includes(String(reply['status']))],
      ['created_at', isCount(reply['created_at'])],
      ['items', Array.isArray(reply['output']) && items.every((item) => isText(item['id']))],
      ['usage', isCount(usage['input_tokens']) && isCount(usage['output_tokens'])],
      ['sum', Number(usage['input_tokens']) + Number(usage['output_tokens']) === usage['total_tokens']],
    ]
  },
  gemini: (reply) => {
    const candidate = asObject(asList(reply['candidates'])[0])
    const parts = asList(asObject(candidate['content'])['parts'])
    const usage = asObject(reply['usageMetadata'])
    return [
      ['one candidate', asList(reply['candidates']).length === 1],
      ['content', asObject(candidate['content'])['role'] === 'model' && parts.length > 0],
      ['finishReason', isText(candidate['finishReason'])],
      ['usage', isCount(usage['promptTokenCount']) && isCount(usage['totalTokenCount'])],
      ['identity', isText(reply['modelVersion']) && isText(reply['responseId'])],
    ]
  },
}

function soundBlock(block: { readonly [field: string]: Json | undefined }): boolean {
  if (block['type'] === 'tool_use')
    return isText(block['id']) && isText(block['name']) && isObject(block['input'])
  if (block['type'] === 'text') return isText(block['text'])
  return block['type'] !== 'thinking' || typeof block['signature'] === 'string'
}
