/** What a command line says of its own output: `CLUTCH_COMPRESS=off npm test`, wherever a shell would take it. */
import { pipelines } from './command-line.ts'
import { unwrap } from './peel.ts'
import { shellTokens } from './shell-words.ts'
import { type Level, levels } from './shorten.ts'

const name = 'CLUTCH_COMPRESS='
const deepest = 4

/** One result may be of several commands: the most careful level counts, and a word that is none means `off`, as in `clutch run`. */
export function levelSaidIn(line: string): Level | undefined {
  if (!line.includes(name)) return undefined
  const said = wordsSaidIn(line, 0).filter((word) => word !== '')
  const known = levels.filter((level) => said.includes(level))
  return said.some((word) => !levels.some((level) => level === word)) ? 'off' : known[0]
}

function wordsSaidIn(line: string, depth: number): readonly string[] {
  if (depth > deepest) return []
  return pipelines(shellTokens(line)).flatMap((stages) =>
    stages.flatMap(({ words }) => {
      const { peeled, environment } = unwrap(words)
      const inner = peeled.kind === 'line' ? wordsSaidIn(peeled.line, depth + 1) : []
      const exported =
        peeled.kind === 'command' && peeled.command.program === 'export' ? peeled.command.args : []
      return [...valuesIn(environment), ...valuesIn(exported), ...inner]
    }),
  )
}

const valuesIn = (words: readonly string[]): readonly string[] =>
  words.filter((word) => word.startsWith(name)).map((word) => meantLevel(word.slice(name.length)))

/** As in the environment of `clutch run`. */
export const meantLevel = (said: string): string => {
  const word = said.trim().toLowerCase()
  return ['0', 'no', 'false', 'none'].includes(word) ? 'off' : word
}
