/** Reads a filter that somebody wrote; whatever is wrong is said with its place. */
import type { Example } from '../filters/filter.ts'
import { PatternError } from '../filters/text/linear-syntax.ts'
import { asNumber, asText, isObject, type Json, type JsonObject } from '../wire/json.ts'
import { type OwnFilterSpec, ownFilter } from './own-filter.ts'

class SpecError extends Error {}

const keys = {
  filter: ['name', 'match', 'drop', 'keep', 'fold', 'group', 'limit', 'tests'],
  match: ['program', 'args', 'output'],
  drop: ['pattern', 'what'],
  limit: ['head', 'tail'],
  test: ['name', 'command', 'output', 'becomes', 'failed'],
} as const

/** A text says what is wrong with it, and where. `name` is what it is called where it has no name of its own. */
export function readOwnFilter(value: Json | undefined, name: string): OwnFilterSpec | string {
  try {
    const spec = specFrom(objectAt(value, 'the file', keys.filter), name)
    ownFilter(spec)
    return spec
  } catch (error) {
    if (error instanceof SpecError || error instanceof PatternError) return error.message
    throw error
  }
}

function specFrom(said: JsonObject, name: string): OwnFilterSpec {
  const match = objectAt(said['match'], 'match', keys.match)
  const programs = textsAt(match['program'], 'match.program')
  const tests = listAt(said['tests'], 'tests').map(testFrom)
  if (programs.length === 0) throw new SpecError('match.program: which command is it for?')
  if (tests.length === 0)
    throw new SpecError('tests: a filter needs at least one, so that it is known to work')
  const limit = said['limit'] === undefined ? undefined : objectAt(said['limit'], 'limit', keys.limit)
  const spec: OwnFilterSpec = {
    name: said['name'] === undefined ? name : textAt(said['name'], 'name'),
    match: {
      programs,
      ...patternField('args', match['args'], 'match.args'),
      ...patternField('output', match['output'], 'match.output'),
    },
    drop: listAt(said['drop'], 'drop').map(dropFrom),
    keep: patternsAt(said['keep'], 'keep'),
    fold: patternsAt(said['fold'], 'fold'),
    ...patternField('group', said['group'], 'group'),
    ...(limit && {
      limit: { head: countAt(limit['head'], 'limit.head'), tail: countAt(limit['tail'], 'limit.tail') },
    }),
    tests,
  }
  const does = spec.drop.length + spec.keep.length + spec.fold.length
  if (does === 0 && spec.group === undefined && !spec.limit)
    throw new SpecError('it does nothing: there is no drop, keep, fold, group or limit')
  return spec
}

function testFrom(value: Json, index: number): Example {
  const at = `tests[${index}]`
  const said = objectAt(value, at, keys.test)
  return {
    name: said['name'] === undefined ? `${index + 1}` : textAt(said['name'], `${at}.name`),
    commandLine: textAt(said['command'], `${at}.command`),
    output: textAt(said['output'], `${at}.output`),
    becomes: textAt(said['becomes'], `${at}.becomes`),
    failed: said['failed'] === true,
  }
}

function dropFrom(value: Json, index: number): OwnFilterSpec['drop'][number] {
  const at = `drop[${index}]`
  if (typeof value === 'string') return { pattern: patternAt(value, at), what: 'noise' }
  const said = objectAt(value, at, keys.drop)
  return {
    pattern: patternAt(said['pattern'], `${at}.pattern`),
    what: said['what'] === undefined ? 'noise' : textAt(said['what'], `${at}.what`).slice(0, 60),
  }
}

function objectAt(value: Json | undefined, at: string, known: readonly string[]): JsonObject {
  if (!isObject(value)) throw new SpecError(`${at}: ${value === undefined ? 'is missing' : 'is no table'}`)
  const strange = Object.keys(value).find((key) => !known.includes(key))
  if (strange !== undefined)
    throw new SpecError(`${at}: does not know "${strange}"; there are ${known.join(', ')}`)
  return value
}

function listAt(value: Json | undefined, at: string): readonly Json[] {
  if (value === undefined) return []
  if (!Array.isArray(value)) throw new SpecError(`${at}: is no list`)
  return value
}

function textAt(value: Json | undefined, at: string): string {
  const text = asText(value)
  if (text === undefined) throw new SpecError(`${at}: ${value === undefined ? 'is missing' : 'is no text'}`)
  return text
}

const textsAt = (value: Json | undefined, at: string): readonly string[] =>
  typeof value === 'string'
    ? [value]
    : listAt(value, at).map((each, index) => textAt(each, `${at}[${index}]`))

function countAt(value: Json | undefined, at: string): number {
  const count = value === undefined ? 0 : asNumber(value)
  if (count === undefined || !Number.isInteger(count) || count < 0)
    throw new SpecError(`${at}: is no count of lines`)
  return count
}

/** One that is understood. */
function patternAt(value: Json | undefined, at: string): string {
  const pattern = textAt(value, at)
  try {
    ownFilter({ ...empty, keep: [pattern] })
    return pattern
  } catch (error) {
    throw new SpecError(`${at}: ${error instanceof Error ? error.message : String(error)}`)
  }
}

const empty: OwnFilterSpec = { name: '', match: { programs: [] }, drop: [], keep: [], fold: [], tests: [] }

const patternsAt = (value: Json | undefined, at: string): readonly string[] =>
  textsAt(value, at).map((pattern, index) => patternAt(pattern, `${at}[${index}]`))

function patternField<Name extends string>(
  name: Name,
  value: Json | undefined,
  at: string,
): Partial<Record<Name, string>> {
  const made: Partial<Record<Name, string>> = {}
  if (value !== undefined) made[name] = patternAt(value, at)
  return made
}
