/** What `clutch serve` says once it listens: where, with which providers, and a line to try. */
import type { ConfiguredProvider, Listener, Settings } from '../config/settings.ts'
import { product } from '../server/version.ts'

export function greeting(settings: Settings, listeners: readonly Listener[]): string {
  const first = listeners[0]
  return [
    `Clutch ${product.version}`,
    ...listeners.map(listenerLine),
    '',
    ...providerLines(settings),
    ...settings.warnings.map((warning) => `warning: ${warning}`),
    '',
    ...(first ? tryLines(urlOf(first), settings) : []),
    '',
  ].join('\n')
}

const listenerLine = (listener: Listener): string =>
  `  listening on ${urlOf(listener)}${listener.profile === 'default' ? '' : `  profile ${listener.profile}`}`

/** An address to type: a listener on every address is reached on this machine's own. */
function urlOf({ host, port }: Listener): string {
  const reachable = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`
}

function providerLines({ providers, unusable }: Settings): string[] {
  const found = Object.values(providers).filter(({ provider }) => provider.id !== 'sandbox')
  const missing = unusable.map(({ id }) => id)
  const without = missing.length > 0 ? [`  no key for  ${missing.join(', ')}`] : []
  if (found.length > 0) return [...found.map(providerLine), ...without]
  return [
    '  no provider is configured: the built-in sandbox answers everything.',
    '  Set a key to change that, for example OPENROUTER_API_KEY in ~/.xx/.env',
    ...without,
  ]
}

function providerLine({ provider, keySource }: ConfiguredProvider): string {
  const source = keySource === undefined ? 'no key needed' : `key from ${keySource}`
  return `  provider    ${provider.id} (${source})`
}

function tryLines(url: string, { clientKeys }: Settings): string[] {
  const key = clientKeys.length > 0 ? ` -H "x-api-key: $PROXY_AUTH_KEY"` : ''
  const body = '{"model":"claude-sonnet","max_tokens":64,"messages":[{"role":"user","content":"hello"}]}'
  return [
    'Try it:',
    `  curl ${url}/v1/messages${key} -H 'content-type: application/json' -d '${body}'`,
    'Point an agent at it:',
    `  ANTHROPIC_BASE_URL=${url} ANTHROPIC_AUTH_TOKEN=${clientKeys.length > 0 ? '$PROXY_AUTH_KEY' : 'any'} claude`,
  ]
}
