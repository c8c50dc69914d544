/** Where the gateway listens, and who may listen in. */
import { isLoopback, parsed } from './endpoints.ts'
import { nearest } from './nearest.ts'
import { asWholeNumber, kept } from './numbers.ts'
import { isLiteral, type Secrets } from './secret.ts'
import type { Listener } from './settings.ts'
import { byDefault, type Found, type Sources } from './sources.ts'

interface FoundListener {
  readonly host: Found
  readonly port: Found<number>
  readonly profile: Found
}

/**
 * A flag asks for exactly one listener. Otherwise the file's `listeners`; otherwise one, from HOST and PORT.
 * HOST also serves the file's listeners that name no host.
 */
export function findListeners(sources: Sources): readonly FoundListener[] {
  const inFile = listenersInFile(sources)
  const asked = [sources.flag('port'), sources.flag('host'), sources.flag('profile')].some(Boolean)
  if (inFile.length > 0 && !asked) {
    const ignored = sources.variable('PORT')
    if (ignored) sources.warn(`${ignored.source}: PORT has no effect, because config.json lists "listeners"`)
    return inFile
  }
  const port = portOf(sources) ?? inFile[0]?.port ?? byDefault(8082)
  const twin = inFile.find((listener) => listener.port.value === port.value)
  return [
    {
      host: sources.flag('host') ?? twin?.host ?? hostOf(sources),
      port,
      profile: sources.flag('profile') ?? twin?.profile ?? byDefault('default'),
    },
  ]
}

function listenersInFile(sources: Sources): readonly FoundListener[] {
  return (sources.file.value.listeners ?? []).flatMap((listener, index) => {
    const at = (key: string) => ['listeners', index, key]
    const port = sources.inFile(listener.port, at('port'))
    if (!port) return []
    return [
      {
        host: sources.inFile(listener.host, at('host')) ?? hostOf(sources),
        port,
        profile: sources.inFile(listener.profile, at('profile')) ?? byDefault('default'),
      },
    ]
  })
}

const hostOf = (sources: Sources): Found =>
  sources.variable('HOST') ?? sources.inFile(sources.file.value.host, ['host']) ?? byDefault('127.0.0.1')

function portOf(sources: Sources): Found<number> | undefined {
  const said = sources.flag('port') ?? sources.variable('PORT')
  if (said) return asWholeNumber(sources, said, 0, 65_535)
  return sources.inFile(sources.file.value.port, ['port'])
}

/** Checks each listener by itself and against the others. `profiles`: the names that exist. */
export function resolveListeners(
  sources: Sources,
  found: readonly FoundListener[],
  hasClientKeys: boolean,
  profiles: readonly string[],
): readonly Listener[] {
  const taken = new Set<string>()
  return found.map(({ host, port, profile }, index) => {
    if (!isLoopback(host.value) && !hasClientKeys) {
      sources.refuse(
        host,
        `listening on ${host.value} lets others reach your source code and keys: set PROXY_AUTH_KEY (or client_keys), or listen on 127.0.0.1`,
      )
    }
    const place = `${host.value}:${port.value}`
    if (port.value !== 0 && taken.has(place)) sources.refuse(port, `two listeners on ${place}`)
    taken.add(place)
    if (!profiles.includes(profile.value)) {
      sources.refuse(profile, `no profile is named ${profile.value}`, nearest(profile.value, profiles))
    }
    const path = `listeners.${index}`
    return {
      host: kept(sources, `${path}.host`, host),
      port: kept(sources, `${path}.port`, port),
      profile: kept(sources, `${path}.profile`, profile),
    }
  })
}

/** Whether a URL names one of these listeners. */
export function leadsBackTo(listeners: readonly FoundListener[]): (url: string) => boolean {
  return (text) => {
    const url = parsed(text)
    if (!url) return false
    const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port)
    const host = url.hostname.replace(/^\[|\]$/g, '')
    return listeners.some(
      (listener) =>
        listener.port.value === port &&
        (isLoopback(host) || host === '0.0.0.0' || host === listener.host.value),
    )
  }
}

/** PROXY_AUTH_KEY and the file's `client_keys`; any of them opens the door. */
export function resolveClientKeys(sources: Sources, secrets: Secrets): readonly string[] {
  const fromVariable = sources.variable('PROXY_AUTH_KEY')
  const inFile = (sources.file.value.client_keys ?? []).flatMap((text, index) => {
    const said = sources.inFile(text, ['client_keys', index])
    const key = said && secrets.find(said)
    if (!said || !key) return []
    if ('because' in key) sources.refuse(said, key.because)
    return 'because' in key ? [] : [isLiteral(text) ? said : key]
  })
  const keys = [...(fromVariable ? [fromVariable] : []), ...inFile]
  sources.note('clientKeys', 'default')
  for (const [index, { source }] of keys.entries()) sources.note(`clientKeys.${index}`, source)
  return keys.map(({ value }) => value)
}
