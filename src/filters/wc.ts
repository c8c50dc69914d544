/** wc: each folder once, its files with their counts. Nothing is lost but the column the counts stand in. */
import { losslessExample } from './text/lossless-example.ts'
import { sizedFilter } from './text/sized.ts'

export const wc = sizedFilter({
  id: 'wc',
  suggests: ({ program, args }) => program === 'wc' || (program === 'find' && args.includes('wc')),
  row: /^ *\d+ \S/,
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
      becomes: `src/wire/*.ts
  120 bytes  64 spans  31 skim
src/
  212 main.ts
wc: src/gone.ts: No such file or directory
427 total`,
    }),
  ],
})
