/** gcc, clang and make: errors and warnings by file or by message; commands, source excerpts and contexts left out. */
import type { Filter } from './filter.ts'
import { isGrouped } from './text/findings.ts'
import { ends, endsHave, mayRun } from './text/launchers.ts'
import {
  besideItem,
  findingItems,
  type Item,
  lineItem,
  noiseItem,
  type Reader,
  readItems,
  toldShorter,
} from './text/report.ts'

const found =
  /^((?:[A-Za-z]:)?[^\s:][^:]*):(\d+)(?::(\d+))?: ((?:fatal )?(?:error|warning|note|sorry)[:,] .*)$/
const excerpt = /^ *\d* \|(?: |$)|^ {4,}\d+ \| /
const mark = /^[ \t]*[~^][~^ ]*$/
const context =
  /^(?:[^\s:][^:]*|[A-Za-z]:[^:]*): (?:In (?:static |lambda |member |copy |instantiation of )?\S*function\b|In (?:function|member|constructor|destructor|lambda)|At (?:top level|global scope)|In instantiation of|in expansion of)/
const chain =
  /^(?:In file included from| {10,}from) \S+[:,]|^In (?:static |member )?function \S+,$|^ {4}inlined from \S/
const commands =
  /^(?:\/\S*\/)?(?:cc|gcc|g\+\+|c\+\+|clang|clang\+\+|[\w-]+-(?:gcc|g\+\+|ar)|ar|ranlib|ccache|libtool|mkdir|rm|install|echo) (?:-|\S+\.\w+|\S*\/)|^ {2}(?:CC|CXX|LD|AR|AS|GEN|CCLD|HOSTCC|LINK|INSTALL|CXXLD|OBJCOPY)(?:\(\w+\))? +\S/
const beginsCommand = /^[\w/ -]/
const building =
  /^\[ *\d+%\] (?:Building|Linking|Built|Generating|Automatic|Scanning|Copying)|^\[\d+\/\d+\] (?:Building(?! fresh packages)|Linking(?! dependencies)|Generating|Compiling|CXX|CC|Copying|Re-checking|Performing)|^(?:Scanning dependencies of|Consolidate compiler generated)/
