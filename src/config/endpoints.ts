/** From a base URL as people write it to the base and the paths that are called. */
import { type DialectId, dialectIds } from '../conversation/conversation.ts'
import type { Provider } from '../providers/provider.ts'

type Speaks = Provider['speaks']

/** A URL without trailing slash, user name, query and hash; undefined when it is no http(s) URL. */
export function cleanUrl(text: string): string | undefined {
  const url = parsed(/^https?:\/\//i.test(text) ? text : `http://${text}`)
  if (!url || !/^https?:$/.test(url.protocol) || /\s/.test(text)) return undefined
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`
}

export interface Endpoints {
  readonly baseUrl: string
  readonly speaks: Speaks
}

const ends: Readonly<Record<DialectId, RegExp>> = {
  anthropic: /\/messages$/,
  'openai-chat': /\/chat\/completions$/,
  'openai-responses': /\/responses$/,
  gemini: /\/models(\/.*)?$/,
}

/**
 * Where an unknown place at `url` answers in `dialects`. A version at the end of the URL is not repeated, a bare host
 * gets one, and an endpoint pasted whole is cut back to its base.
 */
export function endpointsAt(url: string, dialects: readonly DialectId[]): Endpoints {
  const baseUrl = dialects.reduce((base, dialect) => base.replace(ends[dialect], ''), url)
  return {
    baseUrl,
    speaks: Object.fromEntries(dialects.map((dialect) => [dialect, pathAt(baseUrl, dialect)])),
  }
}

function pathAt(baseUrl: string, dialect: DialectId): string {
  const path = parsed(baseUrl)?.pathname ?? '/'
  const versioned = /\/v\d+[a-z]*\d*$/.test(path)
  switch (dialect) {
    case 'anthropic':
      return versioned ? '/messages' : '/v1/messages'
    case 'openai-chat':
      return path === '/' ? '/v1/chat/completions' : '/chat/completions'
    case 'openai-responses':
      return path === '/' ? '/v1/responses' : '/responses'
    case 'gemini':
      return `${versioned ? '' : '/v1beta'}/models/{model}:{method}`
  }
}

/**
 * A provider of the shelf at another URL. A bare host keeps all its paths; a URL that is the beginning of some of its
 * endpoints keeps those; any other URL is taken for a place that speaks the provider's first dialect.
 */
export function movedTo(provider: Provider, url: string): Endpoints {
  const home = parsed(provider.baseUrl)?.pathname.replace(/\/+$/, '') ?? ''
  const path = parsed(url)?.pathname.replace(/\/+$/, '') ?? ''
  const spoken = dialectIds.filter((dialect) => provider.speaks[dialect] !== undefined)
  if (path === '' || path === home)
    return { baseUrl: path === '' ? `${url}${home}` : url, speaks: provider.speaks }
  const rest = Object.entries(provider.speaks).flatMap(([dialect, end]) => {
    const whole = `${home}${end}`
    return whole.startsWith(`${path}/`) ? [[dialect, whole.slice(path.length)]] : []
  })
  if (rest.length > 0) return { baseUrl: url, speaks: Object.fromEntries(rest) }
  const first = Object.keys(provider.speaks)[0]
  return endpointsAt(
    url,
    spoken.filter((dialect) => dialect === first),
  )
}

/** Whether both name the same host and port. */
export const sameHost = (a: string, b: string): boolean => {
  const host = parsed(a)?.host
  return host !== undefined && host === parsed(b)?.host
}

export function parsed(url: string): URL | undefined {
  return URL.canParse(url) ? new URL(url) : undefined
}

/** Names and addresses of this machine alone. */
export const isLoopback = (host: string): boolean =>
  /^(localhost|(.+\.)?localhost|127(\.\d{1,3}){3}|::1|\[::1\])$/i.test(host)
