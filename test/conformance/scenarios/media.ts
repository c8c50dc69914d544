/** Pictures and papers, and thoughts that come back with the history. */
import { pdf, png, type Scenario } from '../scenario.ts'

const pictures: Scenario = {
  name: 'images and a PDF between words',
  proves: '[C70] [C71] [C72]',
  asks: {
    anthropic: {
      max_tokens: 800,
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'First:' },
            { type: 'image', source: { type: 'base64', media_type: 'image/png', data: png } },
            { type: 'text', text: 'second:' },
            { type: 'image', source: { type: 'url', url: 'https://pics.test/b.png' } },
            {
              type: 'document',
              title: 'chart.pdf',
              source: { type: 'base64', media_type: 'application/pdf', data: pdf },
            },
          ],
        },
      ],
    },
    'openai-chat': {
      stream_options: { include_usage: true },
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'First:' },
            { type: 'image_url', image_url: { url: `data:image/png;base64,${png}` } },
            { type: 'text', text: 'second:' },
            { type: 'image_url', image_url: { url: 'https://pics.test/b.png' } },
            {
              type: 'file',
              file: { filename: 'chart.pdf', file_data: `data:application/pdf;base64,${pdf}` },
            },
          ],
        },
      ],
    },
    'openai-responses': {
      input: [
        {
          role: 'user',
          content: [
            { type: 'input_text', text: 'First:' },
            { type: 'input_image', image_url: `data:image/png;base64,${png}` },
            { type: 'input_text', text: 'second:' },
            { type: 'input_image', image_url: 'https://pics.test/b.png' },
            {
              type: 'input_file',
              filename: 'chart.pdf',
              file_data: `data:application/pdf;base64,${pdf}`,
            },
          ],
        },
      ],
    },
    gemini: {
      contents: [
        {
          role: 'user',
          parts: [
            { text: 'First:' },
            { inlineData: { mimeType: 'image/png', data: png } },
            { text: 'second:' },
            { fileData: { mimeType: 'image/png', fileUri: 'https://pics.test/b.png' } },
            { inlineData: { mimeType: 'application/pdf', data: pdf } },
          ],
        },
      ],
    },
  },
  told: { parts: [{ text: 'Two piers and a chart.' }], stop: 'done' },
  arrives: [
    'user: First:',
    `user: [image/png ${png}]`,
    'user: second:',
    'user: [image/',
    `user: [application/pdf ${pdf}]`,
  ],
}

const blind: Scenario = {
  name: 'images and a PDF for a target that sees nothing',
  proves: '[C70] [C71]',
  quirks: {
    anthropic: { images: false, documents: false },
    'openai-chat': { images: false, documents: false },
    'openai-responses': { images: false, documents: false },
    gemini: { images: false, documents: false },
  },
  asks: pictures.asks,
  told: { parts: [{ text: 'I see nothing.' }], stop: 'done' },
  arrives: ['user: First:', 'user: [image omitted', 'user: second:', 'user: [image omitted'],
}

const thoughts: Scenario = {
  name: 'thoughts of an earlier turn, with their proofs',
  proves: '[C64] [C65] [C68] [C138]',
  asks: {
    anthropic: {
      max_tokens: 8000,
      thinking: { type: 'adaptive' },
      messages: [
        { role: 'user', content: 'Think.' },
        {
          role: 'assistant',
          content: [
            { type: 'thinking', thinking: 'I thought.', signature: 'c2lnbmVk' },
            { type: 'redacted_thinking', data: 'aGlkZGVu' },
            { type: 'text', text: 'So.' },
          ],
        },
        { role: 'user', content: 'And?' },
      ],
    },
    'openai-chat': {
      stream_options: { include_usage: true },
      messages: [
        { role: 'user', content: 'Think.' },
        { role: 'assistant', content: 'So.', reasoning_content: 'I thought.' },
        { role: 'user', content: 'And?' },
      ],
    },
    'openai-responses': {
      input: [
        { role: 'user', content: 'Think.' },
        {
          type: 'reasoning',
          id: 'rs_9',
          summary: [{ type: 'summary_text', text: 'I thought.' }],
          encrypted_content: 'c2VhbGVk',
        },
        { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'So.' }] },
        { role: 'user', content: 'And?' },
      ],
    },
    gemini: {
      contents: [
        { role: 'user', parts: [{ text: 'Think.' }] },
        {
          role: 'model',
          parts: [
            { text: 'I thought.', thought: true },
            { text: 'So.', thoughtSignature: 'dGhvdWdodA==' },
          ],
        },
        { role: 'user', parts: [{ text: 'And?' }] },
      ],
    },
  },
  told: { parts: [{ text: 'Thus.' }], stop: 'done' },
  arrives: ['user: Think.', 'assistant: So.', 'user: And?'],
}

export const media: readonly Scenario[] = [pictures, blind, thoughts]
