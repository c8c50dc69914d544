import fc from 'fast-check'
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base'
import { describe, expect, it } from 'vitest'
import { referBack } from '../../src/compression/back-references.ts'
import { clean } from '../../src/compression/clean.ts'
import { shortenJson } from '../../src/compression/json.ts'
import { foldRepeats } from '../../src/compression/repeats.ts'
import { unstamp } from '../../src/compression/stamps.ts'
import { undoReferences, undoRepeats, undoTables } from './undo.ts'

/** Few words, so that blocks repeat. */
const wordyLine = fc.constantFrom(
  '',
  'compiling the first half of everything there is',
  'compiling the second half of everything there is',
  'warning: the third part is older than the second part',
  '    at somewhere (a-file-with-a-long-name.ts:12:5)',
  'x',
)
const wordyLines = fc.array(wordyLine, { maxLength: 80 })

describe('repeats', () => {
  it('are told by number, and can be told back', () => {
    fc.assert(
      fc.property(wordyLines, (lines) => {
        expect(undoRepeats(foldRepeats(lines))).toEqual(lines)
      }),
      {
        numRuns: 1000,
      },
    )
  })

  it('of a line, and of a block of lines', () => {
    const line = 'waiting for the database to come up on port 5432'
    expect(foldRepeats(Array(40).fill(line))).toEqual([line, '[the line above, 39 more times]'])
    const block = ['GET /health 200', 'cache: warm, 12 entries, nothing to do']
    expect(foldRepeats([...block, ...block, ...block, 'end'])).toEqual([
      ...block,
      '[the 2 lines above, 2 more times]',
      'end',
    ])
  })

  it('stay where the note would be longer', () => {
    expect(foldRepeats(['}', '}', '}'])).toEqual(['}', '}', '}'])
  })
})

describe('a block that stood above', () => {
  it('is told by its first line, and can be told back', () => {
    fc.assert(
      fc.property(wordyLines, (lines) => {
        expect(undoReferences(referBack(lines))).toEqual(lines)
      }),
      {
        numRuns: 1000,
      },
    )
  })

  it('does not reach into itself', () => {
    const long = 'the very same line, long enough to be worth a note of its own, again and again'
    for (const lines of [Array(30).fill(long), Array.from({ length: 30 }, (_, at) => `${long} ${at % 3}`)])
      expect(undoReferences(referBack(lines))).toEqual(lines)
  })

  it('is not told where a few lines are alike only', () => {
    const stack = Array.from(
      { length: 9 },
      (_, at) => `    at frame${at} (node_modules/some/package/file${at}.js:${at})`,
    )
    expect(referBack(['one failed', ...stack, 'two failed', ...stack])).toEqual([
      'one failed',
      ...stack,
      'two failed',
      `[9 lines as above, from "${stack[0]}"]`,
    ])
    expect(referBack(['a', 'b', 'c', 'a', 'b', 'c'])).toEqual(['a', 'b', 'c', 'a', 'b', 'c'])
  })
})

const cell = fc.oneof(
  fc.integer(),
  fc.string({ maxLength: 12 }),
  fc.boolean(),
  fc.constant(null),
  fc.constant('~'),
)
const row = fc.record(
  {
    id: fc.integer(),
    name: fc.string({ maxLength: 20 }),
    state: cell,
    key: fc.nat(999).map((at) => `ord_${at}`),
    made: fc.nat(59).map((at) => `2026-03-0${at % 9}T10:${at}Z`),
    tags: fc.record({ 'app.io/name': cell, "it's": fc.constant('b') }, { requiredKeys: ['app.io/name'] }),
    marks: fc.record({ 'app.io/part': cell, 'a[0].b': fc.constant({ 'c.d': 1, e: {} }) }),
    pair: fc.tuple(cell, fc.constant('same')),
    items: fc.array(
      fc.record({ sku: fc.nat(99).map((at) => `SKU-${at}`), price: fc.nat(9).map((at) => `${at} eur`) }),
      { maxLength: 4 },
    ),
    user: fc.record({ login: fc.string({ maxLength: 8 }), id: fc.integer() }),
    url: fc.nat(3).map((at) => `https://example.org/things/${at}?of={name}`),
    labels: fc.array(fc.record({ id: fc.nat(9), text: cell }), { maxLength: 3 }),
    ports: fc.array(fc.record({ at: fc.nat(9), to: fc.record({ host: fc.constant('a'), x: cell }) }), {
      minLength: 2,
      maxLength: 2,
    }),
  },
  { requiredKeys: ['id', 'name', 'state', 'key', 'made', 'marks', 'pair', 'items'] },
)
const document = fc.oneof(
  fc.array(row, { minLength: 3, maxLength: 12 }),
  fc.record({ total: fc.integer(), items: fc.array(row, { maxLength: 12 }), note: fc.string() }),
  fc.jsonValue({ maxDepth: 4 }),
)

