/** Programs that run other programs under a name of the project's own: `npm test`, `make check`, `./ci.sh`. */
import type { Command } from '../filter.ts'

const launchers = new Set(
  'npm pnpm yarn bun deno node make just task turbo nx lerna rush moon tox nox rake invoke hatch pdm ninja bazel'.split(
    ' ',
  ),
)

/** The command is one of these programs, or may run one: then the content must tell. */
export function mayRun(command: Command, programs: readonly string[]): boolean {
  const { program } = command
  return programs.includes(program) || launchers.has(program) || program.endsWith('.sh')
}

const lookedAt = 40

/** The first and the last lines: where a tool says who it is, and how it ended. */
export const ends = (lines: readonly string[]): readonly string[] =>
  lines.length <= 2 * lookedAt ? lines : [...lines.slice(0, lookedAt), ...lines.slice(-lookedAt)]

/** One of the first or last lines reads like this. Lines are judged by their start. */
export const endsHave = (lines: readonly string[], pattern: RegExp): boolean =>
  ends(lines).some((line) => pattern.test(line.slice(0, 400)))
