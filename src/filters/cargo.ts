/** cargo build, check, clippy, test and nextest: diagnostics by file or message, failing tests whole; the rest left out. */
import type { Filter } from './filter.ts'
import { isGrouped } from './text/findings.ts'
import { ends, endsHave, mayRun } from './text/launchers.ts'
import {
  asideItem,
  besideItem,
  type Item,
  lineItem,
  noiseItem,
  type Reader,
  readItems,
  toldShorter,
} from './text/report.ts'
import { rustcReaders } from './text/rustc.ts'

const step =
  /^ *(?:Compiling|Checking|Downloading|Downloaded|Fresh|Updating|Locking|Adding|Blocking|Documenting|Scraping|Dirty|Packaging|Unpacking|Building|Installing) \S/
const passed = /^test \S.* \.\.\. ok(?: <[\d.]+s>)?$|^ +PASS \[ *[\d.]+s\] |^test \S+ - .* \.\.\. ok$/
const left = /^test \S.* \.\.\. ignored|^ +SKIP \[/
const failed = /^test (\S.*?)(?: - should panic)? \.\.\. FAILED$/
const binary = /^ +Running \S|^ +Doc-tests \S/
const emptyResult = /^test result: ok\. 0 passed; 0 failed; 0 ignored/
const output = /^---- (\S.*) stdout ----$/
const counted = /^warning: `\S+` \(.*\) generated \d+ warnings?|^error: could not compile /
const waiting = /^warning: build failed, waiting for other jobs/
const hint =
  /^(?:note: (?:run with `RUST_BACKTRACE|Some details are omitted)|For more information about |Some errors have detailed explanations)/
const frame = /^ +\d+: (?:0x[0-9a-f]+ - )?(\S.*)$/
const frameAt = /^ +at (\S.*)$/
const ofStd =
  /^(?:<?(?:std|core|alloc|test|tokio|futures_\w+)::|rust_begin_unwind|__rust|_?rust_|main$|_start$|__libc_start|<unknown>|clone3?$|start_thread$|<fn\(|<alloc::|<core::|<std::)/

/** A test binary without tests says five lines. */
const emptyRun: Reader = (lines, from) => {
  if (!binary.test(lines[from] ?? '')) return undefined
  const end = lines.slice(from, from + 6).findIndex((line) => emptyResult.test(line))
  const said = lines.slice(from, from + end + 1)
  const between = said.slice(1, -1)
  if (end < 0 || between.some((line) => line !== '' && line !== 'running 0 tests')) return undefined
  return { items: said.map((line) => noiseItem('runs without tests', line)), next: from + said.length }
}

/** A frame of a backtrace: its name, and where it is on the next line. */
const frameReader: Reader = (lines, from) => {
  const name = frame.exec(lines[from] ?? '')?.[1]
  if (name === undefined) return undefined
  const where = frameAt.exec((lines[from + 1] ?? '').slice(0, 1000))?.[1]
  const next = from + (where === undefined ? 1 : 2)
  const isForeign = ofStd.test(name) || /^\/rustc\/|\/\.cargo\/registry\/|\/rustlib\//.test(where ?? '')
  const itemOf = (line: string) => (isForeign ? asideItem('frames of libraries', line) : lineItem(line))
  return { items: lines.slice(from, next).map(itemOf), next }
}

const readers = [...rustcReaders, frameReader, emptyRun]

function plainItem(line: string, told: ReadonlySet<string>): Item {
  if (line.length > 1000) return lineItem(line)
  if (step.test(line)) return noiseItem('steps of the build', line)
  if (passed.test(line) || /^running \d+ tests?$/.test(line)) return noiseItem('passing tests', line)
  if (left.test(line)) return noiseItem('skipped tests', line)
  if (/^warning: .* generated \d+ warnings? \(\d+ duplicates?\)$/.test(line))
    return noiseItem('duplicates', line)
  if (waiting.test(line)) return noiseItem('steps of the build', line)
  if (hint.test(line)) return asideItem('hints', line)
  const name = failed.exec(line)?.[1] ?? /^ {4}(\S.*)$/.exec(line)?.[1]
  if (name !== undefined && told.has(name)) return noiseItem('failures told elsewhere', line)
  return counted.test(line) ? besideItem(line) : lineItem(line)
}

/** A message without the names in it, and without its lint. */
const kindOf = (said: string): string => said.replace(/`[^`]*`/g, '`').replace(/ #[\w:]+$/, '')
const lintOf = (said: string): string | undefined => / #[\w:]+$/.exec(said)?.[0]

/** rustc names a lint once in each crate, behind the first message: here it stands behind all of the kind. */
function withLints(items: readonly Item[]): readonly Item[] {
  const lints = new Map<string, string>()
  for (const item of items) {
    const said = item.kind === 'finding' ? (item.finding.text[0] ?? '') : ''
    const lint = lintOf(said)
    if (lint !== undefined) lints.set(kindOf(said), lint)
  }
  return items.map((item) => {
    if (item.kind !== 'finding') return item
    const [said = '', ...more] = item.finding.text
    const lint = lintOf(said) === undefined ? lints.get(kindOf(said)) : undefined
    return lint === undefined
      ? item
      : { kind: 'finding', finding: { ...item.finding, text: [said + lint, ...more] } }
  })
}

function itemsOf(lines: readonly string[]): readonly Item[] {
  const told = new Set(lines.flatMap((line) => output.exec(line.slice(0, 1000))?.[1] ?? []))
  return withLints(readItems(lines, readers, (line) => plainItem(line, told)))
}

/** How what it finds begins, also where it is grouped already. */
const said = /^(?:warning|error)(?:\[\w+\])?: /

export const cargo: Filter = {
  id: 'cargo',
  suggests: (command) =>
    mayRun(command, ['cargo', 'rustc', 'cross', 'maturin', 'wasm-pack', 'clippy-driver']),
  confirms: (lines) =>
    endsHave(
      lines,
      /^test result: |^ +Finished `?\w+`? |^error: could not compile |^ *--> \S+\.rs:\d+:\d+$/,
    ) ||
    endsHave(lines, /^\S+\.rs:\d+:\d+: (?:warning|error)/) ||
    endsHave(lines, /^ +Summary \[ *[\d.]+s\] /) ||
    isGrouped(ends(lines), said),
  shorten: (reading) => toldShorter(itemsOf(reading.lines), reading),
  examples: [
    {
      name: 'warnings and an error',
      commandLine: 'cargo build',
      failed: true,
      output: `   Compiling serde v1.0.229
   Compiling basket v0.1.0 (/home/dev/shop/basket)
warning: unused import: \`std::fmt::Debug\`
 --> basket/src/lib.rs:3:5
  |
3 | use std::fmt::Debug;
  |     ^^^^^^^^^^^^^^^

error[E0308]: mismatched types
  --> basket/src/lib.rs:20:9
   |
15 |     pub fn total(&self) -> u32 {
   |                            --- expected \`u32\` because of return type
...
20 |         sum
   |         ^^^ expected \`u32\`, found \`&str\`

For more information about this error, try \`rustc --explain E0308\`.
warning: \`basket\` (lib) generated 1 warning
error: could not compile \`basket\` (lib) due to 1 previous error; 1 warning emitted`,
      becomes: `basket/src/lib.rs
 3:5 warning: unused import: \`std::fmt::Debug\`
 20:9 error[E0308]: mismatched types
  expected \`u32\`, found \`&str\`
warning: \`basket\` (lib) generated 1 warning
error: could not compile \`basket\` (lib) due to 1 previous error; 1 warning emitted
[+10 lines hidden: steps of the build, source of findings — clutch show r7f3a2]
For more information about this error, try \`rustc --explain E0308\`.`,
    },
    {
      name: 'a failing test',
      commandLine: 'cargo test',
      failed: true,
      output: `    Finished \`test\` profile [unoptimized + debuginfo] target(s) in 0.77s
     Running unittests src/lib.rs (target/debug/deps/basket-e2d5196a71eaa32e)

running 4 tests
test tests::adds_one_item ... ok
test tests::adds_two_items_and_sums_them_up ... ok
test tests::adds_nothing ... ok
test tests::has_the_count ... FAILED

failures:

---- tests::has_the_count stdout ----

thread 'tests::has_the_count' (22275) panicked at basket/src/lib.rs:60:9:
assertion \`left == right\` failed
  left: 1
 right: 9

failures:
    tests::has_the_count

test result: FAILED. 3 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.07s

error: test failed, to rerun pass \`-p basket --lib\``,
      becomes: `    Finished \`test\` profile [unoptimized + debuginfo] target(s) in 0.77s
     Running unittests src/lib.rs (target/debug/deps/basket-e2d5196a71eaa32e)
[+5 lines hidden: passing tests, failures told elsewhere — clutch show r7f3a2]
failures:

---- tests::has_the_count stdout ----

thread 'tests::has_the_count' (22275) panicked at basket/src/lib.rs:60:9:
assertion \`left == right\` failed
  left: 1
 right: 9

failures:
    tests::has_the_count
test result: FAILED. 3 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.07s

error: test failed, to rerun pass \`-p basket --lib\``,
    },
  ],
}
