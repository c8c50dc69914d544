import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { asNumber, parseJson, tryParseJson, writeJson } from '../../src/wire/json.ts'

describe('JSON that others wrote', () => {
  it('comes out as it came in: trailing zeros, big integers, exponents, minus zero, integer-like keys in order', () => {
    const text = '{"a":1.0,"b":12345678901234567890,"10":1,"2":3,"x":1e5,"s":"1.0, 2","y":[1.50,-0]}'
    expect(writeJson(parseJson(text))).toBe(text)
  })

  it('is not changed by strings that only look like such numbers', () => {
    const text = JSON.stringify({ note: ': 1.0, and 1e5, [12345678901234567890]', '7up': 'x' })
    expect(writeJson(parseJson(text))).toBe(text)
  })

  it('survives for any value: parse then write equals JSON.parse then JSON.stringify', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value)
        expect(JSON.parse(writeJson(parseJson(text)))).toEqual(JSON.parse(text))
      }),
    )
  })

  it('keeps the text of any number in any place', () => {
    const number = fc.oneof(
      fc.bigInt({ min: -(10n ** 25n), max: 10n ** 25n }).map(String),
      fc.tuple(fc.integer(), fc.nat(9999)).map(([whole, part]) => `${whole}.${part}0`),
      fc.tuple(fc.nat(9), fc.integer({ min: -20, max: 20 })).map(([digit, power]) => `${digit}e${power}`),
    )
    fc.assert(
      fc.property(fc.array(number, { minLength: 1 }), fc.string(), (numbers, word) => {
        const text = `{"list":[${numbers.join(',')}],"word":${JSON.stringify(word)}}`
        expect(writeJson(parseJson(text))).toBe(text)
      }),
    )
  })

  it('reads a protected number as a number', () => {
    const value = parseJson('{"temperature":1.0}')
    expect(
      asNumber(typeof value === 'object' && value && 'temperature' in value ? value['temperature'] : 0),
    ).toBe(1)
  })

  it('is undefined when it is no JSON', () => {
    expect(tryParseJson('{"a":')).toBeUndefined()
  })
})
