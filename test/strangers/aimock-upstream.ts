/** @copilotkit/aimock as an upstream: one server, reached as four providers of the user's own, one per dialect. */
import { type Fixture, LLMock } from '@copilotkit/aimock'
import type { DialectId } from '../../src/conversation/conversation.ts'

export interface StrangeUpstream {
  /** For config.json. */
  readonly providers: Readonly<Record<string, object>>
  model(dialect: DialectId): string
  stop(): Promise<void>
}

const models: Readonly<Record<DialectId, string>> = {
  anthropic: 'mock-anthropic/claude-mock',
  'openai-chat': 'mock-chat/gpt-mock',
  'openai-responses': 'mock-responses/gpt-mock',
  gemini: 'mock-gemini/gemini-mock',
}

export async function startAimock(fixtures: readonly Fixture[]): Promise<StrangeUpstream> {
  const mock = new LLMock({ port: 0, strict: true, chunkSize: 8 }).addFixtures([...fixtures])
  const url = await mock.start()
  return {
    providers: {
      'mock-anthropic': { base_url: url, dialect: 'anthropic', api_key: 'mock' },
      'mock-chat': { base_url: `${url}/v1`, dialect: 'openai-chat', api_key: 'mock' },
      'mock-responses': { base_url: `${url}/v1`, dialect: 'openai-responses', api_key: 'mock' },
      'mock-gemini': { base_url: `${url}/v1beta`, dialect: 'gemini', api_key: 'mock' },
    },
    model: (dialect) => models[dialect],
    stop: () => mock.stop(),
  }
}
