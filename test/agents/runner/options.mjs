// Reads the command line; anything unknown is an error that names the valid words.
import { parseArgs } from 'node:util'
import { agents, upstreams } from '../shelf.mjs'

export const usage = `npm run test:agents -- [options]
  --only claude,codex     only these agents (${agents.map((agent) => agent.name).join(', ')})
  --upstream gemini       only these upstream dialects (${upstreams.join(', ')})
  --every-dialect         every dialect an agent can speak, not only its own
  --jobs 2                how many runs at once
  --json                  one JSON object per line instead of text
  --keep                  keep the temporary folders and say where they are
  --list                  show the runs and stop
Environment: CLUTCH_BIN (the program under test, default bin/clutch),
             CLUTCH_AGENTS_CACHE (where agents are installed, default .cache/agents)
`

function chosen(word, text, valid) {
  if (text === undefined) return valid
  const names = text.split(',').map((name) => name.trim())
  const unknown = names.filter((name) => !valid.includes(name))
  if (unknown.length > 0)
    throw new Error(`--${word}: unknown ${unknown.join(', ')}; valid: ${valid.join(', ')}`)
  return names
}

export function readOptions(argv) {
  const { values } = parseArgs({
    args: argv,
    options: {
      only: { type: 'string' },
      upstream: { type: 'string' },
      'every-dialect': { type: 'boolean', default: false },
      jobs: { type: 'string', default: '2' },
      json: { type: 'boolean', default: false },
      keep: { type: 'boolean', default: false },
      list: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  const jobs = Number(values.jobs)
  if (!Number.isInteger(jobs) || jobs < 1)
    throw new Error(`--jobs: a whole number from 1, not ${values.jobs}`)
  return {
    only: chosen(
      'only',
      values.only,
      agents.map((agent) => agent.name),
    ),
    upstreams: chosen('upstream', values.upstream, upstreams),
    everyDialect: values['every-dialect'],
    jobs,
    json: values.json,
    keep: values.keep,
    list: values.list,
    help: values.help,
  }
}

/** The table of runs: agent × the dialects it speaks × upstream dialects. */
export function planRuns(options) {
  const shelf = agents.filter((agent) => options.only.includes(agent.name))
  return shelf.flatMap((agent) =>
    (options.everyDialect ? agent.dialects : agent.dialects.slice(0, 1)).flatMap((dialect) =>
      options.upstreams.map((upstream) => ({ agent, dialect, upstream })),
    ),
  )
}
