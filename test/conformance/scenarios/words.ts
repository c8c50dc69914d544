/** Words: plain, guided, thought about, in a form, stopped early. */
import type { Scenario } from '../scenario.ts'
import { asked, question } from './wire.ts'

const schema = {
  type: 'object',
  properties: { title: { type: 'string' }, urgent: { type: 'boolean' } },
  required: ['title', 'urgent'],
  additionalProperties: false,
}
const schemaText =
  '{"type":"object","properties":{"title":{"type":"string"},"urgent":{"type":"boolean"}},"required":["title","urgent"],"additionalProperties":false}'

const plain: Scenario = {
  name: 'plain text',
  proves: '[C2] [C3] [C18] [C25] [C26] [C27] [C32] [C35]',
  asks: asked('Where is the ferry?'),
  told: { parts: [{ text: 'The ferry is at the höhere Pier 🌊 now.' }], stop: 'done' },
  arrives: ['user: Where is the ferry?'],
}

const turns: Scenario = {
  name: 'guidance and several turns',
  proves: '[C8] [C9]',
  asks: {
    anthropic: {
      max_tokens: 800,
      system: [
        { type: 'text', text: 'You are a harbour master.' },
        { type: 'text', text: 'Be brief.' },
      ],
      messages: [
        { role: 'user', content: 'Who is there?' },
        { role: 'assistant', content: [{ type: 'text', text: 'Two ships.' }] },
        { role: 'user', content: [{ type: 'text', text: 'Which?' }] },
      ],
    },
    'openai-chat': {
      stream_options: { include_usage: true },
      messages: [
        { role: 'system', content: 'You are a harbour master.' },
        { role: 'developer', content: [{ type: 'text', text: 'Be brief.' }] },
        { role: 'user', content: 'Who is there?' },
        { role: 'assistant', content: 'Two ships.' },
        { role: 'user', content: [{ type: 'text', text: 'Which?' }] },
      ],
    },
    'openai-responses': {
      store: false,
      instructions: 'You are a harbour master.',
      input: [
        { type: 'message', role: 'developer', content: [{ type: 'input_text', text: 'Be brief.' }] },
        { type: 'message', role: 'user', content: 'Who is there?' },
        { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'Two ships.' }] },
        { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Which?' }] },
      ],
    },
    gemini: {
      systemInstruction: { parts: [{ text: 'You are a harbour master.' }, { text: 'Be brief.' }] },
      contents: [
        { role: 'user', parts: [{ text: 'Who is there?' }] },
        { role: 'model', parts: [{ text: 'Two ships.' }] },
        { role: 'user', parts: [{ text: 'Which?' }] },
      ],
    },
  },
  told: { parts: [{ text: 'The Anna and the Bertha.' }], stop: 'done' },
  arrives: [
    'system: You are a harbour master.',
    'system: Be brief.',
    'user: Who is there?',
    'assistant: Two ships.',
    'user: Which?',
  ],
}

const middle: Scenario = {
  name: 'guidance in the middle',
  proves: '[C6] [C7]',
  asks: {
    anthropic: {
      max_tokens: 800,
      messages: [
        { role: 'user', content: 'Begin.' },
        { role: 'assistant', content: 'I begin.' },
        { role: 'system', content: 'From now on in French.' },
        { role: 'user', content: 'Go on.' },
      ],
    },
    'openai-chat': {
      stream_options: { include_usage: true },
      messages: [
        { role: 'user', content: 'Begin.' },
        { role: 'assistant', content: 'I begin.' },
        { role: 'system', content: 'From now on in French.' },
        { role: 'user', content: 'Go on.' },
      ],
    },
    'openai-responses': {
      input: [
        { role: 'user', content: 'Begin.' },
        { role: 'assistant', content: 'I begin.' },
        { role: 'developer', content: 'From now on in French.' },
        { role: 'user', content: 'Go on.' },
      ],
    },
  },
  told: { parts: [{ text: 'Oui.' }], stop: 'done' },
  arrives: ['user: Begin.', 'assistant: I begin.', 'guidance: From now on in French.', 'user: Go on.'],
  arrivesAs: {
    gemini: [
      'user: Begin.',
      'assistant: I begin.',
      'user: <guidance>\nFrom now on in French.\n</guidance>',
      'user: Go on.',
    ],
  },
}

