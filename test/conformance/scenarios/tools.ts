/** Tools: called, called at once, answered, forced, deferred, freeform. */
import { png, type Scenario } from '../scenario.ts'
import { asked, pathSchema, pathSchemaText, question, questionWith, toolsIn } from './wire.ts'

const oneTool: Scenario = {
  name: 'one tool call after words',
  proves: '[C44] [C46] [C51]',
  asks: questionWith('Read the log.', ['read_log']),
  told: {
    parts: [
      { text: 'I look.' },
      { call: 'read_log', id: 'call_one', args: '{"path":"/quay/lög.txt","lines":1.0}' },
    ],
    stop: 'tool-calls',
  },
  arrives: [`tool: read_log ${pathSchemaText}`, 'user: Read the log.'],
}

const parallel: Scenario = {
  name: 'calls told in turns',
  proves: '[C28] [C29] [C48] [C49]',
  asks: questionWith('Read both.', ['read_log', 'list_ships']),
  told: {
    parts: [
      { call: 'read_log', id: 'call_a', args: '{"path":"a","lines":2}' },
      { call: 'list_ships', id: 'call_b', args: '{"path":"b {\\"x\\"}"}' },
      { call: 'read_log', id: 'call_c', args: '{"path":"c"}' },
    ],
    stop: 'tool-calls',
    interleaved: true,
  },
  arrives: [`tool: read_log ${pathSchemaText}`, `tool: list_ships ${pathSchemaText}`, 'user: Read both.'],
}

const noArguments: Scenario = {
  name: 'a call without arguments',
  proves: '[C45] [C58]',
  asks: questionWith('What time is it?', ['clock'], { type: 'object', properties: {} }),
  told: { parts: [{ call: 'clock', id: 'call_n', args: '' }], stop: 'tool-calls' },
  arrives: ['tool: clock {"type":"object","properties":{}}', 'user: What time is it?'],
}

const unfinished: Scenario = {
  name: 'the limit inside a call',
  proves: '[C39] [C47]',
  asks: questionWith('Write it down.', ['write_log']),
  told: {
    parts: [{ text: 'I write:' }, { call: 'write_log', id: 'call_l', args: '{"path":"a","text":"unfini' }],
    stop: 'length',
    unfinished: true,
  },
  arrives: ['user: Write it down.'],
}

