/** Reads config.json: text to a checked value that knows its lines, or located problems. */
import { z } from 'zod'
import type { FileRead } from '../world/files.ts'
import { type JsonPath, parseLocatedJson } from './located-json.ts'
import { nearest } from './nearest.ts'
import type { ConfigProblem, Place } from './problem.ts'
import { type ConfigFile, configSchema } from './schema.ts'

export interface LoadedConfigFile {
  readonly path: string
  readonly exists: boolean
  readonly value: ConfigFile
  readonly place: (path: JsonPath) => Place
}

export type ConfigFileResult = LoadedConfigFile | readonly ConfigProblem[]

/** `required`: named with --config, so that its absence is a problem. */
export function readConfigFile(path: string, read: FileRead, required: boolean): ConfigFileResult {
  if (read.kind === 'unreadable') return [{ file: path, message: `cannot be read (${read.because})` }]
  if (read.kind === 'missing') {
    if (required) return [{ file: path, message: 'does not exist' }]
    return { path, exists: false, value: {}, place: () => ({ file: path }) }
  }
  const json = parseLocatedJson(read.text)
  if (!json.ok) return [{ file: path, ...json.position, message: json.message }]
  const place = (at: JsonPath): Place => ({
    file: path,
    ...(json.where(at) ?? json.where(at.slice(0, -1))),
    field: fieldName(at),
  })
  const checked = configSchema.safeParse(json.value)
  if (checked.success) return { path, exists: true, value: checked.data, place }
  return checked.error.issues.flatMap((issue) => problemsOf(issue, [], json.value, place))
}

const fieldName = (path: JsonPath): string => path.join('.')

type Issue = z.core.$ZodIssue

function problemsOf(
  issue: Issue,
  base: JsonPath,
  document: unknown,
  place: (path: JsonPath) => Place,
): readonly ConfigProblem[] {
  const path = [...base, ...issue.path.map((step) => (typeof step === 'number' ? step : String(step)))]
  if (issue.code === 'unrecognized_keys') {
    const valid = keysAt(configSchema, path)
    return issue.keys.map((key) => ({ ...place([...path, key]), ...unknownKey(key, valid) }))
  }
  if (issue.code === 'invalid_union') {
    const branch = issue.errors.toSorted((a, b) => depth(b) - depth(a))[0]
    if (branch && depth(branch) > 0) {
      return branch.flatMap((inner) => problemsOf(inner, path, document, place))
    }
  }
  return [{ ...place(path), ...expectation(issue, shown(valueAt(document, path), isSecret(path))) }]
}

/** How far into the value a branch of a union got before it failed: the deepest is what was meant. */
const depth = (issues: readonly Issue[]): number =>
  Math.max(0, ...issues.map(({ path, code }) => path.length + (code === 'unrecognized_keys' ? 1 : 0)))

function unknownKey(key: string, valid: readonly string[]): Pick<ConfigProblem, 'message' | 'nearest'> {
  const near = nearest(key, valid, 3)
  const message = near === undefined ? `unknown key; valid here: ${valid.join(', ')}` : 'unknown key'
  return { message, ...(near !== undefined && { nearest: near }) }
}

function expectation(issue: Issue, found: string): Pick<ConfigProblem, 'message' | 'nearest'> {
  if (issue.code !== 'invalid_value') return { message: `expected ${expected(issue)}, found ${found}` }
  const values = issue.values.map(String)
  const near = nearest(found.replaceAll('"', ''), values, 3)
  const message = `expected ${values.join(' or ')}, found ${found}`
  return { message, ...(near !== undefined && { nearest: near }) }
}

/** Places whose values are not repeated to anybody. */
const isSecret = (path: JsonPath): boolean =>
  path.some((step) => step === 'api_key' || step === 'client_keys' || step === 'headers')

function expected(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return typeNames[issue.expected] ?? issue.expected
    case 'too_small':
      return issue.origin === 'array' || issue.origin === 'string'
        ? 'at least one entry or character'
        : `a number from ${issue.minimum}`
    case 'too_big':
      return `a number up to ${issue.maximum}`
    case 'invalid_format':
      return issue.format === 'starts_with' ? 'a path that begins with /' : `a ${issue.format}`
    case 'invalid_union':
      return 'a model name or an object'
    case 'invalid_key':
      return `one of ${dialectNames}`
    default:
      return issue.message
  }
}

const dialectNames = 'anthropic, openai-chat, openai-responses, gemini'

const typeNames: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'an object',
  record: 'an object',
  array: 'a list',
  null: 'null',
}

function shown(value: unknown, secret: boolean): string {
  if (value === undefined) return 'nothing'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object' && value !== null) return 'an object'
  if (secret) return value === null ? 'null' : `a ${typeof value}`
  const text = JSON.stringify(value)
  return text.length > 60 ? `${text.slice(0, 57)}…` : text
}

function valueAt(document: unknown, path: JsonPath): unknown {
  let value = document
  for (const step of path) {
    if (typeof value !== 'object' || value === null) return undefined
    value = Object.entries(value).find(([key]) => key === String(step))?.[1]
  }
  return value
}

/** The keys that the object at `path` may have. */
function keysAt(schema: unknown, path: JsonPath): readonly string[] {
  if (schema instanceof z.ZodOptional) return keysAt(schema.unwrap(), path)
  if (schema instanceof z.ZodUnion) return schema.options.flatMap((option) => keysAt(option, path))
  const [step, ...rest] = path
  if (schema instanceof z.ZodObject) {
    if (step === undefined) return Object.keys(schema.shape)
    return keysAt(schema.shape[step], rest)
  }
  if (schema instanceof z.ZodRecord) return keysAt(schema.valueType, rest)
  if (schema instanceof z.ZodArray) return keysAt(schema.element, rest)
  return []
}
