// Surroundings of a launch that no test depends on but through what it names.
import type { LaunchSettings } from '../../src/config/launch.ts'
import { type Plan, planLaunch } from '../../src/launch/plan.ts'
import { isRefusal, type Refusal, readShortForm } from '../../src/launch/request.ts'
import type { Surroundings } from '../../src/launch/surroundings.ts'

export const settings: LaunchSettings = {
  baseUrl: 'http://127.0.0.1:8082',
  local: true,
  autoStart: true,
  safe: false,
  forbidBypass: false,
  guard: true,
  calls: { depth: 3, count: 20, minutes: 60 },
  tiers: {},
  selectors: { best: 'groq/best-of-scan', free: 'openrouter/free-of-scan' },
  profiles: ['default', 'bypass', 'kimi', '4'],
  ownProfiles: ['kimi', '4'],
  folder: '/home/u/.xx/state/launch',
}

export const around: Surroundings = {
  settings,
  env: {},
  cwd: '/home/u/work/shop',
  isRoot: false,
  launchId: 'launch-1',
  newestSession: 'ses_newest',
}

export function plan(line: string | readonly string[], changes: Partial<Surroundings> = {}): Plan | Refusal {
  const read = readShortForm(typeof line === 'string' ? line.split(' ') : line)
  return isRefusal(read) ? read : planLaunch(read, { ...around, ...changes })
}

/** Fails the test with the refusal's own words. */
export function planned(line: string | readonly string[], changes: Partial<Surroundings> = {}): Plan {
  const found = plan(line, changes)
  if (isRefusal(found)) throw new Error(`${found.problem} (try: ${found.instead})`)
  return found
}

export function refused(line: string | readonly string[], changes: Partial<Surroundings> = {}): Refusal {
  const found = plan(line, changes)
  if (!isRefusal(found)) throw new Error(`expected a refusal, got: ${found.program} ${found.args.join(' ')}`)
  return found
}
