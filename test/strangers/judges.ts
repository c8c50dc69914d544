/** All judges, and the places where each is to be heard: every SDK before every upstream dialect. */
import { type DialectId, dialectIds } from '../../src/conversation/conversation.ts'
import type { Answer, Complaint, Judge } from './judge.ts'
import { anthropicJudge } from './judge-anthropic.ts'
import { genaiJudge } from './judge-genai.ts'
import { openaiChatJudge } from './judge-openai-chat.ts'
import { openaiResponsesJudge } from './judge-openai-responses.ts'

export interface Hearing {
  readonly judge: Judge
  /** What the gateway speaks to the upstream. */
  readonly upstream: DialectId
}

const judges = [anthropicJudge, openaiChatJudge, openaiResponsesJudge, genaiJudge]

export const hearings: readonly (readonly [title: string, hearing: Hearing])[] = judges.flatMap((judge) =>
  dialectIds.map((upstream) => [`${judge.name} before ${upstream}`, { judge, upstream }] as const),
)

export const bothForms = [
  ['whole', false],
  ['streamed', true],
] as const

/** The SDK's word for each way to end. */
export const stopWords: Readonly<Record<DialectId, Readonly<Record<Ending, string>>>> = {
  anthropic: { done: 'end_turn', calls: 'tool_use', length: 'max_tokens', refusal: 'refusal' },
  'openai-chat': { done: 'stop', calls: 'tool_calls', length: 'length', refusal: 'content_filter' },
  'openai-responses': {
    done: 'completed',
    calls: 'completed',
    length: 'max_output_tokens',
    refusal: 'content_filter',
  },
  gemini: { done: 'STOP', calls: 'STOP', length: 'MAX_TOKENS', refusal: 'SAFETY' },
}
export type Ending = 'done' | 'calls' | 'length' | 'refusal'

/** What a stream cut after its first word ends with. OpenAI’s SDK gives a failed response back, all others throw; only Google’s finds a status in a stream. */
export const cutWords: Readonly<Record<DialectId, (script: string) => Pick<Complaint, 'thrown' | 'status'>>> =
  {
    anthropic: () => ({ thrown: 'APIError', status: undefined }),
    'openai-chat': () => ({ thrown: 'APIError', status: undefined }),
    'openai-responses': () => ({ thrown: 'FailedResponse', status: undefined }),
    gemini: (script) => ({ thrown: 'ApiError', status: script === 'error-mid' ? 503 : 502 }),
  }

/** What the SDK told its user when it did not give an answer. An answer is the wrong outcome. */
export async function complaintOf(judge: Judge, asked: Promise<Answer>): Promise<Complaint> {
  const outcome = await asked.then(
    (answer) => ({ answer }),
    (error: unknown) => ({ complaint: judge.complaint(error) }),
  )
  if ('answer' in outcome) throw new Error(`an answer was given: ${JSON.stringify(outcome.answer)}`)
  return outcome.complaint
}