const results: Scenario = {
  name: 'results: an error, an image, words beside them',
  proves: '[C53] [C54] [C70] [C72]',
  asks: {
    anthropic: {
      max_tokens: 800,
      ...toolsIn.anthropic(['look', 'listen']),
      messages: [
        { role: 'user', content: 'Look and listen.' },
        {
          role: 'assistant',
          content: [
            { type: 'text', text: 'Both.' },
            { type: 'tool_use', id: 'toolu_1', name: 'look', input: { path: 'pier' } },
            { type: 'tool_use', id: 'toolu_2', name: 'listen', input: { path: 'horn' } },
          ],
        },
        {
          role: 'user',
          content: [
            {
              type: 'tool_result',
              tool_use_id: 'toolu_1',
              content: [
                { type: 'text', text: 'A pier.' },
                { type: 'image', source: { type: 'base64', media_type: 'image/png', data: png } },
              ],
            },
            { type: 'tool_result', tool_use_id: 'toolu_2', is_error: true, content: 'no ears' },
            { type: 'text', text: 'Go on, please.' },
          ],
        },
      ],
    },
    'openai-chat': {
      stream_options: { include_usage: true },
      ...toolsIn['openai-chat'](['look', 'listen']),
      messages: [
        { role: 'user', content: 'Look and listen.' },
        {
          role: 'assistant',
          content: 'Both.',
          tool_calls: [
            { id: 'toolu_1', type: 'function', function: { name: 'look', arguments: '{"path":"pier"}' } },
            { id: 'toolu_2', type: 'function', function: { name: 'listen', arguments: '{"path":"horn"}' } },
          ],
        },
        { role: 'tool', tool_call_id: 'toolu_1', content: 'A pier.' },
        { role: 'tool', tool_call_id: 'toolu_2', content: 'no ears' },
        { role: 'user', content: 'Go on, please.' },
      ],
    },
    'openai-responses': {
      ...toolsIn['openai-responses'](['look', 'listen']),
      input: [
        { role: 'user', content: 'Look and listen.' },
        { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'Both.' }] },
        { type: 'function_call', call_id: 'toolu_1', name: 'look', arguments: '{"path":"pier"}' },
        { type: 'function_call', call_id: 'toolu_2', name: 'listen', arguments: '{"path":"horn"}' },
        {
          type: 'function_call_output',
          call_id: 'toolu_1',
          output: [
            { type: 'input_text', text: 'A pier.' },
            { type: 'input_image', image_url: `data:image/png;base64,${png}` },
          ],
        },
        { type: 'function_call_output', call_id: 'toolu_2', output: { content: 'no ears', success: false } },
        { role: 'user', content: 'Go on, please.' },
      ],
    },
    gemini: {
      ...toolsIn.gemini(['look', 'listen']),
      contents: [
        { role: 'user', parts: [{ text: 'Look and listen.' }] },
        {
          role: 'model',
          parts: [
            { text: 'Both.' },
            { functionCall: { name: 'look', args: { path: 'pier' } } },
            { functionCall: { name: 'listen', args: { path: 'horn' } } },
          ],
        },
        {
          role: 'user',
          parts: [
            {
              functionResponse: {
                name: 'look',
                response: { output: 'A pier.' },
                parts: [{ inlineData: { mimeType: 'image/png', data: png } }],
              },
            },
            { functionResponse: { name: 'listen', response: { error: 'no ears' } } },
            { text: 'Go on, please.' },
          ],
        },
      ],
    },
  },
  told: { parts: [{ text: 'I see.' }], stop: 'done' },
  arrives: [
    'user: Look and listen.',
    'assistant: Both.',
    'assistant: calls #1 look {"path":"pier"}',
    'assistant: calls #2 listen {"path":"horn"}',
    `user: result #1: A pier. + [image/png ${png}]`,
    'user: result #2 (error): no ears',
    'user: Go on, please.',
  ],
  arrivesAs: {
    'openai-chat': [
      'assistant: calls #1 look {"path":"pier"}',
      'assistant: calls #2 listen {"path":"horn"}',
      'user: result #1: A pier.\n[image/png: see the next message]',
      'user: result #2: [tool error] no ears',
      `user: [image/png ${png}]`,
      'user: Go on, please.',
    ],
    gemini: [
      'assistant: calls #1 look {"path":"pier"}',
      'assistant: calls #2 listen {"path":"horn"}',
      'user: result #1: A pier.',
      'user: result #2 (error): no ears',
      `user: [image/png ${png}]`,
      'user: Go on, please.',
    ],
  },
  arrivesFrom: {
    'openai-chat': [
      'user: Look and listen.',
      'assistant: Both.',
      'assistant: calls #1 look {"path":"pier"}',
      'assistant: calls #2 listen {"path":"horn"}',
      'user: result #1: A pier.',
      'user: result #2: no ears',
      'user: Go on, please.',
    ],
  },
}

const forced: Scenario = {
  name: 'one tool, forced, one at a time',
  proves: '[C52]',
  asks: (() => {
    const base = questionWith('Use it.', ['look', 'listen'])
    return {
      anthropic: {
        ...base.anthropic,
        tool_choice: { type: 'tool', name: 'listen', disable_parallel_tool_use: true },
      },
      'openai-chat': {
        ...base['openai-chat'],
        tool_choice: { type: 'function', function: { name: 'listen' } },
        parallel_tool_calls: false,
      },
      'openai-responses': {
        ...base['openai-responses'],
        tool_choice: { type: 'function', name: 'listen' },
        parallel_tool_calls: false,
      },
      gemini: {
        ...base.gemini,
        toolConfig: { functionCallingConfig: { mode: 'ANY', allowedFunctionNames: ['listen'] } },
      },
    }
  })(),
  told: { parts: [{ call: 'listen', id: 'call_f', args: '{"path":"x"}' }], stop: 'tool-calls' },
  arrives: ['choice: tool listen', 'user: Use it.'],
}

