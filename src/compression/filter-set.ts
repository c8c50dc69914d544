/** The filters of a conversation: chosen when its first result is there, and the same ones for as long as it lasts. */
import type { Filter } from '../filters/filter.ts'

export interface FilterSet {
  /** Another one whenever a filter may answer otherwise: decisions are named by it, and sessions remember it. */
  readonly id: string
  readonly filters: readonly Filter[]
}

/** Never waits for a disk. */
export interface FilterSets {
  /** Projects that have filters of their own. */
  readonly folders: readonly string[]
  /** For a conversation that begins, in one of the folders or elsewhere. */
  begin(folder: string | undefined): FilterSet
  /** undefined: its filters are no more what they were. */
  known(id: string): FilterSet | undefined
}
