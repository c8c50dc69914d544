/** `xx`: the launcher. A code starts an agent; a few words tell about them. What a word needs is loaded with it. */
import { readShortForm } from '../launch/request.ts'
import { exitCodes, type Io, type Verb } from './io.ts'
import { runLaunch } from './launch.ts'

const words: Readonly<Record<string, () => Promise<Verb>>> = {
  '--help': async () => (await import('./card.ts')).cardVerb,
  '--list': async () => (await import('./card.ts')).listVerb,
  '--version': async () => versionVerb,
  call: async () => (await import('./call.ts')).callVerb,
  doctor: async () => (await import('./doctor.ts')).doctorVerb,
  guard: async () => (await import('./guard.ts')).guardVerb,
  models: async () => (await import('./models.ts')).modelsVerb,
  recover: async () => (await import('./recover.ts')).recoverVerb,
  resume: async () => (await import('./sessions.ts')).resumeVerb,
  sessions: async () => (await import('./sessions.ts')).sessionsVerb,
}

const sameAs: Readonly<Record<string, string>> = {
  '-h': '--help',
  help: '--help',
  list: '--list',
  '-V': '--version',
}

export async function xxVerb(args: readonly string[], io: Io): Promise<number> {
  const [typed = '--help', ...rest] = args
  const word = own(sameAs, typed) ?? typed
  const verb = own(words, word)
  return verb ? (await verb())(rest, io) : runLaunch(readShortForm(args), io)
}

async function versionVerb(_args: readonly string[], io: Io): Promise<number> {
  const { product } = await import('../server/version.ts')
  io.out(`${product.name} ${product.version}\n`)
  return exitCodes.ok
}

const own = <Value>(table: Readonly<Record<string, Value>>, key: string): Value | undefined =>
  Object.hasOwn(table, key) ? table[key] : undefined
