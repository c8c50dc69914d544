/** A value that fits a JSON Schema, always the same one: arguments of tool calls and structured output. */
import { asList, asNumber, asObject, asText, isObject, type Json, type JsonObject } from '../wire/json.ts'

const deepest = 8

/** Required properties only, or all of them where none is required. Schemas that make no sense give `{}`. */
export function sampleOf(schema: Json): Json {
  return sample(schema, asObject(schema), 0)
}

function sample(schema: Json, root: JsonObject, depth: number): Json {
  if (!isObject(schema) || depth > deepest) return null
  if (schema['const'] !== undefined) return schema['const']
  if (schema['default'] !== undefined && schema['default'] !== null) return schema['default']
  const choice = asList(schema['enum'])[0] ?? asList(schema['examples'])[0]
  if (choice !== undefined) return choice
  const reference = asText(schema['$ref'])
  if (reference !== undefined) return sample(lookUp(reference, root), root, depth + 1)
  const variant = [...asList(schema['anyOf']), ...asList(schema['oneOf'])].find(
    (one) => typeOf(one) !== 'null',
  )
  if (variant !== undefined) return sample(variant, root, depth + 1)
  const merged = asList(schema['allOf']).reduce<JsonObject>((sum, one) => join(sum, asObject(one)), schema)
  return byType(merged, root, depth)
}

const join = (one: JsonObject, other: JsonObject): JsonObject => ({
  ...one,
  ...other,
  properties: { ...asObject(one['properties']), ...asObject(other['properties']) },
  required: [...asList(one['required']), ...asList(other['required'])],
})

function byType(schema: JsonObject, root: JsonObject, depth: number): Json {
  switch (typeOf(schema)) {
    case 'string':
      return sampleText(schema)
    case 'integer':
    case 'number':
      return sampleNumber(schema)
    case 'boolean':
      return false
    case 'null':
      return null
    case 'array': {
      const length = Math.min(asNumber(schema['minItems']) ?? 0, 16)
      return Array.from({ length }, () => sample(schema['items'] ?? {}, root, depth + 1))
    }
    default:
      return sampleObject(schema, root, depth)
  }
}

function sampleObject(schema: JsonObject, root: JsonObject, depth: number): JsonObject {
  const properties = asObject(schema['properties'])
  const required = asList(schema['required']).flatMap((name) => asText(name) ?? [])
  const names = required.length > 0 ? required : Object.keys(properties)
  return Object.fromEntries(names.map((name) => [name, sample(properties[name] ?? {}, root, depth + 1)]))
}

const formats: Readonly<Record<string, string>> = {
  'date-time': '2000-01-01T00:00:00Z',
  date: '2000-01-01',
  time: '00:00:00Z',
  uri: 'https://sandbox.invalid/',
  url: 'https://sandbox.invalid/',
  email: 'sandbox@sandbox.invalid',
  uuid: '00000000-0000-4000-8000-000000000000',
}

function sampleText(schema: JsonObject): string {
  const plain = formats[asText(schema['format']) ?? ''] ?? 'sandbox'
  const shortest = Math.min(asNumber(schema['minLength']) ?? 0, 1000)
  return plain.padEnd(shortest, '.').slice(0, asNumber(schema['maxLength']) ?? undefined)
}

function sampleNumber(schema: JsonObject): number {
  const above = asNumber(schema['exclusiveMinimum'])
  const least = asNumber(schema['minimum']) ?? (above === undefined ? undefined : above + 1)
  return least ?? Math.min(1, asNumber(schema['maximum']) ?? 1)
}

/** Lower-case, since Gemini writes `STRING`; the first that is not null of a list. */
export function typeOf(schema: Json): string {
  const fields = asObject(schema)
  const type = fields['type']
  const named =
    asText(type) ??
    asList(type)
      .flatMap((one) => asText(one) ?? [])
      .find((one) => one !== 'null')
  return named?.toLowerCase() ?? (fields['items'] === undefined ? 'object' : 'array')
}

/** `#/$defs/Name` and the like. */
function lookUp(reference: string, root: JsonObject): Json {
  const steps = reference
    .replace(/^#\/?/, '')
    .split('/')
    .filter((step) => step !== '')
  return steps.reduce<Json>(
    (at, step) => asObject(at)[step.replaceAll('~1', '/').replaceAll('~0', '~')] ?? {},
    root,
  )
}
