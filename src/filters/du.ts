/** Disk use: each folder once, what is in it with its size. Nothing is lost. */
import { losslessExample } from './text/lossless-example.ts'
import { sizedFilter } from './text/sized.ts'

export const du = sizedFilter({
  id: 'du',
  suggests: ({ program, args }) =>
    program === 'du' || program === 'gdu' || (program === 'find' && args.includes('du')),
  row: /^\d+(?:[.,]\d+)?[KMGTP]?\t\S/,
  examples: [
    losslessExample({
      name: 'sizes under their folders',
      commandLine: 'du -ah src',
      output: `8.0K\tsrc/wire/bytes.ts
4.0K\tsrc/wire/spans.ts
16K\tsrc/wire
du: cannot read directory 'src/private': Permission denied
4.0K\tsrc/private
4.0K\tsrc/main.ts
28K\tsrc`,
      becomes: `src/wire/*.ts
  8.0K bytes  4.0K spans
src/
  16K wire  4.0K private  4.0K main.ts
du: cannot read directory 'src/private': Permission denied
28K\tsrc`,
    }),
  ],
})
