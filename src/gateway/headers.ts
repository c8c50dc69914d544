/** Which headers cross the gateway, in both directions. */

import type { ConfiguredProvider } from '../config/settings.ts'
import type { DialectId } from '../conversation/conversation.ts'
import { keyHeaders } from '../providers/provider.ts'
import type { UpstreamHeaders } from '../wire/exchange.ts'
import type { ReplyHeaders } from './client.ts'

/** Lower-cased names, as node:http gives them. */
export type ClientHeaders = Readonly<Record<string, string | readonly string[] | undefined>>

/** Between two hops only, our own, or a credential: never forwarded (CONTRACT 19). */
const keptFromUpstream = new Set([
  'host',
  'connection',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'te',
  'trailer',
  'upgrade',
  'expect',
  'content-length',
  'content-encoding',
  'accept-encoding',
  'authorization',
  'proxy-authorization',
  'x-api-key',
  'x-goog-api-key',
  'api-key',
  'cookie',
  'origin',
  'referer',
  'forwarded',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
])

/** The client's own headers go along when nothing is translated: betas and versions belong to the body (CONTRACT 5). */
export function passedHeaders(
  dialect: DialectId,
  client: ClientHeaders,
  configured: ConfiguredProvider,
): Record<string, string> {
  const headers: Record<string, string> = {}
  for (const name in client) {
    const value = client[name]
    if (typeof value !== 'string' || keptFromUpstream.has(name) || name.startsWith('x-clutch-')) continue
    headers[name] = value
  }
  return withProvider(dialect, headers, configured)
}

const spoken: Readonly<Record<DialectId, Readonly<Record<string, string>>>> = {
  anthropic: { 'anthropic-version': '2023-06-01' },
  'openai-chat': {},
  'openai-responses': {},
  gemini: {},
}

export function translatedHeaders(
  dialect: DialectId,
  stream: boolean,
  configured: ConfiguredProvider,
): Record<string, string> {
  const accept = stream ? 'text/event-stream' : 'application/json'
  return withProvider(dialect, { 'user-agent': 'clutch', accept, ...spoken[dialect] }, configured)
}

function withProvider(
  dialect: DialectId,
  headers: Record<string, string>,
  { provider, key, headers: own }: ConfiguredProvider,
): Record<string, string> {
  headers['content-type'] = 'application/json'
  Object.assign(headers, provider.headers)
  if (key !== undefined) Object.assign(headers, keyHeaders(provider, dialect, key))
  return Object.assign(headers, own)
}

const keptFromClient = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authenticate',
  'transfer-encoding',
  'trailer',
  'upgrade',
  'content-length',
  'content-encoding',
  'set-cookie',
  'alt-svc',
  'strict-transport-security',
  'access-control-allow-origin',
])

/** An upstream's headers for a client of the same dialect: rate limits, request ids and the rest (CONTRACT 86). */
export function relayedHeaders(
  upstream: UpstreamHeaders,
): Record<string, string | readonly string[] | undefined> {
  const headers: Record<string, string | readonly string[] | undefined> = {}
  for (const name in upstream) {
    const value = upstream[name]
    if (!keptFromClient.has(name)) headers[name] = value
  }
  return headers
}

/** What an upstream says of its limits, for a client of the same dialect whose call it refused (CONTRACT 86). */
export const limitHeaders = (headers: UpstreamHeaders): UpstreamHeaders =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => /ratelimit/.test(name)))

export const streamHead: ReplyHeaders = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache',
  'x-accel-buffering': 'no',
}

export const jsonHead: ReplyHeaders = { 'content-type': 'application/json' }