const orphan: Scenario = {
  name: 'a result without its call, and a call without its result',
  proves: '[C55]',
  asks: {
    anthropic: {
      max_tokens: 800,
      ...toolsIn.anthropic(['look']),
      messages: [
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'toolu_gone', content: 'Old news.' }] },
        { role: 'assistant', content: [{ type: 'tool_use', id: 'toolu_open', name: 'look', input: {} }] },
        { role: 'user', content: 'Never mind.' },
      ],
    },
    'openai-chat': {
      stream_options: { include_usage: true },
      ...toolsIn['openai-chat'](['look']),
      messages: [
        { role: 'tool', tool_call_id: 'toolu_gone', content: 'Old news.' },
        {
          role: 'assistant',
          content: null,
          tool_calls: [{ id: 'toolu_open', type: 'function', function: { name: 'look', arguments: '{}' } }],
        },
        { role: 'user', content: 'Never mind.' },
      ],
    },
    'openai-responses': {
      ...toolsIn['openai-responses'](['look']),
      input: [
        { type: 'function_call_output', call_id: 'toolu_gone', output: 'Old news.' },
        { type: 'function_call', call_id: 'toolu_open', name: 'look', arguments: '{}' },
        { role: 'user', content: 'Never mind.' },
      ],
    },
    gemini: {
      ...toolsIn.gemini(['look']),
      contents: [
        { role: 'user', parts: [{ functionResponse: { name: 'gone', response: { output: 'Old news.' } } }] },
        { role: 'model', parts: [{ functionCall: { name: 'look', args: {} } }] },
        { role: 'user', parts: [{ text: 'Never mind.' }] },
      ],
    },
  },
  told: { parts: [{ text: 'Fine.' }], stop: 'done' },
  arrives: ['user: Old news.', 'assistant: calls #1 look {}', 'user: Never mind.'],
}

const longNames: Scenario = {
  name: 'names and ids longer than a target takes',
  proves: '[C49] [C50]',
  asks: (() => {
    const name = `mcp__harbour_of_a_very_long_name__${'look_'.repeat(8)}at`
    const id = `toolu_${'x'.repeat(80)}`
    return {
      anthropic: {
        max_tokens: 800,
        ...toolsIn.anthropic([name]),
        messages: [
          { role: 'user', content: 'Look.' },
          { role: 'assistant', content: [{ type: 'tool_use', id, name, input: { path: 'a' } }] },
          { role: 'user', content: [{ type: 'tool_result', tool_use_id: id, content: 'Seen.' }] },
        ],
      },
      'openai-chat': {
        stream_options: { include_usage: true },
        ...toolsIn['openai-chat']([name]),
        messages: [
          { role: 'user', content: 'Look.' },
          {
            role: 'assistant',
            content: null,
            tool_calls: [{ id, type: 'function', function: { name, arguments: '{"path":"a"}' } }],
          },
          { role: 'tool', tool_call_id: id, content: 'Seen.' },
        ],
      },
    }
  })(),
  told: { parts: [{ text: 'Good.' }], stop: 'done' },
  arrives: ['user: Look.', 'assistant: calls #1 ', 'user: result #1: Seen.'],
}

const hints: Scenario = {
  name: 'tools with hints a foreign target refuses',
  proves: '[C56] [C57]',
  asks: {
    anthropic: {
      ...question.anthropic('Read it.'),
      tools: [
        {
          type: 'custom',
          name: 'read_log',
          description: 'Reads.',
          input_schema: { $schema: 'https://json-schema.org/draft/2020-12/schema', ...pathSchema },
          eager_input_streaming: true,
          input_examples: [{ path: 'a' }],
          allowed_callers: ['direct'],
          cache_control: { type: 'ephemeral' },
        },
      ],
    },
  },
  told: { parts: [{ text: 'Read.' }], stop: 'done' },
  arrives: ['tool: read_log ', 'user: Read it.'],
}

