/** Lists of paths (find, fd, grep -l, rg --files, git ls-files): each folder once, its names under it. */
import type { Command, Filter } from './filter.ts'
import { byFolder } from './text/folders.ts'
import { losslessExample } from './text/lossless-example.ts'
import { hasOption, isVerb } from './text/verb.ts'

const listing = new Set(['find', 'fd', 'fdfind', 'bfs', 'locate', 'plocate', 'glob'])
const searching = new Set(['grep', 'egrep', 'fgrep', 'rg', 'ripgrep', 'ag', 'ack'])

const looked = 200

/** Paths have no tabs but behind a letter of `--name-status`, and are not sentences. */
function isPath(line: string): boolean {
  if (line.length >= 400 || !line.includes('/')) return false
  if (!line.includes(' ') && !line.includes('\t')) return true
  return !/^(?![A-Z]\t)[^\t]*\t|^..[^\t]*\t|: | {2}/.test(line)
}

function suggests(command: Command): boolean {
  const { program, args } = command
  if (listing.has(program)) return !args.some((word) => /^-(?:ls|printf|fprintf|print0)$/.test(word))
  if (program === 'ls') return !hasOption(command, 'lsiRC', ['--format', '--size', '--inode', '--recursive'])
  if (isVerb(command, 'git', ['ls-files', 'ls-tree', 'diff', 'show', 'log', 'grep', 'clean'])) return true
  return searching.has(program)
}

export const paths: Filter = {
  id: 'paths',
  suggests,
  confirms: (lines) => {
    const some = lines.slice(0, looked)
    return some.length > 3 && some.filter(isPath).length >= some.length * 0.8
  },
  shorten: ({ lines }) => {
    const told = byFolder(lines, isPath)
    return told && { lines: told, tier: 0 }
  },
  examples: [
    losslessExample({
      name: 'what find printed',
      commandLine: 'find . -name "*.ts" -not -path "./node_modules/*"',
      output: `./src/wire/bytes.ts
./src/wire/spans.ts
./src/main.ts
./src/wire/two words.ts
./test/wire/bytes.test.ts
find: './secret': Permission denied
./test/wire/spans.test.ts`,
      becomes: `./src/wire/*.ts
  bytes spans "two words"
./src/main.ts
./test/wire/*.test.ts
  bytes spans
find: './secret': Permission denied`,
    }),
    losslessExample({
      name: 'files with a hit, and folders with their slash',
      commandLine: 'cd app && rg -l oldName',
      output: `lib/api/users.py
lib/api/groups.py
lib/api/handlers/
README.md
lib/api/handlers/signup.py
lib/api/handlers/login.py`,
      becomes: `lib/api/
  users.py groups.py handlers/
README.md
lib/api/handlers/*.py
  signup login`,
    }),
  ],
}
