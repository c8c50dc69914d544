/** Sessions that were put on another profile for a while. Holds no clock: every question and every change says when. */
import { asList, asNumber, asObject, asText, type Json } from '../wire/json.ts'

export interface SessionProfile {
  /** As its client names it; see `x-clutch-launch` and CONTRACT 88, 134. */
  readonly session: string
  readonly profile: string
  /** From then on it goes where it went before. */
  readonly untilMs: number
}

/** Names come from outside: what is remembered of them has an end. */
const capacity = 1_000

export class SessionProfiles {
  readonly #places = new Map<string, SessionProfile>()

  /** Nobody was moved: nobody has to be asked for. */
  get isEmpty(): boolean {
    return this.#places.size === 0
  }

  /** The last word counts. */
  put(place: SessionProfile): void {
    this.#places.delete(place.session)
    this.#places.set(place.session, place)
    const [oldest] = this.#places.keys()
    if (this.#places.size > capacity && oldest !== undefined) this.#places.delete(oldest)
  }

  /** false: it was on none. */
  end(session: string, nowMs: number): boolean {
    const place = this.find(session, nowMs)
    this.#places.delete(session)
    return place !== undefined
  }

  find(session: string, nowMs: number): SessionProfile | undefined {
    const place = this.#places.get(session)
    if (place && place.untilMs > nowMs) return place
    if (place) this.#places.delete(session)
    return undefined
  }

  /** Those that count now, the next to end first. */
  list(nowMs: number): readonly SessionProfile[] {
    return [...this.#places.values()]
      .filter(({ untilMs }) => untilMs > nowMs)
      .sort((a, b) => a.untilMs - b.untilMs)
  }

  /** What a restart must not forget. */
  snapshot(nowMs: number): Json {
    return this.list(nowMs).map((place) => ({ ...place }))
  }

  /** What cannot be read is left out. */
  restore(saved: Json | undefined, nowMs: number): void {
    for (const one of asList(saved)) {
      const { session, profile, untilMs } = asObject(one)
      const place = { session: asText(session), profile: asText(profile), untilMs: asNumber(untilMs) }
      if (isWhole(place) && place.untilMs > nowMs) this.put(place)
    }
  }
}

type Maybe = { readonly [Field in keyof SessionProfile]: SessionProfile[Field] | undefined }

const isWhole = (place: Maybe): place is SessionProfile =>
  place.session !== undefined && place.profile !== undefined && place.untilMs !== undefined
