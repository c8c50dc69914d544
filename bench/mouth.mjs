// What `clutch run` adds to a command: beside `node -e 0`, round by round in one run, as medians.
// `node bench/mouth.mjs [PROGRAM]`: PROGRAM beside the bundle, for example dist/clutch-bin.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const rounds = 40
const home = mkdtempSync(join(tmpdir(), 'clutch-mouth-'))
const env = { PATH: process.env.PATH, HOME: home }
const bundle = [process.execPath, resolve('bin/clutch')]

const cases = {
  'node -e 0': [process.execPath, '-e', '0'],
  'clutch run true': [...bundle, 'run', 'true'],
  ...(process.argv[2] && { [`${process.argv[2]} run true`]: [resolve(process.argv[2]), 'run', 'true'] }),
}

function timed([file, ...args]) {
  const startMs = performance.now()
  const { status, stderr } = spawnSync(file, args, { env, encoding: 'utf8' })
  if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}: ${stderr}`)
  return performance.now() - startMs
}

const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1]

const taken = Object.fromEntries(Object.keys(cases).map((name) => [name, []]))
try {
  for (const command of Object.values(cases)) timed(command)
  for (let round = 0; round < rounds; round++)
    for (const [name, command] of Object.entries(cases)) taken[name].push(timed(command))
} finally {
  rmSync(home, { recursive: true, force: true })
}

const base = median(taken['node -e 0'])
for (const [name, values] of Object.entries(taken)) {
  const ms = median(values)
  process.stdout.write(
    `${name.padEnd(36)} ${ms.toFixed(1)} ms  ${(ms / base).toFixed(2)} × node -e 0  (least ${Math.min(...values).toFixed(1)})\n`,
  )
}
