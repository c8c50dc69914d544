/** wc: each folder once, its files with their counts. Nothing is lost but the column the counts stand in. */
import type { Filter } from './filter.ts'
import { losslessExample } from './text/lossless-example.ts'
import { sizedByFolder } from './text/sized.ts'

const looked = 40
const row = /^ *\d+ \S/

export const wc: Filter = {
  id: 'wc',
  suggests: ({ program }) => program === 'wc',
  confirms: (lines) => {
    const some = lines.slice(0, looked)
    return some.length > 3 && some.filter((line) => row.test(line.slice(0, 400))).length >= some.length * 0.8
  },
  shorten: ({ lines }) => {
    const told = sizedByFolder(lines)
    return told && { lines: told, tier: 0 }
  },
  examples: [
    losslessExample({
      name: 'lines of files',
      commandLine: 'find src -name "*.ts" | xargs wc -l',
      output: `   120 src/wire/bytes.ts
    64 src/wire/spans.ts
   212 src/main.ts
wc: src/gone.ts: No such file or directory
    31 src/wire/skim.ts
   427 total`,
      becomes: `src/wire/
  120 bytes.ts  64 spans.ts  31 skim.ts
src/
  212 main.ts
wc: src/gone.ts: No such file or directory
427 total`,
    }),
  ],
}
