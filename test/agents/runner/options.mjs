// Reads the command line; anything unknown is an error that names the valid words.
import { parseArgs } from 'node:util'
import { agents, upstreams } from '../shelf.mjs'
import { stories } from './stories.mjs'

export const usage = `npm run test:agents -- [options]
  --only claude,codex     only these agents (${agents.map((agent) => agent.name).join(', ')})
  --upstream gemini       only these upstream dialects (${upstreams.join(', ')})
  --every-dialect         every dialect an agent can speak, not only its own
  --failover              only the runs in which the first target dies at each step
  --noise                 only the runs whose command fails with 2,000 lines of noise
  --healthy               only the others
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
      failover: { type: 'boolean', default: false },
      noise: { type: 'boolean', default: false },
      healthy: { type: 'boolean', default: false },
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
    stories: Object.keys(stories).filter(
      (story) => values[story] || !Object.keys(stories).some((each) => values[each]),
    ),
    jobs,
    json: values.json,
    keep: values.keep,
    list: values.list,
    help: values.help,
  }
}

/** One failover per agent and dialect: its cascade goes through all upstream dialects, each agent begins with another. */
function failovers(shelf, dialectsOf, upstreams) {
  return shelf.flatMap((agent, index) => {
    const upstream = upstreams[index % upstreams.length]
    return dialectsOf(agent).map((dialect) => ({ agent, dialect, ...stories.failover(agent, upstream) }))
  })
}

/** The table of runs: agent × the dialects it speaks × upstream dialects, then the failovers. */
export function planRuns(options) {
  const shelf = agents.filter((agent) => options.only.includes(agent.name))
  const dialectsOf = (agent) => (options.everyDialect ? agent.dialects : agent.dialects.slice(0, 1))
  const healthy = shelf.flatMap((agent) =>
    dialectsOf(agent).flatMap((dialect) =>
      options.upstreams.map((upstream) => ({ agent, dialect, ...stories.healthy(agent, upstream) })),
    ),
  )
  const noisy = shelf.flatMap((agent) =>
    agent.socket ? [] : dialectsOf(agent).map((dialect) => ({ agent, dialect, ...stories.noise() })),
  )
  const runs = [...healthy, ...failovers(shelf, dialectsOf, options.upstreams), ...noisy]
  return runs.filter(({ story }) => options.stories.includes(story))
}