describe('JSON', () => {
  it('keeps every value, and can be told back', () => {
    fc.assert(
      fc.property(document, fc.constantFrom(0, 2), (value, indent) => {
        const short = shortenJson(JSON.stringify(value, null, indent))
        if (short === undefined) return
        expect(undoTables(JSON.parse(short))).toEqual(JSON.parse(JSON.stringify(value)))
      }),
      { numRuns: 1000 },
    )
  })

  it('makes texts of other cells again', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(99_999), fc.stringMatching(/^[a-z{}]{1,6}$/)), { minLength: 3 }),
        (ids) => {
          const rows = ids.map(([id, name]) => ({
            id,
            name,
            page: `https://example.org/things/${id}`,
            image: `https://example.org/{id}/{name}/${name}.png`,
            state: `a long beginning: ${name}`,
            owner: { id: `u-${id}`, home: `/home/${name}/of {owner.id}` },
          }))
          const short = shortenJson(JSON.stringify(rows)) ?? 'null'
          expect(undoTables(JSON.parse(short))).toEqual(rows)
        },
      ),
    )
    const rows = [117, 1182, 23].map((id) => ({ id, page: `https://example.org/things/${id}/all` }))
    expect(shortenJson(JSON.stringify(rows))).toBe(
      '{"made":{"page":"https://example.org/things/{id}/all"},"columns":["id"],"rows":[\n[117],\n[1182],\n[23]]}',
    )
  })

  it('keeps numbers as they are spelled, and names that are numbers in their order', () => {
    expect(shortenJson('{\n  "b": 1.0,\n  "7": 12345678901234567890,\n  "1": 1e5\n}')).toBe(
      '{"b":1.0,"7":12345678901234567890,"1":1e5}',
    )
  })

  it('of uniform rows costs half as much, and a third of what it costs with its layout', () => {
    const rows = Array.from({ length: 100 }, (_, id) => ({
      id,
      name: `service-${id}`,
      status: id % 3 === 0 ? 'running' : 'stopped',
      created_at: `2026-03-${String((id % 28) + 1).padStart(2, '0')}T10:00:00Z`,
      owner: { login: `user${id % 7}`, id: id * 31, type: 'User', site_admin: false },
      region: 'eu-central-1',
    }))
    const [pretty, minified] = [JSON.stringify(rows, null, 2), JSON.stringify(rows)]
    const short = shortenJson(pretty) ?? ''
    expect(shortenJson(minified)).toBe(short)
    expect(countTokens(short)).toBeLessThan(countTokens(pretty) * 0.36)
    expect(countTokens(short)).toBeLessThan(countTokens(minified) * 0.51)
    expect(short.split('\n')).toHaveLength(101)
  })

  it('is found after warnings, in strings, and one document a line', () => {
    const rows = Array.from({ length: 20 }, (_, id) => ({ id, name: `n${id}`, ok: true }))
    const text = `npm warn config old\n${JSON.stringify({ rows }, null, 2)}\nexit 0\n`
    expect(shortenJson(text)).toMatch(
      /^npm warn config old\n\{"rows":\{"same":\{"ok":true\},"columns":\["id","name"\],[^\n]*\}\nexit 0\n$/,
    )
    const inside = JSON.stringify({
      result: JSON.stringify(rows.map((each) => ({ ...each, more: 'text '.repeat(3) }))),
    })
    const back = JSON.parse(JSON.parse(shortenJson(inside) ?? '{}').result)
    expect(back.rows).toHaveLength(20)
    expect(undoTables(back)).toEqual(JSON.parse(JSON.parse(inside).result))
    expect(shortenJson(rows.map((each) => JSON.stringify(each)).join('\n'))).toMatch(
      /^20 JSON lines: \{"same":\{"ok":true\},"columns":\["id","name"\],"rows":\[\n\[0,/,
    )
  })

  it('that is none is left alone', () => {
    for (const text of [
      '',
      '{',
      '[1, 2',
      '{"a": 1} trailing',
      'let x = [1]\nlet y = {}',
      '[link](there)\n[other](here)',
    ])
      expect(shortenJson(text)).toBeUndefined()
  })
})

const esc = String.fromCharCode(27)

describe('cleaning', () => {
  const lines = (text: string): readonly string[] => clean(text).lines

  it('takes colours, titles, links, bells and trailing blanks', () => {
    const painted = `${esc}[1;31merror${esc}[0m: no ${esc}]8;;http://x${esc}\\link${esc}]8;;${esc}\\ \t\n${esc}(Bplain${String.fromCharCode(7)}`
    expect(lines(painted)).toEqual(['error: no link', 'plain'])
  })

  it('takes colours that a collector spelled out, but no regular expression', () => {
    expect(lines('^[[31mred^[[0m '.repeat(12))).toEqual(['red '.repeat(12).trimEnd()])
    expect(lines('grep "^[[0m" and ^[[:space:]]')).toEqual(['grep "^[[0m" and ^[[:space:]]'])
  })

  it('keeps the last state of what was written over, and whatever else was on the line', () => {
    expect(lines('fetch 10% 1/9\rfetch 50% 5/9\rfetch 100% 9/9\nerror: disk full\rdone\n')).toEqual([
      'fetch 100% 9/9',
      'error: disk full',
      'done',
    ])
  })

  it('keeps the line ends of Windows', () => {
    expect(clean('a\r\nb\r\n')).toEqual({ lines: ['a', 'b'], lineEnd: '\r\n', closed: true })
    expect(clean('a\nb')).toEqual({ lines: ['a', 'b'], lineEnd: '\n', closed: false })
  })

  it('takes the times of a CI service, and tells a silence', () => {
    const log = Array.from(
      { length: 8 },
      (_, at) => `2026-03-02T10:0${at < 6 ? 0 : 5}:0${at}.1234567Z line ${at}`,
    )
    expect(unstamp(log).lines).toEqual([
      '[times before each line left out: 2026-03-02T10:00:00Z to 2026-03-02T10:05:07Z]',
      ...[0, 1, 2, 3, 4, 5].map((at) => `line ${at}`),
      '[301 s without a line]',
      'line 6',
      'line 7',
    ])
    const ofGh = log.map((line, at) => `test (20)\t${at < 4 ? 'Install' : 'Run tests'}\t${line}`)
    expect(unstamp(ofGh).lines).toEqual([
      '[times before each line left out: 2026-03-02T10:00:00Z to 2026-03-02T10:05:07Z]',
      'test (20)\tInstall',
      ...[0, 1, 2, 3].map((at) => `line ${at}`),
      'test (20)\tRun tests',
      ...['line 4', 'line 5', '[301 s without a line]', 'line 6', 'line 7'],
    ])
    const asked = Array.from({ length: 8 }, (_, at) => `2026-03-02T10:00:0${at}.123Z line ${at}`)
    expect(unstamp(asked).lines).toEqual(asked)
  })
})
