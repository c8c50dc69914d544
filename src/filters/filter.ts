/** What a filter is: it knows how one command's output reads, and how to say it shorter. */

/**
 * 0: nothing is lost, a reader can tell the original back. 1: noise off an allow-list is left out, and counted.
 * 2: a selection under a budget, for what is longer than the client itself would keep.
 */
export type Tier = 0 | 1 | 2

export const highestTier = (parts: readonly { readonly tier: Tier }[]): Tier =>
  parts.reduce<Tier>((most, { tier }) => (tier === 0 || most === 2 ? most : tier), 0)

/** A simple command, peeled of `sudo`, environment, `timeout`, `npx`, `bash -lc`. */
export interface Command {
  /** Its base name, without folder or `.exe`: `git`, `pytest`. */
  readonly program: string
  readonly args: readonly string[]
}

export interface Reading {
  /** Absent when nobody knows what printed this. */
  readonly command: Command | undefined
  /** Without line ends, colours, overwritten progress and trailing blanks. */
  readonly lines: readonly string[]
  /** It ended with an error: nothing that might say why may go. */
  readonly failed: boolean
  /** The highest tier that is allowed here: 0 or 1 for a filter, 2 is the selection that follows it. */
  readonly tier: Tier
  /**
   * The line that stands for `count` left-out lines: the one form of an omission. They follow each other, or each of many
   * findings had some of the kind (the source around it): then one line after them tells of all.
   */
  readonly hidden: (count: number, what: string) => string
}

export interface Shortened {
  readonly lines: readonly string[]
  /** What was done to it, at most `reading.tier`. */
  readonly tier: Tier
}

/** An output in our own words, and what must become of it. Checked by test for every filter on the shelf. */
export interface Example {
  readonly name: string
  readonly commandLine: string
  readonly failed?: boolean
  readonly output: string
  /** What is left at tier 1, whole. */
  readonly becomes: string
  /** What is left at tier 0, where that differs from the output. */
  readonly losslessly?: string
}

/** Pure: the same reading gives the same lines, always. */
export interface Filter {
  readonly id: string
  /** The command looks like one of ours. */
  readonly suggests: (command: Command) => boolean
  /** The output reads like one of ours too; a filter is asked for nothing when this is false. Cheap: looks at ends. */
  readonly confirms: (lines: readonly string[], command: Command) => boolean
  /** Undefined: not understood after all, leave it alone. Every kept line is a verbatim slice of the original or a regrouping of it. */
  readonly shorten: (reading: Reading) => Shortened | undefined
  readonly examples: readonly Example[]
  /**
   * What is left still reads as a log: what it repeats is said once, and of more than the client itself would keep, a
   * selection will do (tier 2). `where too long`: it is a log only then; shorter, each failure is told whole.
   */
  readonly leavesLog?: true | 'where too long'
}
