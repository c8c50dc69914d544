/** The verbs: finds the one that was typed and runs it. To add one: a file beside this one and a line here. */
import { nearest } from '../config/nearest.ts'
import { product } from '../server/version.ts'
import { breakersVerb } from './breakers.ts'
import { cacheVerb } from './cache.ts'
import { completeVerb } from './complete.ts'
import { configVerb } from './config.ts'
import { daemonVerb } from './daemon.ts'
import { discoverVerb } from './discover.ts'
import { explainVerb } from './explain.ts'
import { filterVerb } from './filter.ts'
import { gainVerb } from './gain.ts'
import { hookVerb } from './hook.ts'
import { installVerb } from './install.ts'
import { exitCodes, type Io, type Verb } from './io.ts'
import { keysVerb } from './keys.ts'
import { launchVerb } from './launch.ts'
import { mcpVerb } from './mcp.ts'
import { profileVerb } from './profile.ts'
import { lifeVerbs, proxiesVerb, proxiesWords } from './proxies.ts'
import { quotaVerb } from './quota.ts'
import { recoverVerb } from './recover.ts'
import { runCommandVerb } from './run-command.ts'
import { sandboxVerb } from './sandbox.ts'
import { serveVerb } from './serve.ts'
import { sessionsVerb } from './sessions.ts'
import { showVerb } from './show.ts'
import { usageVerb } from './usage.ts'
import { xxVerb } from './xx.ts'

interface Entry {
  readonly summary: string
  readonly run: Verb
}

const verbs: Readonly<Record<string, Entry>> = {
  ...lifeVerbs,
  proxies: { summary: 'the seed’s name for all of these', run: proxiesVerb },
  serve: { summary: 'run the gateway in the foreground', run: serveVerb },
  daemon: { summary: 'the same, as `clutch up` starts it', run: daemonVerb },
  config: { summary: 'the effective configuration, and where each value comes from', run: configVerb },
  usage: { summary: 'tokens and cost, from the ledger', run: usageVerb },
  cache: { summary: 'what providers’ caches missed, why, and what it cost', run: cacheVerb },
  explain: { summary: 'where a request would go, and why', run: explainVerb },
  keys: { summary: 'named keys for clients, with limits of their own', run: keysVerb },
  quota: { summary: 'budgets, quotas and rate limits: what is used, when it is free again', run: quotaVerb },
  profile: { summary: 'profiles, and sessions that are on one for a while', run: profileVerb },
  breakers: { summary: 'what the running gateway does not ask just now', run: breakersVerb },
  run: { summary: 'run a command, and print its output shortened', run: runCommandVerb },
  filter: { summary: 'what the gateway would make of a tool’s output', run: filterVerb },
  discover: { summary: 'what compression would have saved in past sessions', run: discoverVerb },
  gain: { summary: 'what compression saved, net', run: gainVerb },
  hook: { summary: 'Claude Code shows its model shorter outputs', run: hookVerb },
  show: { summary: 'what a tool printed before it was shortened', run: showVerb },
  sandbox: { summary: 'what the built-in sandbox can play', run: sandboxVerb },
  launch: { summary: 'start a coding agent through the gateway', run: launchVerb },
  xx: { summary: 'the same in three letters: xx cip', run: xxVerb },
  mcp: { summary: 'tools for agents: call another agent', run: mcpVerb },
  recover: { summary: 'bring back the agents that crashed or lost their terminal', run: recoverVerb },
  sessions: { summary: 'the latest sessions of every agent', run: sessionsVerb },
  install: { summary: 'the commands, completions and short names in your shell', run: installVerb },
  complete: { summary: 'what shells ask when you press tab', run: completesVerb },
  version: { summary: 'print the version', run: versionVerb },
  help: { summary: 'print this', run: helpVerb },
}

const sameAs: ReadonlyMap<string, string> = new Map([
  ['--help', 'help'],
  ['-h', 'help'],
  ['--version', 'version'],
  ['-v', 'version'],
  ['-V', 'version'],
])

export async function runVerb(args: readonly string[], io: Io): Promise<number> {
  const [typed = 'help', ...rest] = args
  const name = sameAs.get(typed) ?? typed
  const verb = Object.hasOwn(verbs, name) ? verbs[name] : undefined
  if (verb) return verb.run(rest, io)
  const near = nearest(name, Object.keys(verbs))
  io.err(`clutch: do not know "${name}"${near ? ` (did you mean ${near}?)` : ''}. See: clutch help\n`)
  return exitCodes.usage
}

function completesVerb(args: readonly string[], io: Io): number {
  const clutchVerbs = Object.entries(verbs).map(([word, { summary }]) => ({ word, means: summary }))
  return completeVerb(args, io, { clutchVerbs, proxiesVerbs: proxiesWords.map((word) => ({ word })) })
}

function versionVerb(_args: readonly string[], io: Io): number {
  io.out(`${product.name} ${product.version}\n`)
  return exitCodes.ok
}

function helpVerb(_args: readonly string[], io: Io): number {
  const lines = Object.entries(verbs).map(([name, { summary }]) => `  clutch ${name.padEnd(17)}${summary}\n`)
  io.out(`One gateway between coding agents and every model they can use.\n\n${lines.join('')}
Each verb explains itself: clutch serve --help\n`)
  return exitCodes.ok
}
