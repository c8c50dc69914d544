/** A script: which play answers a request. One entry in a list; the list is the manual (`clutch sandbox --help`). */
import type { Play } from '../play.ts'
import type { Scene } from '../scene.ts'

export interface Script {
  readonly name: string
  /** Parameters as they are written after the name, e.g. `:<ms>`; '' for none. */
  readonly usage: string
  /** One line for people. */
  readonly summary: string
  readonly play: (scene: Scene) => Play
}

/** The parameter at `at` as a whole number, `fallback` when it is missing or none, never above `most`. */
export function numberAt(scene: Scene, at: number, fallback: number, most = 100_000): number {
  const given = scene.parameters[at]
  return given !== undefined && /^\d+$/.test(given) ? Math.min(Number(given), most) : fallback
}
