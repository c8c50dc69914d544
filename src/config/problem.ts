/** What is wrong with a configuration, and where: data for the CLI to print before it exits with 78. */

export interface ConfigProblem extends Place {
  /** What was expected, as the end of a sentence about the field. */
  readonly message: string
  /** The nearest valid name, when the one written looks misspelt. */
  readonly nearest?: string
}

export interface Place {
  /** The file's path, or `environment`, or `command line`. */
  readonly file?: string
  /** From 1. */
  readonly line?: number
  /** From 1. */
  readonly column?: number
  /** Dotted path in the file, variable name or flag. */
  readonly field?: string
}

/** One line: `config.json:3:5: limits.max_attempts: expected a whole number from 1, found "six"`. */
export function describeProblem({ file, line, column, field, message, nearest }: ConfigProblem): string {
  const place = [file, line, column].filter((part) => part !== undefined).join(':')
  const hint = nearest === undefined ? '' : ` (did you mean ${nearest}?)`
  return [place, field, `${message}${hint}`].filter((part) => part !== undefined && part !== '').join(': ')
}

export const describeProblems = (problems: readonly ConfigProblem[]): string =>
  problems.map((problem) => `${describeProblem(problem)}\n`).join('')
