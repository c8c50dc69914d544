/** Disk use: each folder once, what is in it with its size. Nothing is lost. */
import type { Filter } from './filter.ts'
import { losslessExample } from './text/lossless-example.ts'
import { sizedByFolder } from './text/sized.ts'

const looked = 40
const row = /^\d+(?:[.,]\d+)?[KMGTP]?\t\S/

export const du: Filter = {
  id: 'du',
  suggests: ({ program }) => program === 'du' || program === 'gdu',
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
      name: 'sizes under their folders',
      commandLine: 'du -ah src',
      output: `8.0K\tsrc/wire/bytes.ts
4.0K\tsrc/wire/spans.ts
16K\tsrc/wire
du: cannot read directory 'src/private': Permission denied
4.0K\tsrc/private
4.0K\tsrc/main.ts
28K\tsrc`,
      becomes: `src/wire/
  8.0K bytes.ts  4.0K spans.ts
src/
  16K wire  4.0K private  4.0K main.ts
du: cannot read directory 'src/private': Permission denied
28K\tsrc`,
    }),
  ],
}