const walking = /^g?make(?:\[\d+\])?: (?:Leaving directory|Nothing to be done for|['`].*is up to date)/
const counted = /^\d+ (?:warnings?|errors?)(?: and \d+ errors?)? generated\.$/
const stopped = /^g?make(?:\[\d+\])?: \*\*\* |^ninja: |^compilation terminated/

function noiseOf(line: string): string | undefined {
  if (commands.test(line)) return 'commands that ran'
  if (!begins.test(line)) return undefined
  if (building.test(line)) return 'commands that ran'
  if (walking.test(line)) return 'folders left'
  return undefined
}

/** Pieces of source under a finding: numbered, or a line with a mark under it and perhaps what would fix it. */
function excerptLength(lines: readonly string[], from: number): number {
  let at = from
  while (excerpt.test((lines[at] ?? '').slice(0, 400))) at += 1
  if (at > from) return at - from
  if (!mark.test((lines[from + 1] ?? '').slice(0, 4000))) return 0
  const fix = lines[from + 2] ?? ''
  return /^[ \t]{4,}\S/.test(fix) && !found.test(fix) ? 3 : 2
}

interface Around {
  readonly notes: string[]
  readonly noise: Item[]
  readonly next: number
}

/** Notes belong to the finding they follow, with the line that says in which function they are. */
function isNoteAt(lines: readonly string[], at: number): boolean {
  return found.exec((lines[at] ?? '').slice(0, 4000))?.[4]?.startsWith('note: ') === true
}

/** What follows a finding: its source, and its notes with theirs. */
function around(lines: readonly string[], from: number, path: string): Around {
  const notes: string[] = []
  const noise: Item[] = []
  let at = from
  for (;;) {
    const length = excerptLength(lines, at)
    noise.push(...lines.slice(at, at + length).map((line) => noiseItem('source of findings', line)))
    at += length
    const isContext = context.test((lines[at] ?? '').slice(0, 400)) && isNoteAt(lines, at + 1)
    if (isContext) noise.push(noiseItem('functions of findings', lines[at] ?? ''))
    if (isContext) at += 1
    if (!isNoteAt(lines, at)) return { notes, noise, next: at }
    const note = lines[at] ?? ''
    notes.push(note.startsWith(`${path}:`) ? note.slice(path.length + 1) : note)
    at += 1
  }
}

function chainLength(lines: readonly string[], from: number): number {
  let at = from
  while (chain.test((lines[at] ?? '').slice(0, 1000))) at += 1
  return at - from
}

/** A finding, who includes the file it is in before it, and what follows it. */
const findingReader: Reader = (lines, from) => {
  const start = from + chainLength(lines, from)
  if (!lines[start]?.includes(': ')) return undefined
  const chains = lines.slice(from, start)
  const line = lines[start] ?? ''
  const [, path, row = '', column, said = ''] = (line.length < 4000 && found.exec(line)) || []
  if (path === undefined) return undefined
  const tells = said.includes('error') || chains.some((each) => each.includes('inlined from'))
  const { notes, noise, next } = around(lines, start + 1, path)
  const text = tells ? [said, ...chains, ...notes] : [said, ...notes]
  const place = column === undefined ? row : `${row}:${column}`
  const items = findingItems({ path, at: place, text }, lines.slice(from, next))
  const chained = tells ? [] : chains.map((each) => noiseItem('who includes it', each))
  return { items: [...chained, ...items, ...noise], next }
}

/** How what is told apart below can begin, commands aside: most lines do not. */
const begins = /^[[SCgmnc\d]/

function otherwise(line: string): Item {
  const judged = line.slice(0, 4000)
  const noise = noiseOf(judged)
  if (noise !== undefined) return noiseItem(noise, line)
  if (judged.includes(': ') && context.test(judged)) return noiseItem('functions of findings', line)
  if (!begins.test(judged)) return lineItem(line)
  return counted.test(judged) || stopped.test(judged) ? besideItem(line) : lineItem(line)
}

/** How what it finds begins, also where it is grouped already. */
const said = /^(?:fatal )?(?:error|warning): /

export const compilers: Filter = {
  id: 'compilers',
  suggests: (command) =>
    mayRun(command, [
      'gcc',
      'g++',
      'cc',
      'c++',
      'clang',
      'clang++',
      'cmake',
      'ninja',
      'meson',
      'configure',
      'clang-tidy',
    ]) || /-(?:gcc|g\+\+|clang)(?:-\d+)?$/.test(command.program),
  confirms: (lines) =>
    lines.some((line) => line.includes(': ') && found.test(line.slice(0, 400))) ||
    endsHave(lines, building) ||
    lines.filter((line) => beginsCommand.test(line) && commands.test(line.slice(0, 400))).length >= 3 ||
    isGrouped(ends(lines), said),
  shorten: (reading) => toldShorter(readItems(reading.lines, [findingReader], otherwise), reading),
  examples: [
    {
      name: 'make with gcc',
      commandLine: 'make -k',
      failed: true,
      output: `cc -O2 -Wall -Wextra -std=c11 -fPIC -Isrc -c src/basket.c -o build/basket.o
In file included from src/basket.c:3:
src/shop.h:2:23: warning: no semicolon at end of struct or union
    2 | struct item { int x };
      |                       ^
src/basket.c: In function ‘total’:
src/basket.c:6:18: warning: unused variable ‘spare’ [-Wunused-variable]
    6 |     int sum = 0, spare;
      |                  ^~~~~
cc -O2 -Wall -Wextra -std=c11 -fPIC -Isrc -c src/order.c -o build/order.o
In file included from src/order.c:3:
src/shop.h:2:23: warning: no semicolon at end of struct or union
    2 | struct item { int x };
      |                       ^
src/order.c: In function ‘place’:
src/order.c:14:42: error: unknown type name ‘retrun’
   14 | int place(void) { struct order n; retrun missing; }
      |                                   ^~~~~~
make: *** [Makefile:9: build/order.o] Error 1
make: Target 'all' not remade because of errors.`,
      becomes: `src/shop.h:2:23,2:23 warning: no semicolon at end of struct or union
src/basket.c:6:18 warning: unused variable ‘spare’ [-Wunused-variable]
src/order.c:14:42 error: unknown type name ‘retrun’
make: *** [Makefile:9: build/order.o] Error 1
[+14 lines hidden: commands that ran, who includes it, source of findings, functions of findings — clutch show r7f3a2]
make: Target 'all' not remade because of errors.`,
    },
  ],
}
