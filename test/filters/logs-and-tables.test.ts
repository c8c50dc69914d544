import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import fc from 'fast-check'
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base'
import { describe, expect, it } from 'vitest'
import { shorten } from '../../src/compression/shorten.ts'
import { aptList } from '../../src/filters/apt-list.ts'
import { gitBlame } from '../../src/filters/git-blame.ts'
import { filters } from '../../src/filters/index.ts'
import { lsNames } from '../../src/filters/ls-names.ts'
import { readTable, saidTable } from '../../src/filters/text/columns.ts'
import {
  dayStart,
  isoJournalStart,
  journalStart,
  serviceStart,
  underStarts,
} from '../../src/filters/text/same-start.ts'
import { undoTables } from '../compression/undo.ts'
import { differences, originalId, readThrough } from './needles.ts'
import { fromAptList, fromStarts, fromTable } from './told-back.ts'

const text = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.constantFrom(
    '',
    'listening on 80',
    '12:00:00 x',
    'T10:12 y',
    '| z',
    'Mar  3 node-a',
    '2026-03-03',
    'web-1',
  ),
)

describe('logs told by what their lines start with', () => {
  it.each([
    [
      'a journal',
      journalStart,
      fc.constantFrom('Mar 02 10:12:00 node-a ', 'Mar  3 00:00:07 node-a ', 'Mar  3 00:00:07 node-b '),
      /^[A-Z][a-z]{2} [ \d]\d \S+$/,
      (above: string, said: string) => {
        const [, time = ''] = /^(\d\d:\d\d:\d\d) /.exec(said) ?? []
        return time === '' ? undefined : `${above.slice(0, 6)} ${time} ${above.slice(7)}${said.slice(8)}`
      },
    ],
    [
      'a journal with whole dates',
      isoJournalStart,
      fc.constantFrom(
        '2026-03-03T10:12:00+0000 node-a shop[1]: ',
        '2026-03-03T10:13:00+0000 node-b kernel: ',
        '2026-03-04T00:00:01.123+01:00 node-a shop[1]: ',
      ),
      /^\d{4}-\d\d-\d\d \S+ \S+$/,
      (above: string, said: string) => {
        const [day = '', zone = '', host = ''] = above.split(' ')
        const [, time = ''] = /^(\d\d:\d\d:\d\d(?:\.\d+)?) /.exec(said) ?? []
        return time === '' ? undefined : `${day}T${time}${zone} ${host}${said.slice(time.length)}`
      },
    ],
    [
      'lines with their time',
      dayStart,
      fc.constantFrom('2026-03-03T10:12:00Z ', '2026-03-03 10:13:00,123 ', '[2026-03-04T00:00:01Z] '),
      /^\[?\d{4}-\d\d-\d\d$/,
      (above: string, said: string) => (/^[T ]\d\d:\d\d/.test(said) ? above + said : undefined),
    ],
    [
      'services side by side',
      serviceStart,
      fc.constantFrom('web-1 | ', 'postgres-1 | '),
      /^[\w.-]+$/,
      (above: string, said: string) => (said.startsWith('|') ? `${above} ${said}` : undefined),
    ],
  ] as const)(
    '%s: the same lines, in their order, or nothing is done',
    (_, reader, start, heading, whole) => {
      const line = fc.oneof(
        fc.tuple(start, text).map((parts) => parts.join('')),
        fc.tuple(start, text).map((parts) => parts.join('')),
        text,
      )
      fc.assert(
        fc.property(fc.array(line, { maxLength: 20 }), (lines) => {
          const told = underStarts(lines, reader)
          if (told !== undefined) expect(fromStarts(told, heading, whole)).toEqual(lines)
        }),
      )
    },
  )
})

describe('tables', () => {
  it('have every cell under its name, whatever is told once', () => {
    const cell = fc.constantFrom('Running', '0/1', '<none>', '2d', '10.1.0.12', 'api-5f6d7c')
    const rows = fc.array(fc.array(cell, { minLength: 4, maxLength: 4 }), { minLength: 2, maxLength: 8 })
    fc.assert(
      fc.property(rows, (cells) => {
        const table = [['NAME', 'READY', 'NODE', 'AGE'], ...cells]
        const lines = table.map((row) =>
          row
            .map((each) => each.padEnd(14))
            .join('')
            .trimEnd(),
        )
        const read = readTable(lines, false)
        expect([read?.names, ...(read?.rows ?? [])]).toEqual(table)
        const told = read === undefined ? [] : fromTable(saidTable(read))
        const byName = (all: readonly (readonly string[])[]) =>
          all.slice(1).map((row) => Object.fromEntries((all[0] ?? []).map((name, at) => [name, row[at]])))
        expect(byName(told)).toEqual(byName(table))
      }),
    )
  })

  it('are left alone where a cell runs into the next column', () => {
    const lines = ['NAME     READY', 'a-name-that-is-long 1/1', 'b        1/1']
    expect(readTable(lines, false)).toBeUndefined()
  })
})

describe('lists', () => {
  it('of packages: the same packages, as often', () => {
    const row = fc
      .tuple(
        fc.stringMatching(/^[a-z][a-z0-9+.-]{1,6}$/),
        fc.constantFrom('stable,now', 'now'),
        fc.constantFrom('1.2.3-4', '2:20~deb12u1'),
        fc.constantFrom('amd64', 'all'),
        fc.constantFrom('', ' [installed]', ' [installed,upgradable to: 2]'),
      )
      .map(
        ([name, archive, version, architecture, state]) =>
          `${name}/${archive} ${version} ${architecture}${state}`,
      )
    fc.assert(
      fc.property(fc.array(row, { minLength: 4, maxLength: 30 }), (rows) => {
        const output = ['Listing...', ...rows]
        const told = readThrough(aptList, { commandLine: 'apt list --installed', output: output.join('\n') })
        expect(differences(output, fromAptList(told?.lines ?? []))).toEqual([])
      }),
    )
  })

  it('of names: every name behind its folder', () => {
    const output = Array.from({ length: 9 }, (_, folder) =>
      [`src/${folder}:`, ...Array.from({ length: 30 }, (__, at) => `file-${folder}-${at}.ts`), ''].join('\n'),
    ).join('\n')
    const told = readThrough(lsNames, { commandLine: 'ls -R src', output })?.lines ?? []
    const back: string[] = []
    for (const line of told) {
      const [, heading, names = line] = /^(\S+:) (.*)$/.exec(line) ?? []
      if (heading !== undefined) back.push('', heading)
      back.push(...names.trim().split(' '))
    }
    expect(back.slice(1).join('\n')).toBe(output.trimEnd())
  })
})

describe('git blame', () => {
  it('keeps the code of every line to the letter, with its number and commit', () => {
    const code = fc.oneof(
      fc.string({ maxLength: 20 }),
      fc.constantFrom('  x) y', '(a 2026-03-03 10:12:00 +0100 3) z', ''),
    )
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom('4f1c2d3e', '^a1b2c3d'), code), { minLength: 4 }),
        (lines) => {
          const output = lines.map(
            ([hash, said], at) => `${hash} (Ana Sol 2026-03-03 10:12:00 +0100 ${at + 1}) ${said}`,
          )
          fc.pre(output.every((line) => !line.includes('\n')))
          const told =
            readThrough(gitBlame, { commandLine: 'git blame a.ts', output: output.join('\n') })?.lines ?? []
          const back: string[] = []
          let commit = ''
          for (const line of told) {
            if (/^\S+ \(.*\)$/.test(line) && !/^\d+\)/.test(line)) commit = line
            else back.push(`${commit.slice(0, -1)} ${line}`)
          }
          expect(back).toEqual(output)
        },
      ),
    )
  })
})

