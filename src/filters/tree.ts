/** Drawn trees (tree, npm ls, pnpm ls, cargo tree, uv tree): told by indentation, leaves beside each other. */
import type { Filter } from './filter.ts'
import { drawn, indented } from './text/drawing.ts'
import { losslessExample } from './text/lossless-example.ts'
import { isVerb } from './text/verb.ts'

const looked = 60

export const tree: Filter = {
  id: 'tree',
  suggests: (command) =>
    ['tree', 'eza', 'exa', 'lsd', 'pipdeptree'].includes(command.program) ||
    isVerb(command, 'cargo', ['tree']) ||
    isVerb(command, 'uv', ['tree']) ||
    isVerb(command, 'poetry', ['show']) ||
    ['npm', 'pnpm', 'yarn', 'bun'].some((program) =>
      isVerb(command, program, ['ls', 'list', 'll', 'la', 'why', 'pm ls']),
    ),
  confirms: (lines) => {
    const some = lines.slice(0, looked).filter((line) => line !== '')
    return some.length > 3 && some.filter((line) => drawn(line)).length >= some.length * 0.6
  },
  shorten: ({ lines }) => {
    const told = indented(lines)
    return told && { lines: told, tier: 0 }
  },
  examples: [
    losslessExample({
      name: 'folders and files',
      commandLine: 'tree app',
      output: `app
├── api
│   ├── groups.py
│   ├── handlers
│   │   ├── login.py
│   │   └── signup.py
│   └── users.py
├── main.py
└── settings.py

2 directories, 6 files`,
      becomes: `app
 api
  groups.py
  handlers
   login.py signup.py
  users.py
 main.py settings.py

2 directories, 6 files`,
    }),
    losslessExample({
      name: 'packages and what they need',
      commandLine: 'npm ls --all',
      output: `shop@2.0.0 /home/ana/shop
├─┬ express@4.18.2
│ ├─┬ body-parser@1.20.1
│ │ ├── bytes@3.1.2
│ │ └── debug@2.6.9 deduped
│ └── UNMET DEPENDENCY qs@6.11.0
└── zod@3.22.4

npm error missing: qs@6.11.0, required by express@4.18.2`,
      becomes: `shop@2.0.0 /home/ana/shop
 express@4.18.2
  body-parser@1.20.1
   bytes@3.1.2, debug@2.6.9 deduped
  UNMET DEPENDENCY qs@6.11.0
 zod@3.22.4

npm error missing: qs@6.11.0, required by express@4.18.2`,
    }),
  ],
}
