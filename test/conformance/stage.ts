/** Plays a scenario through the whole gateway core: a client of one dialect, an upstream of another. */
import type { Conversation, DialectId } from '../../src/conversation/conversation.ts'
import { dialects } from '../../src/dialects/index.ts'
import { isFailure } from '../../src/gateway/call.ts'
import { parseJson } from '../../src/wire/json.ts'
import { rig } from '../gateway/rig.ts'
import type { Scenario } from './scenario.ts'
import { sayable } from './told.ts'
import { tellers } from './upstream/index.ts'

/** What every client in these tests asks for; every upstream calls itself otherwise. */
export const askedModel = 'opus'

export interface Cell {
  readonly scenario: Scenario
  readonly from: DialectId
  readonly to: DialectId
  readonly streamed: boolean
}

export interface Outcome {
  readonly client: Answered
  readonly upstream: Asked
}

/** What a client has at the end. */
export interface Answered {
  readonly status: number
  readonly headers: Readonly<Record<string, unknown>>
  readonly text: string
  readonly ended: boolean
}

/** What reached an upstream. */
export interface Asked {
  readonly bodyText: string
}

export function bodyOf(from: DialectId, ask: Readonly<Record<string, unknown>>, streamed: boolean): object {
  if (from === 'gemini') return ask
  const { stream_options, ...rest } = ask
  const told = streamed && stream_options !== undefined ? { stream_options } : {}
  return { model: askedModel, ...rest, ...told, ...(streamed && { stream: true }) }
}

export async function play({ scenario, from, to, streamed }: Cell): Promise<Outcome> {
  const quirks = scenario.quirks?.[to]
  const stage = rig({
    from,
    to,
    body: bodyOf(from, scenario.asks[from] ?? {}, streamed),
    stream: streamed,
    ...(quirks && { provider: { quirks } }),
  })
  await stage.clock.advance(0)
  const upstream = stage.last()
  const told = sayable(scenario.told, to)
  if (streamed) upstream.stream(tellers[to].stream(told)).end()
  else upstream.json(200, tellers[to].whole(told))
  await stage.clock.advance(0)
  return { client: stage.client, upstream }
}

/** What the upstream was asked, as its own dialect reads it. */
export function arrived(upstream: Asked, to: DialectId): Conversation {
  const decoded = dialects[to].request.decode(parseJson(upstream.bodyText))
  if (isFailure(decoded)) throw new Error(`the upstream would refuse: ${decoded.message}`)
  return decoded
}

export const lostOf = (client: Pick<Answered, 'headers'>): readonly string[] => {
  const header = client.headers['x-clutch-lost']
  return typeof header === 'string' ? header.split(', ') : []
}
