/** `xx models [PROFILE]`: what the gateway offers, as it says itself. */
import { readLaunchSettings } from '../config/launch.ts'
import { askGateway } from '../launch/gateway-contact.ts'
import { exitCodes, type Io } from './io.ts'

export async function modelsVerb(
  args: readonly string[],
  { env, home, cloneDir, out, err }: Io,
): Promise<number> {
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
    err(`xx: ${because}\n    try: clutch up\n`)
    return exitCodes.unavailable
  }
  for (const { id, contextTokens } of contact.served)
    out(`${id.padEnd(50)}${contextTokens === undefined ? '' : `${Math.round(contextTokens / 1000)}k`}\n`)
  return exitCodes.ok
}
