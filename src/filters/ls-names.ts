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

/** `src: a.ts b.ts`, and what does not fit on the lines below it. */
function said(heading: string | undefined, names: readonly string[]): string[] {
  const [first = '', ...others] = inLines(names, '')
  if (heading === undefined) return first === '' ? [] : [first, ...others]
  return [first === '' ? heading : `${heading} ${first}`, ...others.map((line) => ` ${line}`)]
}

function shorten({ lines }: Reading): Shortened | undefined {
  if (!isWellFormed(lines)) return undefined
  const out: string[] = []
  let heading: string | undefined
  let names: string[] = []
  for (const line of lines) {
    if (!isHeading(line)) names.push(...(line === '' ? [] : [line]))
    else {
      out.push(...said(heading, names))
      heading = line
      names = []
    }
  }
  return { lines: [...out, ...said(heading, names)], tier: 0 }
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
      becomes: `src: main.ts server wire
src/server: listen.ts open.ts refuse.ts reply.ts start.ts
src/wire: bytes.ts hunks.ts skim.ts spans.ts`,
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
