/** A word with the gateway before an agent is sent to it: is it there, and what does it offer. */
import { get } from 'node:http'
import { asList, asNumber, asObject, asText, tryParseJson } from '../wire/json.ts'
import type { ServedModel } from './surroundings.ts'

export interface GatewayPlace {
  readonly baseUrl: string
  readonly profile?: string
  readonly key?: string
}

export type Contact =
  | { readonly kind: 'up'; readonly served: readonly ServedModel[] }
  | { readonly kind: 'down' }
  /** Something answers there and will not serve this launch. */
  | { readonly kind: 'refused'; readonly because: string }

/** `model`: one more name to ask about, when it is not in the list. */
export async function askGateway(place: GatewayPlace, model?: string, patienceMs = 2_000): Promise<Contact> {
  const prefix = place.profile === undefined ? '' : `/p/${encodeURIComponent(place.profile)}`
  const list = await ask(`${place.baseUrl}${prefix}/v1/models`, place.key, patienceMs)
  if (list === undefined) return { kind: 'down' }
  const { data, error } = asObject(tryParseJson(list.text))
  if (list.status !== 200 || !Array.isArray(data)) {
    const because = asText(asObject(error)['message'])
    return {
      kind: 'refused',
      because: because ?? `${place.baseUrl} answers ${list.status}, and not as a gateway`,
    }
  }
  const served = asList(data).flatMap(readModel)
  if (model === undefined || served.some(({ id }) => id === model)) return { kind: 'up', served }
  const one = await ask(`${place.baseUrl}${prefix}/v1/models/${model}`, place.key, patienceMs)
  return {
    kind: 'up',
    served: [...served, ...(one?.status === 200 ? readModel(tryParseJson(one.text)) : [])],
  }
}

function readModel(value: unknown): readonly ServedModel[] {
  const { id, context_window, max_output_tokens } = asObject(value)
  const contextTokens = asNumber(context_window)
  const outputTokens = asNumber(max_output_tokens)
  if (typeof id !== 'string') return []
  return [
    {
      id,
      ...(contextTokens !== undefined && { contextTokens }),
      ...(outputTokens !== undefined && { outputTokens }),
    },
  ]
}

interface Answer {
  readonly status: number
  readonly text: string
}

/** Loaded where it is needed: most gateways are on this machine, and this is typed all day. */
const getFor = async (url: string): Promise<typeof get> =>
  url.startsWith('https:') ? (await import('node:https')).get : get

/** undefined: nobody answered. */
async function ask(url: string, key: string | undefined, patienceMs: number): Promise<Answer | undefined> {
  const getFrom = await getFor(url)
  return new Promise((resolve) => {
    const options = {
      agent: false,
      timeout: patienceMs,
      headers: { connection: 'close', ...(key !== undefined && { authorization: `Bearer ${key}` }) },
    }
    const request = getFrom(url, options, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        text += chunk
      })
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }))
      response.on('error', () => resolve(undefined))
    })
    request.on('timeout', () => request.destroy())
    request.on('error', () => resolve(undefined))
  })
}
