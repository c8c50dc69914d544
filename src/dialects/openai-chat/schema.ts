/** JSON Schemas of tools, fitted to a target (CONTRACT 58). */
import { isObject, type Json, type JsonObject } from '../../wire/json.ts'

export interface FittedSchema {
  readonly schema: Json
  /** The target refused a keyword. */
  readonly removed: boolean
}

/** `$schema` and refused keywords gone, `type` and `properties` present. A property of that name is no keyword. */
export function fitSchema(schema: Json, refused: readonly string[]): FittedSchema {
  if (refused.length === 0 && fits(schema)) return { schema, removed: false }
  const fitting = new Fitting(refused)
  const { $schema: _, ...fitted } = isObject(schema) ? fitting.object(schema) : {}
  const { type, properties } = fitted
  return {
    schema: {
      ...(type === undefined && { type: 'object' }),
      ...fitted,
      ...(!isObject(properties) && { properties: {} }),
    },
    removed: fitting.removed,
  }
}

/** As nearly every agent writes them: nothing is to be done. */
const fits = (schema: Json): boolean =>
  isObject(schema) && !('$schema' in schema) && schema['type'] !== undefined && isObject(schema['properties'])

/** Keywords whose value is a schema per name. */
const named = new Set(['properties', 'patternProperties', '$defs', 'definitions', 'dependentSchemas'])
/** Keywords whose value is a schema, or a list of them. */
const nested = new Set(
  `items prefixItems additionalItems additionalProperties unevaluatedItems unevaluatedProperties propertyNames
  contains not if then else anyOf oneOf allOf`.split(/\s+/),
)

class Fitting {
  readonly #refused: ReadonlySet<string>
  removed = false

  constructor(refused: readonly string[]) {
    this.#refused = new Set(refused)
  }

  object(schema: JsonObject): JsonObject {
    if (this.#refused.size === 0) return schema
    const kept: [string, Json | undefined][] = []
    for (const [keyword, value] of Object.entries(schema)) {
      if (this.#refused.has(keyword)) this.removed = true
      else kept.push([keyword, this.#value(keyword, value)])
    }
    return Object.fromEntries(kept)
  }

  #value(keyword: string, value: Json | undefined): Json | undefined {
    if (named.has(keyword) && isObject(value))
      return Object.fromEntries(Object.entries(value).map(([name, schema]) => [name, this.#schema(schema)]))
    return nested.has(keyword) ? this.#schema(value) : value
  }

  #schema(value: Json | undefined): Json | undefined {
    if (Array.isArray(value))
      return value.map((entry: Json) => (isObject(entry) ? this.object(entry) : entry))
    return isObject(value) ? this.object(value) : value
  }
}
