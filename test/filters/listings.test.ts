import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { gitStatus } from '../../src/filters/git-status.ts'
import { grep } from '../../src/filters/grep.ts'
import { ls } from '../../src/filters/ls.ts'
import { braced } from '../../src/filters/text/braces.ts'
import { drawn, indented } from '../../src/filters/text/drawing.ts'
import { byFolder } from '../../src/filters/text/folders.ts'
import { underHeadings } from '../../src/filters/text/hits.ts'
import { sizedByFolder } from '../../src/filters/text/sized.ts'
import { differences, readThrough } from './needles.ts'
import { fromFolders, fromHits, fromIndented, fromSized, fromStatus, unbraced } from './told-back.ts'

const name = fc.stringMatching(/^[A-Za-z0-9._ "-]{1,8}$/).filter((some) => some.trim() === some)
const folder = fc.constantFrom('', 'src/', './src/wire/', '/var/log/x y/', 'a-1-b/', 'C:\\x/')
const path = fc
  .tuple(folder, name, fc.constantFrom('', '', '', '/'))
  .map(([above, own, slash]) => above + own + slash)
  .filter((some) => !/^\s/.test(some))
const text = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.constantFrom('', '--', '12:x', '  x-3-y', ':', 'src/a.ts:1:z'),
)

describe('what the lossless readings say can be told back', () => {
  it('paths by folder: the same paths, as often', () => {
    fc.assert(
      fc.property(fc.array(path, { maxLength: 30 }), (paths) => {
        expect(differences(paths, fromFolders(byFolder(paths) ?? paths))).toEqual([])
      }),
    )
  })

  it('paths in braces: the same paths, as often', () => {
    fc.assert(
      fc.property(fc.array(path, { maxLength: 12 }), (paths) => {
        expect(differences(paths, unbraced(braced(paths)))).toEqual([])
      }),
    )
  })

  it('hits under headings: the same lines, those of a file in their order', () => {
    const hit = fc
      .tuple(
        fc.constantFrom('src/a.ts', 'b-2-c.ts', 'src/b.ts', './d e.ts', '2', '3-x', 'src/'),
        fc.nat(300),
        text,
      )
      .map(([file, at, said]) => `${file}:${at}:${said}`)
    const line = fc.oneof(
      hit,
      hit,
      hit,
      fc.constantFrom('grep: x: Permission denied', 'Binary file a matches'),
    )
    fc.assert(
      fc.property(fc.array(line, { maxLength: 30 }), (lines) => {
        const told = underHeadings(lines)
        if (told === undefined) return
        expect(differences(lines, fromHits(told))).toEqual([])
        const ofFile = (all: readonly string[]) => all.filter((each) => each.startsWith('src/a.ts:'))
        expect(ofFile(fromHits(told))).toEqual(ofFile(lines))
      }),
    )
  })

  it('hits that begin and end alike: the same lines, in columns or without numbers too', () => {
    const hit = fc.tuple(
      fc.constantFrom('src/a.ts', 'src/b.ts', './c.ts'),
      fc.constantFrom('', '  ', '\t'),
      fc.constantFrom('/** ', '/** ', '/** ', '5:3 ', ': '),
      fc.oneof(text, fc.constantFrom('', ' x', '7 y', '::z')),
      fc.constantFrom(' */', ' */', ''),
    )
    const before = fc.constantFrom(':', ':12:', ':12:5:')
    fc.assert(
      fc.property(fc.array(hit, { minLength: 40, maxLength: 60 }), before, (hits, mark) => {
        const lines = hits.map(([file, ...words]) => file + mark + words.join(''))
        const told = underHeadings(lines, mark === ':12:5:')
        if (told !== undefined) expect(differences(lines, fromHits(told))).toEqual([])
      }),
    )
  })

  it('hits with the lines beside them: the same lines, in their order', () => {
    const block = fc
      .tuple(fc.constantFrom('src/a.ts', 'b-2-c.ts'), fc.nat(300), text, text)
      .map(([file, at, said, beside]) => [`${file}:${at}:${said}`, `${file}-${at + 1}-${beside}`])
    fc.assert(
      fc.property(fc.array(block, { minLength: 2, maxLength: 12 }), (blocks) => {
        const lines = blocks.flatMap((some, at) => (at === 0 ? some : ['--', ...some]))
        const told = underHeadings(lines)
        expect(told).toBeDefined()
        expect(fromHits(told ?? [])).toEqual(lines)
      }),
    )
  })

  it.each([
    ['words', ' ', /^[a-z.@0-9]{1,6}$/],
    ['names of several words', ', ', /^[a-z.@0-9]{1,6} deduped$/],
  ] as const)('drawn trees of %s: every name, as deep, in its order', (_, gap, name) => {
    const rows = fc.array(fc.tuple(fc.nat(5), fc.stringMatching(name)), { minLength: 1, maxLength: 40 })
    fc.assert(
      fc.property(rows, fc.boolean(), (wanted, asNpm) => {
        let above = -1
        const lines = wanted.map(([depth, said]) => {
          above = Math.min(depth, above + 1)
          return `${(asNpm ? '│ ' : '│   ').repeat(above)}├── ${said}`
        })
        const told = indented(['top', ...lines])
        const depths = lines.map((line) => drawn(line))
        const step = depths.every((row) => (row?.offset ?? 0) % 4 === 0) ? 4 : 2
        expect(fromIndented(told ?? [], gap).slice(1)).toEqual(
          depths.map((row) => ({ depth: (row?.offset ?? 0) / step + 1, said: row?.said })),
        )
      }),
    )
  })

  it('a status: every hint and blank line where git puts it, every path with its state', () => {
    const path = fc
      .tuple(fc.constantFrom('', 'src/', 'src/wire/'), fc.stringMatching(/^[a-z]{1,5}\.ts$/))
      .map((parts) => parts.join(''))
    const section = (heading: string, states: readonly string[]) =>
      fc.array(fc.tuple(fc.constantFrom(...states), path), { maxLength: 6 }).map((rows) => {
        const lines = rows.map(([state, file]) => `${state === '' ? '' : `${state}: `}${file}`)
        return rows.length === 0 ? [] : [heading, ...lines.map((line) => `\t${line}`)]
      })
    const parts = fc.tuple(
      section('Changes to be committed:', ['new file', 'modified']),
      section('Changes not staged for commit:', ['modified', 'deleted']),
      section('Untracked files:', ['']),
    )
    fc.assert(
      fc.property(parts, (sections) => {
        fc.pre(sections.some((rows) => rows.length > 0))
        const output = fromStatus(['On branch main', ...sections.flat(), 'no changes added to commit'])
        const told = readThrough(gitStatus, { commandLine: 'git status', output: output.join('\n') })
        expect(differences(output, fromStatus(told?.lines ?? []))).toEqual([])
        expect((told?.lines.length ?? 0) < output.length).toBe(true)
      }),
    )
  })

  it('sizes by folder: the same rows, as often', () => {
    const row = fc
      .tuple(fc.constantFrom('4.0K', '12K', '0', '1.5M'), folder, fc.stringMatching(/^[a-z.]{1,6}$/))
      .map(([size, above, own]) => `${size}\t${above}${own}`)
    fc.assert(
      fc.property(fc.array(row, { maxLength: 30 }), (rows) => {
        expect(differences(rows, fromSized(sizedByFolder(rows) ?? rows))).toEqual([])
      }),
    )
  })
})

describe('a listing is left alone', () => {
  const listing = (row: string) => `total 12
drwxr-xr-x 2 root root  4096 Mar  1 09:00 backups
drwxr-xr-x 9 root root  4096 Mar  1 09:00 log
drwxr-xr-x 9 root root  4096 Mar  1 09:00 spool
${row}`
  const read = (output: string, failed = false) =>
    readThrough(ls, { commandLine: 'ls -l /var', output, failed })
  const plain = '-rw-r--r-- 1 root root 12 Mar  1 09:00 note'

  it('but an ordinary one is not', () => {
    expect(read(listing(plain))?.lines).toContain('12 note')
  })

  it('where a sticky, setuid or open file says that permissions are looked at', () => {
    for (const mode of ['drwxrwxrwt', '-rwsr-xr-x', '-rw-rw-rw-'])
      expect(read(listing(`${mode} 1 root root 12 Mar  1 09:00 note`))).toBeUndefined()
  })

  it('where something was refused, or the command failed', () => {
    expect(read(listing("ls: cannot open directory '/var/x': Permission denied"))).toBeUndefined()
    expect(read(listing(plain), true)).toBeUndefined()
  })
})

describe('search hits', () => {
  it('are read in linear time, whatever a line holds', () => {
    const long = (part: string) => part.repeat(1_000_000 / part.length)
    const output = [
      'a/b.ts:1:x',
      'a/b.ts:2:y',
      long(':'),
      long('-1'),
      long(' '),
      `a/b.ts:3:${long('1:')}`,
    ].join('\n')
    const start = performance.now()
    readThrough(grep, { commandLine: 'grep -rn x', output })
    expect(performance.now() - start).toBeLessThan(500)
  })
})
