import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { literalAt, skim, stringAt, wholeReadBytes } from '../../src/wire/skim.ts'
import { applySplices } from '../../src/wire/span.ts'

const bytesOf = (text: string): Uint8Array => Buffer.from(text)
const wanted = ['model', 'stream']
const fieldsOf = (text: string): Record<string, unknown> => {
  const bytes = bytesOf(text)
  const found = skim(bytes, wanted)
  if (found.kind !== 'object') throw new Error(found.message)
  const values = [...found.fields].map(([name, { start, end }]) => [
    name,
    JSON.parse(Buffer.from(bytes.subarray(start, end)).toString()),
  ])
  return Object.fromEntries(values)
}

describe('skimming a body', () => {
  it('finds every top-level field where JSON.parse finds it, for any object', () => {
    const object = fc.dictionary(
      fc.string().filter((name) => name !== '__proto__' && JSON.stringify(name) === `"${name}"`),
      fc.jsonValue({ maxDepth: 4 }),
    )
    fc.assert(
      fc.property(object, fc.constantFrom(0, 1, 2), (value, indent) => {
        const text = JSON.stringify(value, null, indent)
        expect(fieldsOf(text)).toEqual(JSON.parse(text))
      }),
      { numRuns: 500 },
    )
  })

  it('finds model and stream at either end of a large body without reading the middle, whatever the middle says', () => {
    const filler = [
      { role: 'user', content: '"model":"no","stream":true \\" ]}' },
      { model: 'x', stream: false },
    ]
    const large = { messages: [...filler, { text: 'x'.repeat(wholeReadBytes) }] }
    for (const body of [
      { model: 'm', ...large, stream: true },
      { ...large, model: 'm', stream: true },
      { stream: true, ...large, max_tokens: 5, model: 'm' },
      { ...large, tools: [{ a: 1 }], stream: true, model: 'm', meta: { x: [1, 2] } },
    ]) {
      const found = fieldsOf(JSON.stringify(body))
      expect(found).toMatchObject({ model: 'm', stream: true })
    }
  })

  it('does not mistake a nested stream for the top-level one in a large body', () => {
    const found = fieldsOf(
      JSON.stringify({
        model: 'm',
        messages: [{ input: { stream: true }, text: 'x'.repeat(wholeReadBytes) }],
      }),
    )
    expect(found).not.toHaveProperty('stream')
  })

  it.each([
    ['', 'not a JSON object'],
    ['[1]', 'not a JSON object'],
    ['{"a":1', 'does not end'],
    ['{"a":[1}', 'brackets do not match'],
    ['{"a":1}}', 'follows'],
    ['{a:1}', 'field name'],
    ['{"a" 1}', 'colon'],
    ['{"a":1 "b":2}', 'comma'],
    ['{"a":1,}', 'field name'],
    ['{"a":tru}', 'expected a value'],
    [`{"a":${'['.repeat(2000)}${']'.repeat(2000)}}`, 'nested deeper'],
  ])('[C23] says what is wrong with %s', (text, message) => {
    const found = skim(bytesOf(text), wanted)
    expect(found.kind === 'malformed' && found.message).toContain(message)
  })

  it('tells whether JSON.parse would change a number or key', () => {
    const fragile = (text: string): unknown => {
      const found = skim(bytesOf(text), wanted)
      return found.kind === 'object' && found.fields.size > 0 && found.fragile
    }
    expect(fragile('{"a":{"b":1.0}}')).toBe(true)
    expect(fragile('{"a":[12345678901234567]}')).toBe(true)
    expect(fragile('{"a":{"10":1}}')).toBe(true)
    expect(fragile('{"a":{"b":"1.0","c":12}}')).toBe(false)
  })

  it('reads strings with escapes and literals', () => {
    const bytes = bytesOf('{"model":"a\\"\\u00e9","stream":true}')
    const found = skim(bytes, wanted)
    if (found.kind !== 'object') throw new Error(found.message)
    expect(stringAt(bytes, found.fields.get('model'))).toBe('a"é')
    expect(literalAt(bytes, found.fields.get('stream'), 'true')).toBe(true)
    expect(literalAt(bytes, found.fields.get('stream'), 'false')).toBe(false)
  })
})

describe('splicing', () => {
  it('changes the spliced spans and nothing else, for any bytes', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 200 }),
        fc.uint8Array({ maxLength: 20 }),
        fc.nat(),
        fc.nat(),
        (source, put, a, b) => {
          const [start, end] = [a % (source.length + 1), b % (source.length + 1)].sort((x, y) => x - y) as [
            number,
            number,
          ]
          const result = Buffer.concat(applySplices(source, [{ span: { start, end }, bytes: put }]))
          expect(result).toEqual(Buffer.concat([source.subarray(0, start), put, source.subarray(end)]))
        },
      ),
    )
  })

  it('refuses overlapping splices', () => {
    const bytes = bytesOf('x')
    const overlapping = [
      { span: { start: 0, end: 4 }, bytes },
      { span: { start: 2, end: 6 }, bytes },
    ]
    expect(() => applySplices(bytesOf('abcdefgh'), overlapping)).toThrow(RangeError)
  })
})
