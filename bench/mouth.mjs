// What `clutch run` adds to a command: beside `node -e 0`, round by round, as the median of each round's ratio.
// `node bench/mouth.mjs [PROGRAM]`: PROGRAM beside the bundle, for example dist/clutch-bin.
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const rounds = 80
const home = mkdtempSync(join(tmpdir(), 'clutch-mouth-'))
const env = { PATH: process.env.PATH, HOME: home }
const launcher = resolve('bin/clutch')
/** As npm puts it on PATH. */
const installed = join(home, 'bin', 'clutch')
const compiled = process.argv[2]

const cases = {
  'node -e 0': ['node', '-e', '0'],
  'node bin/clutch run true': ['node', launcher, 'run', 'true'],
  'clutch run true': [installed, 'run', 'true'],
  'clutch run true > /dev/null': [installed, 'run', 'true', 'ignore'],
  'clutch run echo hi': [installed, 'run', 'echo', 'hi'],
  ...(compiled && { [`${compiled} run true`]: [resolve(compiled), 'run', 'true'] }),
}

function timed([file, ...words]) {
  const args = words.filter((word) => word !== 'ignore')
  const stdio = ['ignore', words.length > args.length ? 'ignore' : 'pipe', 'pipe']
  const startMs = performance.now()
  const { status, stderr } = spawnSync(file, args, { env, stdio, encoding: 'utf8' })
  if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}: ${stderr}`)
  return performance.now() - startMs
}

const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1]

const taken = Object.fromEntries(Object.keys(cases).map((name) => [name, []]))
try {
  mkdirSync(join(home, 'bin'))
  symlinkSync(launcher, installed)
  for (const command of Object.values(cases)) timed(command)
  for (let round = 0; round < rounds; round++) {
    const inTurn = Object.entries(cases)
    for (const [name, command] of round % 2 ? inTurn : inTurn.toReversed()) taken[name].push(timed(command))
  }
} finally {
  rmSync(home, { recursive: true, force: true })
}

const base = taken['node -e 0']
for (const [name, values] of Object.entries(taken)) {
  const ratio = median(values.map((ms, round) => ms / base[round]))
  process.stdout.write(
    `${name.padEnd(36)} ${median(values).toFixed(1)} ms  ${ratio.toFixed(2)} × node -e 0  (least ${Math.min(...values).toFixed(1)})\n`,
  )
}
