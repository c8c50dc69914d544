/** Reads a verb's flags; a wrong one is told with the nearest right one. */
import { parseArgs } from 'node:util'
import { nearest } from '../config/nearest.ts'

export type FlagKinds = Readonly<Record<string, 'text' | 'switch'>>

export type FlagsRead =
  | {
      readonly ok: true
      readonly texts: Readonly<Record<string, string>>
      readonly switches: ReadonlySet<string>
      /** Words that are no flags, in their order. */
      readonly operands: readonly string[]
    }
  | { readonly ok: false; readonly message: string }

/** `operands`: words that are no flags have a place too; else the first one is wrong. */
export function readFlags(args: readonly string[], kinds: FlagKinds, takes?: 'operands'): FlagsRead {
  const options = Object.fromEntries(
    Object.entries(kinds).map(([name, kind]) => [
      name,
      { type: kind === 'text' ? ('string' as const) : ('boolean' as const) },
    ]),
  )
  const { tokens } = parseArgs({ args: [...args], options, strict: false, tokens: true })
  const texts: Record<string, string> = {}
  const switches = new Set<string>()
  const operands: string[] = []
  for (const token of tokens) {
    if (token.kind === 'positional') operands.push(token.value)
    if (token.kind !== 'option') continue
    const name = token.rawName === '-h' ? 'help' : token.name
    const problem = problemOf(token.rawName, name, token.value, kinds)
    if (problem !== undefined) return wrong(problem)
    if (kinds[name] === 'switch') switches.add(name)
    else texts[name] = token.value ?? ''
  }
  const [strange] = operands
  if (strange !== undefined && takes === undefined) return wrong(`there is no place for "${strange}"`)
  return { ok: true, texts, switches, operands }
}

function problemOf(
  typed: string,
  name: string,
  value: string | undefined,
  kinds: FlagKinds,
): string | undefined {
  if (!Object.hasOwn(kinds, name)) return `do not know ${typed}${hint(name, kinds)}`
  if (kinds[name] === 'switch') return value === undefined ? undefined : `${typed} takes no value`
  return value === undefined || value === '' ? `${typed} needs a value` : undefined
}

function hint(name: string, kinds: FlagKinds): string {
  const near = nearest(name, Object.keys(kinds))
  return near === undefined ? '' : ` (did you mean --${near}?)`
}

const wrong = (message: string): FlagsRead => ({ ok: false, message })
