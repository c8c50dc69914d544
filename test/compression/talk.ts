/** Conversations in every dialect whose rounds each ran a command. */
import type { DialectId } from '../../src/conversation/conversation.ts'

export type Round = readonly [command: string, output: string]

/** A conversation whose rounds each ran a command. */
export function talk(dialect: DialectId, rounds: readonly Round[], more: Record<string, unknown> = {}) {
  const start = 'please look'
  switch (dialect) {
    case 'anthropic':
      return {
        model: 'opus',
        max_tokens: 500,
        stream: true,
        messages: [
          { role: 'user', content: start },
          ...rounds.flatMap(([command, content], at) => [
            {
              role: 'assistant',
              content: [{ type: 'tool_use', id: `toolu_${at}`, name: 'Bash', input: { command } }],
            },
            { role: 'user', content: [{ type: 'tool_result', tool_use_id: `toolu_${at}`, content }] },
          ]),
        ],
        ...more,
      }
    case 'openai-chat':
      return {
        model: 'opus',
        stream: true,
        messages: [
          { role: 'user', content: start },
          ...rounds.flatMap(([command, content], at) => [
            {
              role: 'assistant',
              content: null,
              tool_calls: [
                {
                  id: `call_${at}`,
                  type: 'function',
                  function: { name: 'bash', arguments: JSON.stringify({ command }) },
                },
              ],
            },
            { role: 'tool', tool_call_id: `call_${at}`, content },
          ]),
        ],
        ...more,
      }
    case 'openai-responses':
      return {
        model: 'opus',
        stream: true,
        input: [
          { role: 'user', content: start },
          ...rounds.flatMap(([cmd, output], at) => [
            {
              type: 'function_call',
              call_id: `call_${at}`,
              name: 'exec_command',
              arguments: JSON.stringify({ cmd }),
            },
            { type: 'function_call_output', call_id: `call_${at}`, output },
          ]),
        ],
        ...more,
      }
    case 'gemini':
      return {
        contents: [
          { role: 'user', parts: [{ text: start }] },
          ...rounds.flatMap(([command, output]) => [
            {
              role: 'model',
              parts: [{ functionCall: { name: 'run_shell_command', args: { command } } }],
            },
            {
              role: 'user',
              parts: [{ functionResponse: { name: 'run_shell_command', response: { output } } }],
            },
          ]),
        ],
        ...more,
      }
  }
}
