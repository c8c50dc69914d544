/** What may be left out while a command still runs: lines that are noise by themselves, whatever comes after them. */
import type { Command } from '../filters/filter.ts'
import { type NoiseList, type NoiseOf, noiseFrom } from '../filters/text/noise.ts'

const passing = 'passing tests'
const downloads = 'downloads'
const builds = 'compiled units'

const javascriptTests: NoiseList = [[passing, /^\s*(?:✓|✔|√)\s\S/u]]
const packages: NoiseList = [
  [
    downloads,
    /^(?:npm (?:http fetch|timing|info|sill|verb) |\s*(?:Progress: resolved|Resolving:|Downloading ))/,
  ],
]

/** By program; the lines of one that is not here all stay. */
const lists: Readonly<Record<string, NoiseList>> = {
  vitest: javascriptTests,
  jest: javascriptTests,
  mocha: javascriptTests,
  playwright: javascriptTests,
  npm: [...javascriptTests, ...packages],
  pnpm: [...javascriptTests, ...packages],
  yarn: [...javascriptTests, ...packages],
  bun: javascriptTests,
  pytest: [[passing, /^\S+::\S+.* PASSED(?:\s+\[ *\d+%\])?$/]],
  go: [
    [passing, /^\s*(?:=== (?:RUN|PAUSE|CONT) |--- PASS: )/],
    [downloads, /^go: downloading /],
  ],
  cargo: [
    [builds, /^\s+(?:Compiling|Checking|Fresh|Documenting) \S+ v/],
    [downloads, /^\s+(?:Downloaded|Downloading|Updating|Locking|Adding) /],
    [passing, /^test \S.* \.\.\. ok$/],
  ],
  pip: [[downloads, /^(?:Requirement already satisfied: |Collecting |\s+(?:Downloading|Using cached) )/]],
  apt: [
    [
      downloads,
      /^(?:Get:\d+ |Hit:\d+ |Ign:\d+ |Selecting previously unselected |Preparing to unpack |Unpacking )/,
    ],
  ],
  'apt-get': [
    [
      downloads,
      /^(?:Get:\d+ |Hit:\d+ |Ign:\d+ |Selecting previously unselected |Preparing to unpack |Unpacking )/,
    ],
  ],
  docker: [
    [
      downloads,
      /^(?:[0-9a-f]{12}: (?:Pulling|Waiting|Verifying|Download|Extracting|Pull complete)|#\d+ sha256:)/,
    ],
  ],
  cmake: [[builds, /^\[ *\d+%\] (?:Building|Linking|Generating|Scanning) /]],
  ninja: [[builds, /^\[\d+\/\d+\] (?!FAILED)(?:Building|Compiling|Linking) /]],
}

const nothing: NoiseOf = () => undefined

export function liveNoiseOf(command: Command | undefined): NoiseOf {
  const list = command && Object.hasOwn(lists, command.program) ? lists[command.program] : undefined
  return list === undefined ? nothing : noiseFrom(list)
}
