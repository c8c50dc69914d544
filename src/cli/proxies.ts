/** `proxies`: the seed's name for the gateway's life. Its words do what they did, or name what does. */
import { nearest } from '../config/nearest.ts'
import { breakersVerb } from './breakers.ts'
import { configVerb } from './config.ts'
import { downVerb } from './down.ts'
import { gatewayDoctorVerb } from './gateway-doctor.ts'
import { installServiceVerb } from './install-service.ts'
import { exitCodes, type Io, type Verb } from './io.ts'
import { logsVerb } from './logs.ts'
import { profileVerb } from './profile.ts'
import { quotaVerb } from './quota.ts'
import { restartVerb } from './restart.ts'
import { statusVerb } from './status.ts'
import { upVerb } from './up.ts'
import { watchVerb } from './watch.ts'

/** Also verbs of `clutch` itself. */
export const lifeVerbs: Readonly<Record<string, { readonly summary: string; readonly run: Verb }>> = {
  up: { summary: 'start the gateway in the background', run: upVerb },
  down: { summary: 'end it, after what runs', run: downVerb },
  restart: { summary: 'another process takes over; nothing is cut', run: restartVerb },
  status: { summary: 'what runs, where it listens, whom it reaches', run: statusVerb },
  logs: { summary: 'what it wrote down, or writes down: logs -f', run: logsVerb },
  watch: { summary: 'state and last calls, live', run: watchVerb },
  doctor: { summary: 'what is wrong, and what to type next', run: gatewayDoctorVerb },
  'install-service': { summary: 'have it started at login', run: installServiceVerb },
}

const verbs: Readonly<Record<string, Verb>> = {
  ...Object.fromEntries(Object.entries(lifeVerbs).map(([name, { run }]) => [name, run])),
  config: configVerb,
  breakers: breakersVerb,
  quota: quotaVerb,
  profile: profileVerb,
}

export const proxiesWords: readonly string[] = Object.keys(verbs)

/** The seed's other spellings. */
const sameAs: ReadonlyMap<string, string> = new Map([
  ['start', 'up'],
  ['stop', 'down'],
  ['st', 'status'],
  ['log', 'logs'],
  ['tail', 'logs'],
  ['mon', 'watch'],
  ['cfg', 'config'],
  ['cb', 'breakers'],
  ['prof', 'profile'],
])

/** What the seed had and is somewhere else here. */
const elsewhere: ReadonlyMap<string, string> = new Map([
  ['stats', 'clutch usage'],
  ['metrics', 'clutch usage --by model'],
  ['met', 'clutch usage --by model'],
  ['reliability', 'clutch usage --by provider'],
  ['rel', 'clutch usage --by provider'],
  ['chain', 'proxies status'],
  ['tui', 'proxies watch'],
  ['statusline', 'proxies status --no-reach'],
  ['sl', 'proxies status --no-reach'],
  ['router', 'proxies config set roles.think \'["provider/model"]\''],
  ['route', 'clutch explain'],
])

export async function proxiesVerb(args: readonly string[], io: Io): Promise<number> {
  const [typed = 'status', ...rest] = args
  if (typed === '--help' || typed === '-h' || typed === 'help') {
    io.out(card())
    return exitCodes.ok
  }
  const name = sameAs.get(typed) ?? typed
  const verb = Object.hasOwn(verbs, name) ? verbs[name] : undefined
  if (verb) return verb(rest, io)
  const other = elsewhere.get(typed)
  const near = nearest(name, Object.keys(verbs))
  const hint = other ?? (near ? `proxies ${near}` : 'proxies help')
  io.err(
    `proxies: ${other ? `there is no "${typed}" here any more` : `do not know "${typed}"`}\n    try: ${hint}\n`,
  )
  return exitCodes.usage
}

function card(): string {
  const line = (name: string, summary: string): string => `  proxies ${name.padEnd(17)}${summary}\n`
  const life = Object.entries(lifeVerbs).map(([name, { summary }]) => line(name, summary))
  return `The gateway's life. The same words follow \`clutch\`.

${life.join('')}${line('config', 'show, where, set, edit, path')}${line('breakers', 'what is not asked just now; breakers reset TARGET')}${line('quota', 'what may be used, and what has been')}${line('profile', 'named sets of answers')}
Alone it is \`proxies status\`. Each word explains itself: proxies up --help
`
}
