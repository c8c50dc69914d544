/** gh pr checks, gh run list, gh pr list: every row; addresses that start alike are told once. Nothing is lost. */
import type { Filter } from './filter.ts'
import { losslessExample } from './text/lossless-example.ts'
import { isVerb } from './text/verb.ts'

const address = /https:\/\/[^\s\t]{1,300}/
const fewest = 3

/** What all addresses start with, up to a slash. */
function sharedStart(lines: readonly string[]): string | undefined {
  const found = lines.flatMap((line) => address.exec(line.slice(0, 1000))?.[0] ?? [])
  const [first] = found
  if (first === undefined || found.length < fewest) return undefined
  let end = first.length
  for (const other of found) while (!other.startsWith(first.slice(0, end))) end -= 1
  const start = first.slice(0, first.lastIndexOf('/', end - 1) + 1)
  return start.length > 20 ? start : undefined
}

export const ghLists: Filter = {
  id: 'gh-lists',
  suggests: (command) =>
    isVerb(command, 'gh', [
      'pr checks',
      'pr list',
      'issue list',
      'run list',
      'pr status',
      'release list',
      'workflow list',
    ]),
  confirms: (lines) => sharedStart(lines) !== undefined && !lines.some((line) => line.startsWith('…')),
  shorten: ({ lines }) => {
    const start = sharedStart(lines)
    if (start === undefined || lines.some((line) => line.includes('…/'))) return undefined
    return {
      lines: [`… is ${start.slice(0, -1)}`, ...lines.map((line) => line.replace(start, '…/'))],
      tier: 0,
    }
  },
  examples: [
    losslessExample({
      name: 'checks of a pull request',
      commandLine: 'gh pr checks 14',
      output: `lint\tpass\t41s\thttps://github.example.org/ana/shop/actions/runs/9001/job/1
test (20)\tfail\t2m3s\thttps://github.example.org/ana/shop/actions/runs/9001/job/2
test (22)\tpass\t2m1s\thttps://github.example.org/ana/shop/actions/runs/9001/job/3`,
      becomes: `… is https://github.example.org/ana/shop/actions/runs/9001/job
lint\tpass\t41s\t…/1
test (20)\tfail\t2m3s\t…/2
test (22)\tpass\t2m1s\t…/3`,
    }),
  ],
}
