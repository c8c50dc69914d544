/** What was decided about tool results, and who remembers it: decided once for each, told ever after. */

/** What stands for a text; the same text under the same filters has the same one. */
export interface Birth {
  /** undefined: the text as it is. */
  readonly text: string | undefined
  /** Which filter, or why none. */
  readonly filter: string
  readonly savedTokens: number
}

/** What a conversation was told of one text. */
export interface Telling {
  /** Names the text in its conversation; see `placeOf`. */
  readonly place: string
  /** The hash of the text, its call and its flags. */
  readonly content: string
  /** The birth's name. */
  readonly birth: string
}

export interface ScopeMemory {
  /** The filters it began with. */
  readonly filterSet: string
  /** By place. */
  readonly told: ReadonlyMap<string, Telling>
}

/** Whose conversations: a session, or a subagent of it. */
export interface Scope {
  readonly id: string
  readonly session: string
  readonly agent: string
  readonly project?: string
  /** Its results are left raw. */
  readonly isHeldOut: boolean
}

/** Never throws, never waits for a disk when it writes. */
export interface Births {
  /** An earlier process told things that nobody remembers. */
  readonly isLost: boolean
  /** undefined: it is new here. */
  scope(id: string): ScopeMemory | undefined
  begin(scope: Scope, filterSet: string): void
  /** What any other scope was told last of the same text at the same place: a session that goes on under a new name. */
  toldElsewhere(place: string, content: string): Telling | undefined
  birth(name: string): Birth | undefined
  tell(scope: Scope, telling: Telling, birth: Birth): void
}
