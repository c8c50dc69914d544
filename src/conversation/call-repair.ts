/**
 * What some models write badly in calls (CONTRACT 59). Blanks without end are a failure, not a wait. Models known to
 * fill optional texts with '' have their calls held until they are whole, and those texts taken out: a tool that takes
 * "not given" for an answer need not take "".
 */
import { asList, asObject, isObject, type Json, tryParseJson, writeJson } from '../wire/json.ts'
import type { Stage } from '../wire/stage.ts'
import type { Tool } from './conversation.ts'
import type { ReplyEvent } from './reply.ts'

/** More blanks in a row than any file has. */
const mostBlanks = 4000

interface OpenCall {
  /** Parameters to take out when empty; undefined: the call is passed on as it comes. */
  readonly optional: ReadonlySet<string> | undefined
  held: string
  blanks: number
}

export class CallRepair implements Stage<ReplyEvent, ReplyEvent> {
  readonly #optional: ReadonlyMap<string, ReadonlySet<string>>
  readonly #open = new Map<number, OpenCall>()

  /** `tools`: those of models that fill optional texts; none for all others. */
  constructor(tools: readonly Tool[]) {
    this.#optional = new Map(tools.flatMap(optionalTexts))
  }

  /** Whether `push` would hand the event back as it is, and remember nothing. */
  ignores(event: ReplyEvent): boolean {
    return this.#open.size === 0 && event.type !== 'part-start'
  }

  push(event: ReplyEvent): ReplyEvent[] {
    if (event.type === 'part-start') {
      const { part } = event
      if (part.type === 'tool-call' && !part.freeform)
        this.#open.set(event.index, { optional: this.#optional.get(part.name), held: '', blanks: 0 })
      return [event]
    }
    if (event.type !== 'part-delta' && event.type !== 'part-end') return [event]
    const call = this.#open.get(event.index)
    if (!call) return [event]
    if (event.type === 'part-end') return this.#close(call, event)
    call.blanks = event.text.trim() === '' ? call.blanks + event.text.length : 0
    if (call.blanks > mostBlanks) return [{ type: 'failed', failure: endless }]
    if (!call.optional) return [event]
    call.held += event.text
    return []
  }

  #close(call: OpenCall, event: Extract<ReplyEvent, { type: 'part-end' }>): ReplyEvent[] {
    this.#open.delete(event.index)
    if (!call.optional || call.held === '') return [event]
    const text = withoutEmpty(call.held, call.optional)
    return [{ type: 'part-delta', index: event.index, text }, event]
  }

  end(): ReplyEvent[] {
    return []
  }
}

const endless = { kind: 'garbled', message: 'the model wrote blanks without end into a call' } as const

function optionalTexts(tool: Tool): readonly (readonly [string, ReadonlySet<string>])[] {
  if (tool.kind !== 'function') return []
  const { properties, required } = asObject(tool.schema)
  const needed = new Set(asList(required))
  const names = Object.entries(asObject(properties))
    .filter(([name, schema]) => !needed.has(name) && asObject(schema)['type'] === 'string')
    .map(([name]) => name)
  return names.length > 0 ? [[tool.name, new Set(names)]] : []
}

function withoutEmpty(text: string, optional: ReadonlySet<string>): string {
  const value: Json | undefined = tryParseJson(text)
  if (!isObject(value)) return text
  const entries = Object.entries(value)
  const kept = entries.filter(([name, given]) => given !== '' || !optional.has(name))
  return kept.length === entries.length ? text : writeJson(Object.fromEntries(kept))
}
