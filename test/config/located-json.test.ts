/** Strict JSON with positions: the same language as JSON.parse, and a place for every complaint. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseLocatedJson } from '../../src/config/located-json.ts'

const read = (text: string) => {
  const json = parseLocatedJson(text)
  return json.ok ? json.value : `${json.position.line}:${json.position.column} ${json.message}`
}

describe('reading', () => {
  it('gives what JSON.parse gives, however it is laid out', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(0, 1, 2, '\t', ' \n'), (value, space) => {
        const text = JSON.stringify(value, null, space)
        if (text.includes('__proto__')) return
        expect(read(text)).toEqual(JSON.parse(text))
      }),
    )
  })

  it('accepts nothing that JSON.parse refuses, and refuses only double keys beyond it', () => {
    fc.assert(
      fc.property(
        fc.jsonValue(),
        fc.nat(),
        fc.constantFrom('', ',', '"', '}', '/', 'x', '\\', '0'),
        (value, at, bit) => {
          const text = JSON.stringify(value, null, 1)
          const place = at % (text.length + 1)
          const broken = text.slice(0, place) + bit + text.slice(place + 1)
          const json = parseLocatedJson(broken)
          const accepted = isJson(broken)
          if (json.ok) expect(accepted).toBe(true)
          else if (accepted) expect(json.message).toMatch(/stands twice/)
        },
      ),
      { numRuns: 2000 },
    )
  })

  it('takes no notice of a byte order mark', () => expect(read('\uFEFF{"a":1}')).toEqual({ a: 1 }))
})

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

describe('complaints', () => {
  it.each([
    ['', '1:1 expected a value, found the end of the file'],
    ['{\n  "a": 1,\n}', '2:9 a comma after the last entry is not JSON'],
    ['{\n  // why\n}', '2:3 comments are not JSON'],
    ["{ 'a': 1 }", "1:3 expected a key in double quotes, found '"],
    ['{ "a" 1 }', '1:7 expected a colon after "a", found 1'],
    ['{ "a": 1 "b": 2 }', '1:10 expected a comma or }, found "'],
    ['[1\n2]', '2:1 expected a comma or ], found 2'],
    ['{ "a": 1, "a": 2 }', '1:11 the key "a" stands twice in this object'],
    ['{ "a": tru }', '1:8 expected a value, found t'],
    ['{} {}', '1:4 expected the end of the file, found {'],
    ['{ "a": "x', '1:8 expected a text that ends on its line in double quotes, found "'],
  ])('%j: %s', (text, complaint) => expect(read(text)).toBe(complaint))

  it('knows where keys and entries stand', () => {
    const json = parseLocatedJson('{\n  "a": { "b.c": [1,\n 2] }\n}')
    if (!json.ok) throw new Error(json.message)
    expect(json.where(['a'])).toEqual({ line: 2, column: 3 })
    expect(json.where(['a', 'b.c'])).toEqual({ line: 2, column: 10 })
    expect(json.where(['a', 'b.c', 1])).toEqual({ line: 3, column: 2 })
    expect(json.where(['b'])).toBeUndefined()
  })
})