const thinking: Scenario = {
  name: 'thoughts before words',
  proves: '[C11] [C62] [C63]',
  asks: asked('Is it safe?', {
    anthropic: { max_tokens: 8000, thinking: { type: 'adaptive', display: 'summarized' } },
    'openai-chat': { reasoning_effort: 'medium' },
    'openai-responses': { reasoning: { effort: 'medium', summary: 'auto' } },
    gemini: { generationConfig: { thinkingConfig: { thinkingBudget: -1, includeThoughts: true } } },
  }),
  told: {
    parts: [
      { thinking: 'The wind is weak, the tide is low.', proof: 'cHJvb2YtMQ==' },
      { text: 'It is safe.' },
    ],
    stop: 'done',
    usage: { input: 25, cacheRead: 0, cacheWrite: 0, output: 40, thinking: 30 },
  },
  arrives: ['user: Is it safe?'],
}

const effort: Scenario = {
  name: 'more effort',
  proves: '[C12]',
  asks: asked('Plan the crossing.', {
    anthropic: { thinking: { type: 'adaptive' }, output_config: { effort: 'high' } },
    'openai-chat': { reasoning_effort: 'high' },
    'openai-responses': { reasoning: { effort: 'high' } },
    gemini: { generationConfig: { thinkingConfig: { thinkingLevel: 'HIGH' } } },
  }),
  told: { parts: [{ text: 'At noon.' }], stop: 'done' },
  arrives: ['thinking: adaptive high', 'user: Plan the crossing.'],
}

const budget: Scenario = {
  name: 'a thinking budget',
  proves: '[C11] [C12]',
  asks: {
    anthropic: {
      ...question.anthropic('Plan the crossing.'),
      max_tokens: 20000,
      thinking: { type: 'enabled', budget_tokens: 6000 },
    },
    'openai-chat': { ...question['openai-chat']('Plan the crossing.'), reasoning: { max_tokens: 6000 } },
    gemini: {
      ...question.gemini('Plan the crossing.'),
      generationConfig: { maxOutputTokens: 20000, thinkingConfig: { thinkingBudget: 6000 } },
    },
  },
  told: { parts: [{ text: 'At noon.' }], stop: 'done' },
  arrives: ['thinking: budget 6000', 'user: Plan the crossing.'],
  arrivesAs: {
    'openai-chat': ['thinking: adaptive medium', 'user: Plan the crossing.'],
    'openai-responses': ['thinking: adaptive medium', 'user: Plan the crossing.'],
  },
}

const off: Scenario = {
  name: 'no thinking, please',
  proves: '[C11] [C67]',
  asks: asked('Quickly: where?', {
    anthropic: { thinking: { type: 'disabled' } },
    'openai-chat': { reasoning_effort: 'none' },
    'openai-responses': { reasoning: { effort: 'none' } },
    gemini: { generationConfig: { thinkingConfig: { thinkingBudget: 0 } } },
  }),
  told: { parts: [{ text: 'Here.' }], stop: 'done' },
  arrives: ['thinking: off', 'user: Quickly: where?'],
  arrivesAs: { 'openai-chat': ['user: Quickly: where?'] },
}

const structured: Scenario = {
  name: 'an answer that fits a schema',
  proves: '[C13]',
  asks: asked('Name it.', {
    anthropic: { output_config: { format: { type: 'json_schema', schema } } },
    'openai-chat': {
      response_format: { type: 'json_schema', json_schema: { name: 'ticket', schema, strict: true } },
    },
    'openai-responses': { text: { format: { type: 'json_schema', name: 'ticket', schema, strict: true } } },
    gemini: { generationConfig: { responseMimeType: 'application/json', responseJsonSchema: schema } },
  }),
  told: { parts: [{ text: '{"title":"Rope","urgent":false}' }], stop: 'done' },
  arrives: [`output: json-schema ${schemaText}`, 'user: Name it.'],
}

const stopSequence: Scenario = {
  name: 'a stop sequence',
  proves: '[C16] [C37]',
  asks: asked('Count.', {
    anthropic: { stop_sequences: ['three', 'four'] },
    'openai-chat': { stop: ['three', 'four'] },
    gemini: { generationConfig: { stopSequences: ['three', 'four'] } },
  }),
  told: { parts: [{ text: 'one two' }], stop: 'stop-sequence', stopSequence: 'three' },
  arrives: ['stop: three four', 'user: Count.'],
  arrivesAs: { 'openai-responses': ['user: Count.'] },
  arrivesFrom: { 'openai-responses': ['user: Count.'] },
}

