// What the reader sees: one line per run, the reason and the agent's last words when it failed.
import { isModelRequest } from './relay.mjs'

const indent = (text) => text.replace(/^/gm, '    | ')

function requestLines(requests) {
  return requests.map(
    ({ method, path, status, lost, attempts, target }) =>
      `${method} ${path} ${status} ${target}${attempts > 1 ? `, attempt ${attempts}` : ''}${lost && ` lost: ${lost}`}`,
  )
}

const inWords = { failover: ', failing over', noise: ', with much noise' }
const way = ({ dialect, upstream, story }) => `${dialect} → ${upstream}${inWords[story] ?? ''}`

function count({ agent }, requests) {
  const asked = requests.filter(isModelRequest)
  if (agent.socket) return asked.length > 0 ? `1 socket, ${asked.length} requests` : '1 socket'
  const attempts = asked.reduce((sum, entry) => sum + entry.attempts, 0)
  return `${asked.length} requests${attempts > asked.length ? `, ${attempts} attempts` : ''}`
}

function asText(one, outcome, keep) {
  const { agent } = one
  const line = [
    outcome.reason === undefined ? 'ok  ' : 'FAIL',
    `${agent.name} ${agent.version}`.padEnd(20),
    way(one).padEnd(49),
    count(one, outcome.requests).padEnd(24),
    `${outcome.seconds.toFixed(1).padStart(5)} s`,
    ...(outcome.reason === undefined ? [] : [` ${outcome.reason}`]),
    ...(keep && outcome.dir ? [` ${outcome.dir}`] : []),
  ].join(' ')
  if (outcome.reason === undefined) return line
  return [line, indent(requestLines(outcome.requests).join('\n')), indent(outcome.tail)].join('\n')
}

function asJson({ agent, dialect, upstream, story }, outcome, keep) {
  const { reason, dir, ...rest } = outcome
  const ok = reason === undefined
  return JSON.stringify({
    agent: agent.name,
    version: agent.version,
    dialect,
    upstream,
    story,
    ok,
    ...(ok ? {} : { reason }),
    ...rest,
    ...(keep ? { dir } : {}),
  })
}

/** With `json`, results go to stdout as lines of JSON and everything meant for people to stderr. */
export function openReport({ json, keep }) {
  const toPeople = json ? process.stderr : process.stdout
  return {
    plan: (runs) => {
      for (const one of runs) toPeople.write(`${one.agent.name} ${one.agent.version} ${way(one)}\n`)
    },
    say: (text) => toPeople.write(`${text}\n`),
    outcome: (one, outcome) => process.stdout.write(`${(json ? asJson : asText)(one, outcome, keep)}\n`),
    lastWords: (who, { stdout, stderr }) =>
      toPeople.write(
        `${who} said last:\n${indent(`${stdout}${stderr}`.trim().slice(-2_000) || 'nothing')}\n`,
      ),
    total: ({ passed, failed, skipped }) => {
      if (json) process.stdout.write(`${JSON.stringify({ passed, failed, skipped })}\n`)
      toPeople.write(`${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}\n`)
    },
  }
}
