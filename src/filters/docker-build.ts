/** docker build and pull: the steps, what they print and why one failed; not how layers travel. */
import type { Filter, Reading, Shortened } from './filter.ts'
import {
  aptNoise,
  aptNoiseOfSuccess,
  npmNoise,
  npmNoiseOfSuccess,
  pipNoise,
  pipNoiseOfSuccess,
} from './text/install-noise.ts'
import { harmlessFrom, leaveOut, type NoiseList } from './text/noise.ts'
import { isVerb } from './text/verb.ts'

const travelling: NoiseList = [
  ['layers', /^#\d+ (?:sha256:|extracting sha256:|resolve \S+@sha256:|transferring (?:context|dockerfile):)/],
  [
    'layers',
    /^#\d+ (?:exporting (?:layers|manifest|config|attestation)|writing image|naming to|unpacking to|preparing layers|sending tarball|copying) /,
  ],
  ['steps of docker itself', /^#\d+ \[internal\] /],
  [
    'layers',
    /^[0-9a-f]{12}: (?:Pulling fs layer|Waiting|Verifying Checksum|Download complete|Pull complete|Already exists|Downloading|Extracting|Preparing|Pushed|Layer already exists)/,
  ],
  [
    'containers between steps',
    /^(?: ---> (?:Running in )?[0-9a-f]{12}$|Removing intermediate container |Sending build context to Docker daemon)/,
  ],
  [
    'layers',
    /^(?:#\d+ )?[0-9a-f]{12} (?:Pulling fs layer|Waiting|Downloading|Download complete|Extracting|Pull complete)/,
  ],
]

const inside: NoiseList = [...aptNoise, ...pipNoise, ...npmNoise]
const insideOfSuccess: NoiseList = [...aptNoiseOfSuccess, ...pipNoiseOfSuccess, ...npmNoiseOfSuccess]

const printed = /^#(\d+) (\d+\.\d+) ?/

/** What a step prints, under its number; the seconds before each line go. */
function withoutSeconds(lines: readonly string[]): { readonly lines: string[]; readonly count: number } {
  let step = ''
  let count = 0
  const told = lines.map((line) => {
    const found = printed.exec(line.slice(0, 60))
    const number = found?.[1] ?? /^#(\d+) /.exec(line.slice(0, 20))?.[1] ?? ''
    const isNext = number === step
    step = number
    if (!found) return line
    count += 1
    return (isNext ? '  ' : `#${number} `) + line.slice(found[0].length)
  })
  return { lines: told, count }
}

function shorten({ lines, tier, hidden, failed }: Reading): Shortened | undefined {
  if (tier < 1) return undefined
  const list = failed ? [...travelling, ...inside] : [...travelling, ...inside, ...insideOfSuccess]
  const noiseOf = harmlessFrom(list)
  const printedNoise = (line: string) => noiseOf(line.replace(printed, '')) ?? noiseOf(line)
  const left = leaveOut(lines, printedNoise, { hidden, lastStays: failed })
  const untimed = withoutSeconds(left)
  if (left === lines && untimed.count === 0) return undefined
  const note = untimed.count > 0 ? [hidden(untimed.count, 'seconds before each line')] : []
  return { lines: [...untimed.lines, ...note], tier: 1 }
}

export const dockerBuild: Filter = {
  id: 'docker-build',
  leavesLog: true,
  suggests: (command) =>
    isVerb(command, 'docker', [
      'build',
      'buildx build',
      'image build',
      'pull',
      'push',
      'compose build',
      'compose up',
      'compose pull',
      'run',
      'buildx bake',
    ]) ||
    isVerb(command, 'docker-compose', ['build', 'up', 'pull']) ||
    isVerb(command, 'podman', ['build', 'pull']),
  confirms: (lines) => {
    const noiseOf = harmlessFrom(travelling)
    return lines
      .slice(0, 60)
      .some((line) => noiseOf(line) !== undefined || /^#\d+ \[/.test(line.slice(0, 20)))
  },
  shorten,
  examples: [
    {
      name: 'a build that failed',
      commandLine: 'docker build -t shop .',
      failed: true,
      output: `#1 [internal] load build definition from Dockerfile
#1 transferring dockerfile: 412B done
#1 DONE 0.0s
#2 [internal] load metadata for docker.io/library/node:20
#2 DONE 0.8s
#3 [1/4] FROM docker.io/library/node:20@sha256:1111111111111111111111111111111111111111111111111111111111111111
#3 resolve docker.io/library/node:20@sha256:1111111111111111111111111111111111111111111111111111111111111111 done
#3 sha256:2222222222222222222222222222222222222222222222222222222222222222 4.19MB / 48.49MB 0.3s
#3 sha256:2222222222222222222222222222222222222222222222222222222222222222 48.49MB / 48.49MB 1.2s done
#3 extracting sha256:2222222222222222222222222222222222222222222222222222222222222222 2.1s done
#3 DONE 5.2s
#4 [2/4] WORKDIR /app
#4 DONE 0.1s
#5 [3/4] RUN npm test
#5 0.412 > shop@1.0.0 test
#5 0.413 > vitest run
#5 3.870 FAIL src/cart.test.ts > adds one
#5 3.871 AssertionError: expected 3 to be 4
#5 ERROR: process "/bin/sh -c npm test" did not complete successfully: exit code: 1`,
      becomes: `#1 [internal] load build definition from Dockerfile
#1 transferring dockerfile: 412B done
#1 DONE 0.0s
#2 [internal] load metadata for docker.io/library/node:20
#2 DONE 0.8s
#3 [1/4] FROM docker.io/library/node:20@sha256:1111111111111111111111111111111111111111111111111111111111111111
[+3 lines hidden: layers — clutch show r7f3a2]
#3 extracting sha256:2222222222222222222222222222222222222222222222222222222222222222 2.1s done
#3 DONE 5.2s
#4 [2/4] WORKDIR /app
#4 DONE 0.1s
#5 [3/4] RUN npm test
  > shop@1.0.0 test
  > vitest run
  FAIL src/cart.test.ts > adds one
  AssertionError: expected 3 to be 4
#5 ERROR: process "/bin/sh -c npm test" did not complete successfully: exit code: 1
[+4 lines hidden: seconds before each line — clutch show r7f3a2]`,
    },
  ],
}
