/** JSON Schemas as the Messages API takes them: an object at the top, without what the target refuses (CONTRACT 58). */
import { isObject, type Json, type JsonObject } from '../../wire/json.ts'

export interface FittedSchema {
  readonly schema: JsonObject
  /** Whether anything had to go. */
  readonly reduced: boolean
}

const refusedAtTop = ['anyOf', 'oneOf', 'allOf'] as const

/** A tool's schema: always of type object, never a choice at the top. */
export function fitToolSchema(schema: Json, refused: readonly string[] | undefined): FittedSchema {
  const top = isObject(schema) ? schema : {}
  const choices = refusedAtTop.filter((keyword) => top[keyword] !== undefined)
  const plain = choices.length > 0 ? without(top, choices) : top
  const complete = plain['type'] === 'object' && isObject(plain['properties']) ? plain : completed(plain)
  const { schema: fitted, reduced } = fitSchema(complete, refused)
  return { schema: fitted, reduced: reduced || choices.length > 0 }
}

const completed = (schema: JsonObject): JsonObject => ({
  ...schema,
  type: 'object',
  properties: isObject(schema['properties']) ? schema['properties'] : {},
})

/** Any schema, without the refused keywords. */
export function fitSchema(schema: Json, refused: readonly string[] | undefined): FittedSchema {
  const top = isObject(schema) ? schema : {}
  if (!refused || refused.length === 0) return { schema: top, reduced: false }
  const found = { any: false }
  const fitted = strip(top, new Set(refused), found)
  return { schema: isObject(fitted) ? fitted : {}, reduced: found.any }
}

/** Their keys are names chosen by the tool, not keywords. */
const holdsNames = new Set(['properties', '$defs', 'definitions', 'patternProperties', 'dependentSchemas'])
/** Their values are data, not schemas. */
const holdsData = new Set(['enum', 'const', 'default', 'examples', 'required'])

function strip(value: Json, refused: ReadonlySet<string>, found: { any: boolean }): Json {
  if (Array.isArray(value)) return value.map((entry) => strip(entry, refused, found))
  if (!isObject(value)) return value
  const kept: { [keyword: string]: Json } = {}
  for (const [keyword, inner] of Object.entries(value)) {
    if (inner === undefined) continue
    if (refused.has(keyword)) found.any = true
    else kept[keyword] = stripUnder(keyword, inner, refused, found)
  }
  return kept
}

function stripUnder(
  keyword: string,
  value: Json,
  refused: ReadonlySet<string>,
  found: { any: boolean },
): Json {
  if (holdsData.has(keyword)) return value
  if (!holdsNames.has(keyword) || !isObject(value)) return strip(value, refused, found)
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, inner]) =>
      inner === undefined ? [] : [[name, strip(inner, refused, found)]],
    ),
  )
}

function without(value: JsonObject, keys: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(value).filter(([key]) => !keys.includes(key)))
}
