/** The steps of a fixture: `{"text": "…"}` and its kin, read strictly because they are ours. */
import type { SearchResult } from '../conversation/conversation.ts'
import type { StopReason, Usage } from '../conversation/reply.ts'
import {
  asList,
  asNumber,
  asObject,
  asText,
  isObject,
  type Json,
  type JsonObject,
  writeJson,
} from '../wire/json.ts'
import type { Call, Step, Trouble } from './play.ts'

export interface Problem {
  readonly problem: string
}

type Kind = 'text' | 'number' | 'object' | 'list' | 'true' | 'any'
type Shape = Readonly<Record<string, Kind>>

/** Undefined when every field is known and of its kind. */
export function check(value: Json | undefined, at: string, shape: Shape): Problem | undefined {
  if (!isObject(value)) return { problem: `${at}: expected an object with ${Object.keys(shape).join(', ')}` }
  for (const [name, field] of Object.entries(value)) {
    const kind = Object.hasOwn(shape, name) ? shape[name] : undefined
    if (kind === undefined)
      return { problem: `${at}.${name}: no such field; there are ${Object.keys(shape).join(', ')}` }
    if (!isOf(kind, field)) return { problem: `${at}.${name}: expected ${expected[kind]}` }
  }
  return undefined
}

const expected: Readonly<Record<Kind, string>> = {
  text: 'a text',
  number: 'a number that is not negative',
  object: 'an object',
  list: 'a list',
  true: 'true',
  any: 'a value',
}

function isOf(kind: Kind, field: Json | undefined): boolean {
  switch (kind) {
    case 'text':
      return typeof field === 'string'
    case 'number':
      return (asNumber(field) ?? -1) >= 0
    case 'object':
      return isObject(field)
    case 'list':
      return Array.isArray(field)
    case 'true':
      return field === true
    case 'any':
      return field !== undefined
  }
}

/** A step is an object with one field, which names it. */
export function readStep(value: Json, at: string): Step | Problem {
  const [name, ...others] = Object.keys(asObject(value))
  const known = name !== undefined && others.length === 0 && Object.hasOwn(readers, name)
  const read = known ? readers[name] : undefined
  if (!known || !read)
    return { problem: `${at}: expected an object with one of ${Object.keys(readers).join(', ')}` }
  return read(asObject(value)[name] ?? null, `${at}.${name}`)
}

const readers: Readonly<Record<string, (value: Json, at: string) => Step | Problem>> = {
  text: (value, at) => {
    const pieces = asList(value).flatMap((piece) => asText(piece) ?? [])
    if (Array.isArray(value) && pieces.length === value.length) return { type: 'text', text: pieces }
    return typeof value === 'string' ? { type: 'text', text: value } : wanted(at, 'a text or a list of texts')
  },
  thinking: (value, at) =>
    typeof value === 'string' ? { type: 'thinking', text: value } : wanted(at, expected.text),
  tool: (value, at) => {
    const call = readCall(value, at)
    return 'problem' in call ? call : { type: 'calls', calls: [call] }
  },
  tools: (value, at) => {
    const calls: Call[] = []
    for (const [index, one] of asList(value).entries()) {
      const call = readCall(one, `${at}[${index}]`)
      if ('problem' in call) return call
      calls.push(call)
    }
    return calls.length > 0 ? { type: 'calls', calls } : wanted(at, 'a list of tool calls')
  },
  search: (value, at) =>
    check(value, at, { query: 'text', results: 'list' }) ?? {
      type: 'search',
      query: asText(asObject(value)['query']) ?? '',
      results: asList(asObject(value)['results']).map(readResult),
    },
  wait: (value, at) =>
    isOf('number', value) ? { type: 'wait', ms: asNumber(value) ?? 0 } : wanted(at, 'milliseconds'),
  usage: (value, at) => check(value, at, usageShape) ?? { type: 'usage', usage: readUsage(asObject(value)) },
  stop: (value, at) => {
    const reason = stopReasons.find((known) => known === value)
    return reason ? { type: 'stop', reason } : wanted(at, `one of ${stopReasons.join(', ')}`)
  },
  error: (value, at) =>
    check(value, at, { status: 'number', message: 'text', retryAfterSeconds: 'number' }) ?? {
      type: 'error',
      trouble: readTrouble(asObject(value)),
    },
  silence: (value, at) => (value === true ? { type: 'silence' } : wanted(at, 'true')),
  cut: (value, at) => (value === true ? { type: 'cut' } : wanted(at, 'true')),
  reset: (value, at) => (value === true ? { type: 'reset' } : wanted(at, 'true')),
}

const wanted = (at: string, what: string): Problem => ({ problem: `${at}: expected ${what}` })

const stopReasons: readonly StopReason[] = [
  'done',
  'tool-calls',
  'length',
  'stop-sequence',
  'refusal',
  'pause',
  'context-full',
]

/** Arguments are an object, or a text taken as it is (also one that is no JSON, and the input of freeform tools). */
function readCall(value: Json, at: string): Call | Problem {
  const shape = {
    name: 'text',
    namespace: 'text',
    freeform: 'true',
    arguments: 'any',
    unfinished: 'true',
  } as const
  const wrong = check(value, at, shape)
  if (wrong) return wrong
  const { name, namespace, freeform, arguments: given, unfinished } = asObject(value)
  if (typeof name !== 'string') return wanted(`${at}.name`, expected.text)
  return {
    name,
    ...(typeof namespace === 'string' && { namespace }),
    ...(freeform === true && { freeform }),
    ...(unfinished === true && { unfinished }),
    arguments: typeof given === 'string' ? given : writeJson(given ?? {}),
  }
}

const readResult = (value: Json): SearchResult => ({
  url: asText(asObject(value)['url']) ?? '',
  title: asText(asObject(value)['title']) ?? '',
})

const usageShape = {
  input: 'number',
  cacheRead: 'number',
  cacheWrite: 'number',
  output: 'number',
  thinking: 'number',
  searches: 'number',
} as const satisfies Readonly<Record<keyof Usage, Kind>>

const readUsage = (value: JsonObject): Partial<Usage> =>
  Object.fromEntries(
    Object.keys(usageShape).flatMap((name) => {
      const tokens = asNumber(value[name])
      return tokens === undefined ? [] : [[name, tokens]]
    }),
  )

function readTrouble({ status, message, retryAfterSeconds }: JsonObject): Trouble {
  return {
    status: asNumber(status) ?? 500,
    ...(typeof message === 'string' && { message }),
    ...(typeof retryAfterSeconds === 'number' && { retryAfterSeconds }),
  }
}
