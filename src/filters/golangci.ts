/** What golangci-lint, go vet and the Go compiler find: told by file or by message. */
import type { Filter } from './filter.ts'
import { isGrouped } from './text/findings.ts'
import { ends, endsHave, mayRun } from './text/launchers.ts'
import {
  besideItem,
  lineItem,
  noiseItem,
  oneLineReader,
  type Reader,
  readItems,
  toldShorter,
} from './text/report.ts'

const found = /^(?<path>(?:[A-Za-z]:)?\S[^:]*\.go):(?<row>\d+)(?::(?<column>\d+))?: (?<said>.*)$/
const mark = /^[ \t]*\^$/

const plain = oneLineReader(found)

/** A finding, the line it is in, and a mark under it. */
const findingReader: Reader = (lines, from) => {
  const read = plain(lines, from)
  if (!read || !mark.test(lines[from + 2] ?? '') || found.test((lines[from + 1] ?? '').slice(0, 4000)))
    return read
  const source = lines.slice(from + 1, from + 3)
  return {
    items: [...read.items, ...source.map((line) => noiseItem('source of findings', line))],
    next: from + 3,
  }
}

const otherwise = (line: string) =>
  /^(?:\d+ issues|\* \S+: \d+|# \S+)/.test(line) ? besideItem(line) : lineItem(line)

/** How what it finds begins, also where it is grouped already. */
const said = /\(\w+\)$|^undefined: |^declared and not used|^cannot use /

export const golangci: Filter = {
  id: 'golangci',
  suggests: (command) =>
    mayRun(command, ['golangci-lint', 'staticcheck', 'revive']) ||
    (command.program === 'go' && /^(?:vet|build|install|run|generate)$/.test(command.args[0] ?? '')),
  confirms: (lines) => endsHave(lines, found) || isGrouped(ends(lines), said),
  shorten: (reading) => toldShorter(readItems(reading.lines, [findingReader], otherwise), reading),
  examples: [
    {
      name: 'with the lines they are in',
      commandLine: 'golangci-lint run',
      failed: true,
      output: `basket/basket.go:26:10: Error return value of \`os.Chdir\` is not checked (errcheck)
	os.Chdir(".")
	        ^
order/order.go:31:10: Error return value of \`os.Chdir\` is not checked (errcheck)
	os.Chdir(".")
	        ^
order/order.go:33:6: func unusedHelper is unused (unused)
func unusedHelper(b Basket) bool { return b.Total() == 0 }
     ^
3 issues:
* errcheck: 2
* unused: 1`,
      becomes: `Error return value of \`os.Chdir\` is not checked (errcheck)
 basket/basket.go 26:10 order/order.go 31:10
order/order.go:33:6 func unusedHelper is unused (unused)
3 issues:
* errcheck: 2
* unused: 1
[+6 lines hidden: source of findings — clutch show r7f3a2]`,
    },
  ],
}
