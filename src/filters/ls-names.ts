/** Names that ls printed one to a line, beside each other; each folder's under its own. Nothing is lost. */
import type { Filter, Reading, Shortened } from './filter.ts'
import { inLines } from './text/folders.ts'
import { losslessExample } from './text/lossless-example.ts'
import { hasOption } from './text/verb.ts'

const isHeading = (line: string): boolean => line.endsWith(':')

/** A word that is a name, and no heading of ours. */
const isName = (line: string): boolean => /^[^\s:]+$/.test(line.slice(0, 300)) && line.length < 300

/** A heading stands first, or behind a blank line. */
function isWellFormed(lines: readonly string[]): boolean {
  return lines.every(
    (line, at) => line === '' || isName(line) || (isHeading(line) && (at === 0 || lines[at - 1] === '')),
  )
}

function shorten({ lines }: Reading): Shortened | undefined {
  if (!isWellFormed(lines)) return undefined
  const hasHeadings = lines.some(isHeading)
  const out: string[] = []
  let names: string[] = []
  const flush = () => {
    out.push(...inLines(names, hasHeadings ? ' ' : ''))
    names = []
  }
  for (const line of lines) {
    if (!isHeading(line) && line !== '') names.push(line)
    if (isHeading(line)) {
      flush()
      out.push(line)
    }
  }
  flush()
  return { lines: out, tier: 0 }
}

export const lsNames: Filter = {
  id: 'ls-names',
  suggests: (command) => command.program === 'ls' && !hasOption(command, 'lsi', ['--format']),
  confirms: (lines) => lines.length > 5 && isWellFormed(lines),
  shorten,
  examples: [
    losslessExample({
      name: 'folders in folders',
      commandLine: 'ls -R src',
      output: `src:
main.ts
server
wire

src/server:
listen.ts
open.ts
refuse.ts
reply.ts
start.ts

src/wire:
bytes.ts
hunks.ts
skim.ts
spans.ts`,
      becomes: `src:
 main.ts server wire
src/server:
 listen.ts open.ts refuse.ts reply.ts start.ts
src/wire:
 bytes.ts hunks.ts skim.ts spans.ts`,
    }),
    losslessExample({
      name: 'one folder',
      commandLine: 'ls',
      output: `LICENSE
README.md
bin
docs
package.json
src
test`,
      becomes: `LICENSE README.md bin docs package.json src test`,
    }),
  ],
}
