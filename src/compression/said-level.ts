/** What a command line says of its own output: `CLUTCH_COMPRESS=off npm test`, wherever a shell would take it. */
import { pipelines } from './command-line.ts'
import { unwrap } from './peel.ts'
import { shellTokens } from './shell-words.ts'
import { type Level, levels } from './shorten.ts'

const name = 'CLUTCH_COMPRESS='
const deepest = 4

/** One result may be of several commands: the most careful level counts. */
export function levelSaidIn(line: string): Level | undefined {
  if (!line.includes(name)) return undefined
  const said = new Set(wordsSaidIn(line, 0))
  return levels.find((level) => said.has(level))
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
  words.filter((word) => word.startsWith(name)).map((word) => meant(word.slice(name.length)))

/** As in the environment of `clutch run`. */
const meant = (said: string): string => {
  const word = said.trim().toLowerCase()
  return ['0', 'no', 'false', 'none'].includes(word) ? 'off' : word
}
