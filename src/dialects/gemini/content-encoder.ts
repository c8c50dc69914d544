/**
 * Turns to `contents`. Users and models alternate, and results stand before everything else the user says: what Gemini
 * insists on. That every call has its result, nobody else's and once, is seen to before.
 */
import type { Turn } from '../../conversation/conversation.ts'
import type { Quirks } from '../../conversation/quirks.ts'
import { type JsonObject, writeJson } from '../../wire/json.ts'
import { remembered } from '../../wire/remembered.ts'
import { joined } from '../wording.ts'
import type { Notes } from './notes.ts'
import { type Target, TurnWriter } from './turn-writer.ts'
import { isThreeOrLater } from './wire.ts'

/** The members of a list, as JSON text; '' for none. */
export function encodeContents(turns: readonly Turn[], model: string, quirks: Quirks, notes: Notes): string {
  const contents = new Contents(targetOf(quirks)[isThreeOrLater(model) ? 'three' : 'older'], notes)
  for (const turn of turns) contents.add(turn)
  return contents.text()
}

/** Of turns in a row of the same speaker; its parts as they are written. */
interface Content {
  readonly role: 'user' | 'model'
  hasCall: boolean
  readonly results: string[]
  readonly parts: string[]
}

class Contents {
  readonly #target: Target
  readonly #notes: Notes
  readonly #contents: Content[] = []
  /** Calls of the model's last turn that wait for a result: the client's id → the name Gemini knows. */
  readonly #waiting = new Map<string, string>()

  constructor(target: Target, notes: Notes) {
    this.#target = target
    this.#notes = notes
  }

  add(turn: Turn): void {
    const role = turn.role === 'assistant' ? 'model' : 'user'
    const last = this.#contents.at(-1)
    const open = last?.role === role ? last : undefined
    if (role === 'model' && !open) this.#waiting.clear()
    const said = wordsOf(turn, this.#target, open?.hasCall ?? false, ...this.#answered(turn))
    this.#notes.include(said.notes)
    if (turn.role === 'system' && said.parts === '') return
    const content = open ?? this.#begin(role)
    content.hasCall = said.hasCall
    if (said.results !== '') content.results.push(said.results)
    if (said.parts !== '') content.parts.push(said.parts)
    for (const [id, name] of said.calls) this.#waiting.set(id, name)
  }

  #begin(role: Content['role']): Content {
    const content: Content = { role, hasCall: false, results: [], parts: [] }
    this.#contents.push(content)
    return content
  }

  /** For each result of the turn, the name of the call it answers; undefined: of none that waits. */
  #answered(turn: Turn): readonly (string | undefined)[] {
    const names: (string | undefined)[] = []
    if (turn.role !== 'user') return names
    for (const part of turn.parts) {
      if (part.type !== 'tool-result') continue
      names.push(this.#waiting.get(part.callId))
      this.#waiting.delete(part.callId)
    }
    return names
  }

  text(): string {
    const spoken = this.#contents.filter(({ results, parts }) => results.length + parts.length > 0)
    return joined(
      spoken.map(
        ({ role, results, parts }) => `{"role":"${role}","parts":[${joined([...results, ...parts])}]}`,
      ),
    )
  }
}

const targetOf = remembered((quirks: Quirks) => ({
  three: { quirks, isThree: true } satisfies Target,
  older: { quirks, isThree: false } satisfies Target,
}))

/**
 * A turn is told in the same words as often as it is sent. `behindCall`: the model made a call in the same content.
 * `answers`: the names of the calls it answers.
 */
const wordsOf = remembered(
  (turn: Turn, target: Target, behindCall: boolean, ...answers: readonly (string | undefined)[]) => {
    const writer = new TurnWriter(target, behindCall, answers)
    writer.write(turn)
    const { results, parts, calls, hasCall, notes } = writer
    return { results: listed(results), parts: listed(parts), calls, hasCall, notes }
  },
)

const listed = (parts: readonly JsonObject[]): string => parts.map(writeJson).join(',')
