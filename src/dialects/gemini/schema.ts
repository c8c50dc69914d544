/** Schemas of tools and of output: Gemini's OpenAPI subset to JSON Schema, and JSON Schema to what a target accepts. */
import { asList, asText, isObject, type Json, type JsonObject } from '../../wire/json.ts'
import { looseNumber, pick } from './wire.ts'

const countFields: readonly (readonly [string, string])[] = [
  ['minItems', 'min_items'],
  ['maxItems', 'max_items'],
  ['minLength', 'min_length'],
  ['maxLength', 'max_length'],
  ['minProperties', 'min_properties'],
  ['maxProperties', 'max_properties'],
]
/** Fields of Gemini's Schema that read differently, or not at all, in JSON Schema. */
const rewritten = new Set([
  ...countFields.flat(),
  'type',
  'nullable',
  'format',
  'properties',
  'items',
  'anyOf',
  'any_of',
  'propertyOrdering',
  'property_ordering',
  'example',
])

/** Gemini's Schema (`type: "STRING"`, `nullable`, counts as text) as JSON Schema. JSON Schema passes unchanged. */
export function fromGeminiSchema(schema: Json): Json {
  if (!isObject(schema)) return schema
  const type = jsonType(schema)
  const format = asText(schema['format'])
  const anyOf = pick(schema, 'anyOf', 'any_of')
  const { properties, items, example } = schema
  return {
    ...(type !== undefined && { type }),
    ...Object.fromEntries(Object.entries(schema).filter(([key]) => !rewritten.has(key))),
    ...(format !== undefined && format !== 'enum' && { format }),
    ...(isObject(properties) && { properties: mapValues(properties, fromGeminiSchema) }),
    ...(items !== undefined && { items: fromGeminiSchema(items) }),
    ...(Array.isArray(anyOf) && { anyOf: anyOf.map(fromGeminiSchema) }),
    ...(example !== undefined && { examples: [example] }),
    ...counts(schema),
  }
}

function jsonType(schema: JsonObject): Json | undefined {
  const { type, nullable } = schema
  const plain = typeof type === 'string' ? lowerType(type) : type
  if (nullable !== true || typeof plain !== 'string' || plain === 'null') return plain
  return [plain, 'null']
}

/** Only Gemini's own upper-case words are lowered. */
const lowerType = (type: string): string | undefined =>
  type === 'TYPE_UNSPECIFIED' ? undefined : /^[A-Z]+$/.test(type) ? type.toLowerCase() : type

function counts(schema: JsonObject): JsonObject {
  const found: Record<string, Json> = {}
  for (const [camel, snake] of countFields) {
    const value = looseNumber(pick(schema, camel, snake))
    if (value !== undefined) found[camel] = value
  }
  return found
}

/** A tool's schema describes an object, also when the client left that out (CONTRACT 58). */
export function completeSchema(schema: Json): JsonObject {
  if (!isObject(schema)) return { type: 'object', properties: {} }
  if (schema['type'] !== undefined || schema['$ref'] !== undefined) return schema
  if (schema['anyOf'] ?? schema['oneOf'] ?? schema['allOf']) return schema
  return { type: 'object', ...schema, ...(schema['properties'] === undefined && { properties: {} }) }
}

export interface Trimmed {
  readonly schema: Json
  /** A keyword that says something was left out. */
  readonly lossy: boolean
}

/** Keywords whose absence changes nothing. */
const silent = new Set(['$schema', '$id', '$comment', 'title', 'examples'])
const mapKeywords = new Set(['properties', 'patternProperties', '$defs', 'definitions', 'dependentSchemas'])
const schemaKeywords = new Set([
  ...['items', 'additionalProperties', 'not', 'if', 'then', 'else', 'contains', 'propertyNames'],
  ...['anyOf', 'oneOf', 'allOf', 'prefixItems', 'unevaluatedProperties', 'unevaluatedItems'],
])
/** Inlining stops here: schemas that refer to themselves would never end. */
const inlineDepth = 6

/**
 * The schema without the keywords in `refuses`. What has another way to say it is said so: `const` as an `enum` of one,
 * `$ref` as the schema it means. The same object comes back when there is nothing to refuse.
 */
export function trimSchema(schema: Json, refuses: readonly string[]): Trimmed {
  if (refuses.length === 0 || !isObject(schema)) return { schema, lossy: false }
  const trimmer = new Trimmer(schema, new Set(refuses))
  return { schema: trimmer.trim(schema, 0), lossy: trimmer.lossy }
}

class Trimmer {
  readonly #root: JsonObject
  readonly #refuses: ReadonlySet<string>
  lossy = false

  constructor(root: JsonObject, refuses: ReadonlySet<string>) {
    this.#root = root
    this.#refuses = refuses
  }

  trim(schema: Json, depth: number): Json {
    if (Array.isArray(schema)) return schema.map((one) => this.trim(one, depth))
    if (!isObject(schema)) return schema
    const reference = asText(schema['$ref'])
    if (reference !== undefined && this.#refuses.has('$ref')) return this.#inline(schema, reference, depth)
    let changed = false
    const kept: Record<string, Json> = {}
    for (const key in schema) {
      const value = schema[key]
      if (value === undefined) continue
      if (this.#refuses.has(key)) {
        changed = true
        if (key === 'const') kept['enum'] = [value]
        else this.#drop(key)
        continue
      }
      const child = typeof value === 'object' ? this.#child(key, value, depth) : value
      changed ||= child !== value
      kept[key] = child
    }
    return changed ? kept : schema
  }

  #child(key: string, value: Json, depth: number): Json {
    if (mapKeywords.has(key) && isObject(value)) return mapValues(value, (one) => this.trim(one, depth))
    return schemaKeywords.has(key) ? this.trim(value, depth) : value
  }

  #drop(key: string): void {
    const inlined = (key === '$defs' || key === 'definitions') && this.#refuses.has('$ref')
    if (!silent.has(key) && !inlined) this.lossy = true
  }

  #inline(schema: JsonObject, reference: string, depth: number): Json {
    const meant = reference.startsWith('#/') ? follow(this.#root, reference) : undefined
    if (meant === undefined || depth >= inlineDepth) {
      this.lossy = true
      return {}
    }
    const { $ref: _, ...beside } = schema
    const inlined = this.trim(meant, depth + 1)
    return isObject(inlined) ? { ...inlined, ...asTrimmed(this.trim(beside, depth)) } : inlined
  }
}

const asTrimmed = (value: Json): JsonObject => (isObject(value) ? value : {})

function follow(root: JsonObject, reference: string): Json | undefined {
  let at: Json | undefined = root
  for (const step of reference.slice(2).split('/')) {
    const key = step.replaceAll('~1', '/').replaceAll('~0', '~')
    at = Array.isArray(at) ? asList(at)[Number(key)] : isObject(at) ? at[key] : undefined
  }
  return at
}

function mapValues(object: JsonObject, change: (value: Json) => Json): JsonObject {
  const changed: Record<string, Json> = {}
  for (const [key, value] of Object.entries(object)) if (value !== undefined) changed[key] = change(value)
  return changed
}
