/** Changing one value of a file and nothing else. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { editDotEnv } from '../../src/config/edit-dot-env.ts'
import { editJson, pathOf } from '../../src/config/edit-json.ts'
import { parseDotEnv } from '../../src/world/files.ts'

const edit = (text: string, path: string, value: string | undefined): string => {
  const edited = editJson(text, pathOf(path) ?? [], value)
  return edited.ok ? edited.text : edited.problem
}

describe('one value of a JSON document', () => {
  const text = '{\n\t"port" : 8082,\n\t"limits": { "max_attempts": 3 },\n\t"fallbacks": ["a/b",  "c"]\n}\n'

  it.each([
    ['is replaced where it stands', 'port', '1', text.replace('8082', '1')],
    ['is replaced deep inside', 'limits.max_attempts', '9', text.replace('3 }', '9 }')],
    ['is replaced in a list', 'fallbacks.1', '"d"', text.replace('"c"', '"d"')],
    [
      'is added to an object on one line',
      'limits.max_retries',
      '0',
      text.replace('3 }', '3, "max_retries": 0 }'),
    ],
    ['is added to a list', 'fallbacks.2', '"d"', text.replace('"c"]', '"c", "d"]')],
    ['is added on a line of its own', 'host', '"h"', text.replace('"c"]', '"c"],\n\t"host": "h"')],
    [
      'is added with the objects around it',
      'log.level',
      '"warn"',
      text.replace('"c"]', '"c"],\n\t"log": {\n\t\t"level": "warn"\n\t}'),
    ],
    ['is taken away', 'port', undefined, text.replace('"port" : 8082,\n\t', '')],
    ['is taken away at the end', 'fallbacks', undefined, text.replace(',\n\t"fallbacks": ["a/b",  "c"]', '')],
    [
      'is taken away as the only one',
      'limits.max_attempts',
      undefined,
      text.replace('{ "max_attempts": 3 }', '{}'),
    ],
  ])('%s', (_, path, value, result) => {
    expect(edit(text, path, value)).toBe(result)
  })

  it('is the first of an empty document', () => {
    expect(edit('{}\n', 'a.b', '1')).toBe('{\n  "a": {\n    "b": 1\n  }\n}\n')
  })

  it('that has no place is refused in words', () => {
    expect(edit(text, 'port.x', '1')).toBe('port is neither an object nor a list')
    expect(edit(text, 'fallbacks.7', '1')).toMatch(/has 2 entries/)
    expect(edit(text, 'nothing.here', undefined)).toBe('nothing.here is not in the file')
    expect([pathOf(''), pathOf('a..b'), pathOf('a."b.c".d')]).toEqual([
      undefined,
      undefined,
      ['a', 'b.c', 'd'],
    ])
  })

  it('is what it was set to, whatever the document, and the rest is what it was', () => {
    const documents = fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 4 })
    const spaces = fc.constantFrom(undefined, 2, '\t')
    fc.assert(
      fc.property(documents, fc.string(), fc.jsonValue(), spaces, (document, key, value, space) => {
        const json = JSON.stringify(document, null, space)
        const edited = editJson(json, [key], JSON.stringify(value))
        const expected = JSON.parse(JSON.stringify({ ...document, [key]: value }))
        expect(edited.ok && JSON.parse(edited.text)).toEqual(expected)
        if (!Object.hasOwn(document, key)) {
          const back = editJson(edited.ok ? edited.text : '', [key], undefined)
          expect(back.ok && JSON.parse(back.text)).toEqual(JSON.parse(json))
        }
      }),
    )
  })
})

describe('one variable of a .env file', () => {
  const text = '# mine\nexport BIG_MODEL=a/b # old\nPORT=1\n'

  it.each([
    ['is replaced, and comments stay', 'PORT', '2', '# mine\nexport BIG_MODEL=a/b # old\nPORT=2\n'],
    ['is added at the end', 'HOST', '::1', `${text}HOST=::1\n`],
    ['is quoted where it must be', 'PORT', 'a b#c', "# mine\nexport BIG_MODEL=a/b # old\nPORT='a b#c'\n"],
    ['is taken away', 'BIG_MODEL', undefined, '# mine\nPORT=1\n'],
  ])('%s', (_, name, value, result) => {
    expect(editDotEnv(text, name, value)).toBe(result)
  })

  it('reads back as what was written, or is refused', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (value) => {
        const edited = editDotEnv(text, 'X_Y', value)
        if (edited !== undefined) expect(parseDotEnv(edited)).toMatchObject({ BIG_MODEL: 'a/b', X_Y: value })
      }),
    )
    expect(editDotEnv(text, 'X_Y', `'"\n`)).toBeUndefined()
  })
})
