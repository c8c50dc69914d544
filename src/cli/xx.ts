/** `xx`: the launcher. A code starts an agent; a few words tell about them. */
import { readLaunchSettings } from '../config/launch.ts'
import { askGateway } from '../launch/gateway-contact.ts'
import { readShortForm } from '../launch/request.ts'
import { product } from '../server/version.ts'
import { card, list } from './card.ts'
import { doctorVerb } from './doctor.ts'
import { exitCodes, type Io } from './io.ts'
import { runLaunch } from './launch.ts'
import { resumeVerb, sessionsVerb } from './sessions.ts'

export async function xxVerb(args: readonly string[], io: Io): Promise<number> {
  const [word, ...rest] = args
  switch (word) {
    case undefined:
    case '--help':
    case '-h':
    case 'help':
      io.out(card())
      return exitCodes.ok
    case '--version':
    case '-V':
      io.out(`${product.name} ${product.version}\n`)
      return exitCodes.ok
    case '--list':
    case 'list':
      io.out(list())
      return exitCodes.ok
    case 'doctor':
      return doctorVerb(rest, io)
    case 'sessions':
      return sessionsVerb(rest, io)
    case 'resume':
      return resumeVerb(rest, io)
    case 'models':
      return models(rest, io)
    default:
      return runLaunch(readShortForm(args), io)
  }
}

/** What the gateway offers, as it says itself. */
async function models(args: readonly string[], { env, home, cloneDir, out, err }: Io): Promise<number> {
  const [profile, ...others] = args
  const config = readLaunchSettings({ env, home, ...(cloneDir !== undefined && { cloneDir }) })
  if (!config.ok || others.length > 0 || profile?.startsWith('-')) {
    err(config.ok ? 'xx models takes one profile at most\n    try: xx models\n' : `xx: ${config.problem}\n`)
    return config.ok ? exitCodes.usage : exitCodes.brokenConfig
  }
  const { baseUrl, clientKey } = config.settings
  const key = clientKey === undefined ? {} : { key: clientKey }
  const contact = await askGateway({ baseUrl, ...key, ...(profile !== undefined && { profile }) })
  if (contact.kind !== 'up') {
    const because = contact.kind === 'down' ? `nothing answers at ${baseUrl}` : contact.because
    err(`xx: ${because}\n    try: clutch serve\n`)
    return exitCodes.unavailable
  }
  for (const { id, contextTokens } of contact.served)
    out(`${id.padEnd(50)}${contextTokens === undefined ? '' : `${Math.round(contextTokens / 1000)}k`}\n`)
  return exitCodes.ok
}