const deferred: Scenario = {
  name: 'a deferred tool that a search has named',
  proves: '[C60] [C136]',
  asks: {
    anthropic: {
      max_tokens: 800,
      tools: [
        { name: 'find_tool', description: 'Finds.', input_schema: pathSchema },
        { name: 'deep_dive', description: 'Dives.', input_schema: pathSchema, defer_loading: true },
        { name: 'never_named', description: 'Waits.', input_schema: pathSchema, defer_loading: true },
      ],
      messages: [
        { role: 'user', content: 'Dive.' },
        {
          role: 'assistant',
          content: [{ type: 'tool_use', id: 'toolu_s', name: 'find_tool', input: { path: 'dive' } }],
        },
        {
          role: 'user',
          content: [
            {
              type: 'tool_result',
              tool_use_id: 'toolu_s',
              content: [{ type: 'tool_reference', tool_name: 'deep_dive' }],
            },
          ],
        },
      ],
    },
  },
  told: { parts: [{ call: 'deep_dive', id: 'call_d', args: '{"path":"reef"}' }], stop: 'tool-calls' },
  arrives: [`tool: find_tool ${pathSchemaText}`, `tool: deep_dive ${pathSchemaText}`, 'user: Dive.'],
}

const codex: Scenario = {
  name: 'Codex: a freeform tool and a namespaced one',
  proves: '[C124] [C123]',
  asks: {
    'openai-responses': {
      instructions: 'You write code.',
      tools: [
        {
          type: 'custom',
          name: 'apply_patch',
          description: 'Applies a patch.',
          format: { type: 'grammar', syntax: 'lark', definition: 'start: "*** Begin" /.+/s "*** End"' },
        },
        {
          type: 'namespace',
          name: 'harbour',
          description: 'Tools of harbour.',
          tools: [
            { type: 'function', name: 'moor', description: 'Moors.', parameters: pathSchema, strict: false },
          ],
        },
      ],
      input: [
        { role: 'user', content: 'Patch, then moor.' },
        {
          type: 'custom_tool_call',
          call_id: 'call_p0',
          name: 'apply_patch',
          input: '*** Begin\n-old "line"\n*** End',
        },
        { type: 'custom_tool_call_output', call_id: 'call_p0', output: 'Applied.' },
      ],
    },
  },
  told: {
    parts: [
      { call: 'apply_patch', id: 'call_p1', args: '*** Begin\n+new "line" ü\n*** End', freeform: true },
      { call: 'moor', namespace: 'harbour', id: 'call_m1', args: '{"path":"pier 4"}' },
    ],
    stop: 'tool-calls',
  },
  calls: [
    { name: 'apply_patch', args: '*** Begin\n+new "line" ü\n*** End' },
    { name: 'moor', namespace: 'harbour', args: '{"path":"pier 4"}' },
  ],
  arrives: [
    'tool: apply_patch ',
    'tool: harbour__moor ',
    'system: You write code.',
    'user: Patch, then moor.',
    'assistant: calls #1 apply_patch {"input":"*** Begin\\n-old \\"line\\"\\n*** End"}',
    'user: result #1: Applied.',
  ],
}

const search: Scenario = {
  name: 'a web search by the provider',
  proves: '[C114] [C115]',
  quirks: {
    anthropic: { webSearch: true },
    'openai-chat': { webSearch: true },
    'openai-responses': { webSearch: true },
    gemini: { webSearch: true },
  },
  asks: asked('What is the weather?', {
    anthropic: {
      tools: [
        { type: 'web_search_20250305', name: 'web_search', max_uses: 2, allowed_domains: ['tides.test'] },
      ],
    },
    'openai-chat': { web_search_options: {} },
    'openai-responses': { tools: [{ type: 'web_search', filters: { allowed_domains: ['tides.test'] } }] },
    gemini: { tools: [{ googleSearch: {} }] },
  }),
  told: {
    parts: [
      { search: { query: 'weather today', url: 'https://tides.test/today', title: 'Tides' } },
      { text: 'It rains.' },
    ],
    stop: 'done',
  },
  arrives: ['tool: web search', 'user: What is the weather?'],
  sources: ['https://tides.test/today'],
}

export const tools: readonly Scenario[] = [
  oneTool,
  parallel,
  noArguments,
  unfinished,
  results,
  forced,
  orphan,
  longNames,
  hints,
  deferred,
  codex,
  search,
]
