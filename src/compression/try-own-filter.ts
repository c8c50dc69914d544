/** The tests that a written filter carries, run. */
import { commandOf } from './command-line.ts'
import { omission } from './omission.ts'
import { type OwnFilterSpec, ownFilter } from './own-filter.ts'

export interface Trial {
  readonly name: string
  /** Absent: it became what it should. */
  readonly because?: string
  readonly became?: string
}

/** What stands for an omission in a test: `[+3 lines hidden: noise — clutch show r0000]`. */
export const testId = 'r0000'

export const tryOwnFilter = (spec: OwnFilterSpec): readonly Trial[] => {
  const filter = ownFilter(spec)
  return spec.tests.map(({ name, commandLine, output, becomes, failed = false }) => {
    const command = commandOf(commandLine)
    const lines = linesOf(output)
    if (!command || !filter.suggests(command)) return { name, because: `it is not for ${commandLine}` }
    if (!filter.confirms(lines, command)) return { name, because: 'no line of the output fits match.output' }
    const hidden = (count: number, what: string): string => omission(count, what, testId)
    const done = filter.shorten({ command, lines, failed, tier: 1, hidden })
    const became = (done?.lines ?? lines).join('\n')
    return became === linesOf(becomes).join('\n')
      ? { name }
      : { name, because: 'it became something else', became }
  })
}

/** Without the line end that a TOML text ends with. */
const linesOf = (text: string): readonly string[] => text.replace(/\n$/, '').split('\n')