describe('JSON lists as tools print them', () => {
  const documents: Readonly<Record<string, string>> = JSON.parse(
    gunzipSync(readFileSync(new URL('./shell-recordings/documents.json.gz', import.meta.url))).toString(
      'utf8',
    ),
  )
  const told = (commandLine: string, text: string) => {
    const outcome = shorten(
      { tool: 'Bash', commandLine, failed: false, text },
      { level: 'lossless', originalId, filters },
    )
    return outcome.kind === 'shortened' ? outcome.text : text
  }
  const share = (text: string, short: string) => 100 * (1 - countTokens(short) / countTokens(text))

  it.each([
    ['issues', 'gh api repos/shop/gate/issues', 79, 72],
    ['pulls', 'gh pr list --json number,title,author,url', 65, 53],
    ['pods', 'kubectl get pods -o json', 74, 62],
    ['orders', 'curl -s https://shop.example.org/v1/orders', 69, 50],
    ['containers', 'docker inspect web api db cache', 53, 35],
    ['packages', 'npm ls --all --json', 25, 0],
  ] as const)(
    '%s of `%s`: every value told back, %i percent less with its layout, %i without',
    (name, commandLine, least, leastMinified) => {
      const value: unknown = JSON.parse(documents[name] ?? '')
      const [pretty, minified] = [`${JSON.stringify(value, null, 2)}\n`, `${JSON.stringify(value)}\n`]
      const short = told(commandLine, pretty)
      expect(undoTables(JSON.parse(short))).toEqual(value)
      expect(undoTables(JSON.parse(told(commandLine, minified)))).toEqual(value)
      expect(share(pretty, short)).toBeGreaterThanOrEqual(least)
      expect(share(minified, told(commandLine, minified))).toBeGreaterThanOrEqual(leastMinified)
    },
  )

  it('of containers, hashes are most of what is left: of everything else half is saved without layout too', () => {
    const minified = JSON.stringify(JSON.parse(documents['containers'] ?? ''))
    const short = told('docker inspect web api db cache', minified)
    const hashes = minified.match(/[0-9a-f]{64}/g) ?? []
    expect(hashes.every((hash) => short.includes(hash))).toBe(true)
    const least = hashes.reduce((sum, hash) => sum + countTokens(hash), 0)
    const saved = countTokens(minified) - countTokens(short)
    expect(saved / (countTokens(minified) - least)).toBeGreaterThanOrEqual(0.5)
  })

  it('are found below the headers that curl prints', () => {
    const headers = 'HTTP/1.1 200 OK\ncontent-type: application/json\ndate: Tue, 03 Mar 2026 10:12:00 GMT\n\n'
    const short = told('curl -is https://shop.example.org/v1/orders', headers + (documents['orders'] ?? ''))
    expect(short.startsWith(headers)).toBe(true)
    expect(undoTables(JSON.parse(short.slice(headers.length)))).toEqual(JSON.parse(documents['orders'] ?? ''))
  })
})