const refusal: Scenario = {
  name: 'a refusal',
  proves: '[C38]',
  asks: asked('Do the other thing.'),
  told: { parts: [{ text: 'I would rather' }], stop: 'refusal' },
  arrives: ['user: Do the other thing.'],
}

const limit: Scenario = {
  name: 'a small limit that is reached',
  proves: '[C14] [C39]',
  asks: {
    anthropic: { ...question.anthropic('Tell me everything.'), max_tokens: 16 },
    'openai-chat': { ...question['openai-chat']('Tell me everything.'), max_completion_tokens: 16 },
    'openai-responses': { ...question['openai-responses']('Tell me everything.'), max_output_tokens: 16 },
    gemini: { ...question.gemini('Tell me everything.'), generationConfig: { maxOutputTokens: 16 } },
  },
  told: { parts: [{ text: 'In the beginning there' }], stop: 'length' },
  arrives: ['limit: 16', 'user: Tell me everything.'],
}

const sampling: Scenario = {
  name: 'chance and its settings',
  proves: '[C15]',
  asks: asked('Roll.', {
    anthropic: { temperature: 0.5, top_p: 0.9, top_k: 40 },
    'openai-chat': { temperature: 0.5, top_p: 0.9, seed: 7, presence_penalty: 0.25 },
    'openai-responses': { temperature: 0.5, top_p: 0.9 },
    gemini: { generationConfig: { temperature: 0.5, topP: 0.9, topK: 40, seed: 7 } },
  }),
  told: { parts: [{ text: 'Six.' }], stop: 'done' },
  arrives: ['temperature: 0.5', 'top_p: 0.9', 'user: Roll.'],
  arrivesAs: { anthropic: ['temperature: 0.5', 'user: Roll.'] },
}

const cached: Scenario = {
  name: 'a warm cache',
  proves: '[C33] [C34] [C73] [C132]',
  asks: asked('Again.', {
    anthropic: {
      system: [{ type: 'text', text: 'A long guide.', cache_control: { type: 'ephemeral', ttl: '1h' } }],
    },
    'openai-chat': {
      prompt_cache_key: 'quay-7',
      messages: [
        { role: 'system', content: 'A long guide.' },
        { role: 'user', content: 'Again.' },
      ],
    },
    'openai-responses': { instructions: 'A long guide.', prompt_cache_key: 'quay-7' },
    gemini: { systemInstruction: { parts: [{ text: 'A long guide.' }] } },
  }),
  told: {
    parts: [{ text: 'Warm.' }],
    stop: 'done',
    usage: { input: 40, cacheRead: 4000, cacheWrite: 300, output: 50, thinking: 0 },
  },
  arrives: ['system: A long guide.', 'user: Again.'],
}

const records: Scenario = {
  name: 'fields for the provider’s own records, and unknown ones',
  proves: '[C4] [C140]',
  asks: asked('Note it.', {
    anthropic: {
      metadata: { user_id: 'crew-7' },
      service_tier: 'auto',
      context_management: { edits: [{ type: 'clear_tool_uses_20250919' }] },
      safeguards: { level: 'x' },
    },
    'openai-chat': { user: 'crew-7', metadata: { ship: 'Anna' }, service_tier: 'flex', sails: 3 },
    'openai-responses': { user: 'crew-7', metadata: { ship: 'Anna' }, truncation: 'auto', sails: 3 },
    gemini: {
      labels: { ship: 'Anna' },
      safetySettings: [{ category: 'HARM_CATEGORY_HARASSMENT', threshold: 'BLOCK_NONE' }],
      sails: 3,
    },
  }),
  told: { parts: [{ text: 'Noted.' }], stop: 'done' },
  arrives: ['user: Note it.'],
}

export const words: readonly Scenario[] = [
  plain,
  turns,
  middle,
  thinking,
  effort,
  budget,
  off,
  structured,
  stopSequence,
  refusal,
  limit,
  sampling,
  cached,
  records,
]
