// How long the gateway's life takes: up from nothing, up again, restart, down; beside `node -e 0` in the same run.
// `node bench/life.mjs [PROGRAM]`: PROGRAM instead of the bundle, for example dist/clutch-bin.
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const rounds = 7
const program = process.argv[2] ? [resolve(process.argv[2])] : [process.execPath, resolve('dist/clutch.mjs')]
const home = mkdtempSync(join(tmpdir(), 'clutch-life-'))
const env = { PATH: process.env.PATH, HOME: home }

const port = await new Promise((done) => {
  const server = createServer().listen(0, '127.0.0.1', () => {
    const { port } = server.address()
    server.close(() => done(port))
  })
})

function timed([file, ...args]) {
  const startMs = performance.now()
  const { status, stderr } = spawnSync(file, args, { env, encoding: 'utf8' })
  if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}: ${stderr}`)
  return performance.now() - startMs
}

const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1]

const steps = {
  'node -e 0': [process.execPath, '-e', '0'],
  'up, from nothing': [...program, 'up'],
  'up, again': [...program, 'up'],
  restart: [...program, 'restart'],
  down: [...program, 'down', '--now'],
}
const taken = Object.fromEntries(Object.keys(steps).map((name) => [name, []]))
try {
  mkdirSync(join(home, '.xx'))
  writeFileSync(join(home, '.xx', 'config.json'), JSON.stringify({ port }))
  for (let round = 0; round < rounds; round++)
    for (const [name, command] of Object.entries(steps)) taken[name].push(timed(command))
} finally {
  spawnSync(program[0], [...program.slice(1), 'down', '--now'], { env })
  rmSync(home, { recursive: true, force: true })
}
for (const [name, values] of Object.entries(taken))
  process.stdout.write(
    `${name.padEnd(18)}${median(values).toFixed(0).padStart(6)} ms  worst ${Math.max(...values).toFixed(0)} ms\n`,
  )
