/** `xx doctor`: which agents are installed, in which version, and what that means; and whether the gateway answers. */
import type { Agent } from '../agents/agent.ts'
import { agents } from '../agents/index.ts'
import { readLaunchSettings } from '../config/launch.ts'
import { askGateway } from '../launch/gateway-contact.ts'
import { probeVersion } from '../launch/program-version.ts'
import { findProgram } from '../launch/programs.ts'
import { findTmux } from '../launch/put-under-guard.ts'
import { isBelow } from '../launch/version.ts'
import { exitCodes, type Io } from './io.ts'

interface Finding {
  readonly ok: boolean
  readonly lines: readonly string[]
}

/** 0 when nothing is wrong; an agent that is not installed is not wrong, one that is too old is. */
export async function doctorVerb(args: readonly string[], io: Io): Promise<number> {
  if (args.length > 0) {
    io.err('xx doctor takes no words\n    try: xx doctor\n')
    return exitCodes.usage
  }
  const findings = await Promise.all([gateway(io), guard(io), ...agents.map((agent) => look(agent, io))])
  io.out(findings.flatMap(({ lines }) => lines.map((line) => `${line}\n`)).join(''))
  return findings.every(({ ok }) => ok) ? exitCodes.ok : exitCodes.unavailable
}

async function gateway({ env, home, cloneDir }: Io): Promise<Finding> {
  const config = readLaunchSettings({ env, home, ...(cloneDir !== undefined && { cloneDir }) })
  if (!config.ok) return { ok: false, lines: [`!  config       ${config.problem}`] }
  const { baseUrl, clientKey, autoStart, local } = config.settings
  const contact = await askGateway({ baseUrl, ...(clientKey !== undefined && { key: clientKey }) })
  const start = autoStart && local ? 'xx starts it' : 'start it: clutch up'
  switch (contact.kind) {
    case 'up':
      return { ok: true, lines: [`✓  gateway      ${baseUrl}, ${contact.served.length} models`] }
    case 'down':
      return { ok: true, lines: [`–  gateway      nothing answers at ${baseUrl}; ${start}`] }
    case 'refused':
      return { ok: false, lines: [`!  gateway      ${contact.because}`] }
  }
}

/** Missing, it is nothing wrong: launches go on without it, and say so. */
async function guard({ env }: Io): Promise<Finding> {
  const name = 'crash guard'.padEnd(13)
  const tmux = findTmux(env['PATH'])
  if (tmux === undefined)
    return {
      ok: true,
      lines: [`–  ${name}no tmux: a closed terminal ends the agent; clutch recover resumes it`],
    }
  const version = await probeVersion({ version: { args: ['-V'] } }, tmux, env)
  return { ok: true, lines: [`✓  ${name}tmux ${version ?? ''}  ${tmux}`] }
}

async function look(agent: Agent, io: Io): Promise<Finding> {
  const name = agent.id.padEnd(13)
  const program = findProgram(agent, io.env['PATH'])
  if (program === undefined) return { ok: true, lines: [`–  ${name}not installed: ${agent.install}`] }
  const version = await probeVersion(agent, program, io.env)
  if (version === undefined)
    return {
      ok: false,
      lines: [`!  ${name}${program} does not tell its version (${agent.version.args.join(' ')})`],
    }
  const remarks = remarksOn(agent, version)
  const old = agent.version.oldest !== undefined && isBelow(version, agent.version.oldest)
  return {
    ok: !old,
    lines: [
      `${old ? '!' : '✓'}  ${name}${version}  ${program}`,
      ...remarks.map((remark) => `     ${remark}`),
    ],
  }
}

function remarksOn(
  { verified, version: { oldest, because }, earlier = [] }: Agent,
  version: string,
): readonly string[] {
  return [
    ...(oldest !== undefined && isBelow(version, oldest) ? [`older than ${oldest}: ${because}`] : []),
    ...earlier.filter(({ before }) => isBelow(version, before)).map(({ says }) => says),
    ...(verified === undefined ? ['its command lines come from its documentation, and were not run'] : []),
    ...(verified !== undefined && isBelow(version, verified)
      ? [`command lines were verified with ${verified}`]
      : []),
    ...(verified !== undefined && isBelow(verified, version)
      ? [`newer than ${verified}, which was verified`]
      : []),
  ]
}
