/** What OPENAI_BASE_URL means: OpenAI itself, an Azure resource, a place the shelf knows, or some Chat endpoint. */
import { providers, shelf } from '../providers/index.ts'
import { openai } from '../providers/openai.ts'
import type { Provider } from '../providers/provider.ts'
import { endpointsAt, movedTo, parsed, sameHost } from './endpoints.ts'

/** `url` is clean. `azureVersion`: AZURE_API_VERSION. */
export function namedByOpenaiBaseUrl(url: string, azureVersion: string | undefined): Provider {
  const host = parsed(url)?.hostname ?? ''
  if (azureVersion !== undefined || /\.(openai|services\.ai|cognitiveservices)\.azure\.com$/.test(host)) {
    return azureAt(url, azureVersion)
  }
  if (sameHost(url, openai.baseUrl)) return { ...openai, ...movedTo(openai, url) }
  const known = knownPlace(url)
  return known ? { ...known, ...movedTo(known, url) } : someChatEndpoint(url)
}

/** Of several providers at one host, the one whose endpoint the URL begins. */
function knownPlace(url: string): Provider | undefined {
  const there = providers.filter(({ baseUrl, local }) => !local && sameHost(url, baseUrl))
  const begins = ({ baseUrl, speaks }: Provider) =>
    Object.values(speaks).some((path) => `${baseUrl}${path}`.startsWith(`${url}/`))
  return there.find(begins) ?? there[0]
}

/** Nothing is known of it but that it speaks Chat: OpenAI's own quirks do not hold there. */
function someChatEndpoint(url: string): Provider {
  const { keysPage, quirks, models, ...rest } = openai
  return { ...rest, title: 'OPENAI_BASE_URL', ...endpointsAt(url, ['openai-chat']) }
}

/** A deployment's URL, the resource's `/openai/v1`, or the resource alone. */
export function azureAt(url: string, version: string | undefined): Provider {
  const azure = shelf['azure-openai'] ?? openai
  const query = version === undefined ? {} : { query: { 'api-version': version } }
  const base = url.replace(/\/chat\/completions$/, '')
  if (/\/openai\/deployments\/[^/]+$/.test(base)) {
    const dated = { query: { 'api-version': version ?? '2024-10-21' } }
    return { ...azure, baseUrl: base, speaks: { 'openai-chat': '/chat/completions' }, ...dated }
  }
  if (/\/v1$/.test(base) || version === undefined) {
    const start = /\/v1$/.test(base) ? '' : '/openai/v1'
    const speaks = { 'openai-chat': `${start}/chat/completions`, 'openai-responses': `${start}/responses` }
    return { ...azure, baseUrl: base, speaks, ...query }
  }
  const start = /\/openai$/.test(base) ? '' : '/openai'
  const speaks = { 'openai-chat': `${start}/deployments/{model}/chat/completions` }
  return { ...azure, baseUrl: base, speaks, ...query }
}
