/** Reading model names, and values that fit a schema. */
import { expect, test } from 'vitest'
import { readModelName, sandboxDialect } from '../../src/sandbox/model-name.ts'
import { sampleOf } from '../../src/sandbox/sample.ts'
import type { Json } from '../../src/wire/json.ts'

test('a model name is a script, parameters and a dialect', () => {
  expect(readModelName('sandbox/error:429:retry-after=2@gemini')).toEqual({
    script: 'error',
    parameters: ['429', 'retry-after=2'],
    dialect: 'gemini',
  })
  expect(readModelName('text')).toEqual({ script: 'text', parameters: [] })
  expect(readModelName('loop-openai-chat')).toEqual({
    script: 'loop',
    parameters: [],
    dialect: 'openai-chat',
  })
  expect(readModelName('loop-openai-responses:apply-patch')).toEqual({
    script: 'loop',
    parameters: ['apply-patch'],
    dialect: 'openai-responses',
  })
})

test('only names that ask for a dialect have one', () => {
  expect(sandboxDialect('sandbox/loop-anthropic')).toBe('anthropic')
  expect(sandboxDialect('text@openai-chat')).toBe('openai-chat')
  expect(sandboxDialect('loop')).toBeUndefined()
  expect(sandboxDialect('loop-somewhere')).toBeUndefined()
  expect(sandboxDialect('me@example.org')).toBeUndefined()
})

test.each<[Json, Json]>([
  [{ type: 'object', properties: { a: { type: 'string' }, b: {} }, required: ['a'] }, { a: 'sandbox' }],
  [{ type: 'OBJECT', properties: { a: { type: 'STRING' } } }, { a: 'sandbox' }],
  [{ properties: { a: { type: ['null', 'integer'] } } }, { a: 1 }],
  [{ enum: ['x', 'y'] }, 'x'],
  [{ const: 4 }, 4],
  [{ type: 'string', default: 'd' }, 'd'],
  [{ type: 'string', format: 'date' }, '2000-01-01'],
  [{ type: 'string', minLength: 9 }, 'sandbox..'],
  [{ type: 'string', maxLength: 3 }, 'san'],
  [{ type: 'number', exclusiveMinimum: 4 }, 5],
  [{ type: 'integer', maximum: 0 }, 0],
  [{ type: 'array', items: { type: 'boolean' }, minItems: 2 }, [false, false]],
  [{ type: 'array', items: { type: 'boolean' } }, []],
  [{ anyOf: [{ type: 'null' }, { type: 'boolean' }] }, false],
  [
    {
      allOf: [{ properties: { a: { const: 1 } } }, { properties: { b: { const: 2 } }, required: ['b', 'a'] }],
    },
    { b: 2, a: 1 },
  ],
  [{ $defs: { N: { const: 'n' } }, properties: { a: { $ref: '#/$defs/N' } } }, { a: 'n' }],
  ['nonsense', null],
  [true, null],
  [{}, {}],
])('the sample of %j fits it', (schema, value) => {
  expect(sampleOf(schema)).toEqual(value)
})

test('a schema that holds itself has an end', () => {
  const schema = {
    $defs: { N: { properties: { next: { $ref: '#/$defs/N' } }, required: ['next'] } },
    $ref: '#/$defs/N',
  }
  expect(JSON.stringify(sampleOf(schema)).length).toBeLessThan(200)
})
