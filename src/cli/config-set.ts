/** `clutch config set`: one value, in config.json or in `.env`; everything else in the file stays as it is. */
import { editDotEnv } from '../config/edit-dot-env.ts'
import { type Edited, editJson, pathOf } from '../config/edit-json.ts'
import { type Configuration, filesOf } from '../config/load.ts'
import { parseLocatedJson } from '../config/located-json.ts'
import { nearest } from '../config/nearest.ts'
import { rowsOf } from '../config/show.ts'
import { tryParseJson } from '../wire/json.ts'
import { readText } from '../world/files.ts'
import { configurationWith, problemText, write } from './config-change.ts'
import { exitCodes, type Io } from './io.ts'

export interface SetOrder {
  /** `limits.max_attempts`, or a variable: `BIG_MODEL`. */
  readonly name: string
  /** undefined: it is taken away, and the default counts again. */
  readonly value: string | undefined
  readonly flags: Readonly<Record<string, string>>
}

export function setInConfig(order: SetOrder, io: Io): number {
  return /^[A-Z][A-Z0-9_]+$/.test(order.name) ? setVariable(order, io) : setValue(order, io)
}

function setVariable({ name, value, flags }: SetOrder, io: Io): number {
  const file = filesOf({ ...io, flags }).dotEnvs[0] ?? ''
  const text = textIn(file, '', io)
  if (text === undefined) return exitCodes.brokenConfig
  const edited = editDotEnv(text, name, value)
  if (edited === undefined) return refuse(`this value cannot stand in ${file}`, io)
  const after = configurationWith(file, edited, flags, io)
  const before = configurationWith(file, text, flags, io)
  const known = before.ok ? before.settings.warnings : before.warnings
  const complaint = (after.ok ? after.settings.warnings : after.warnings).find(
    (warning) => warning.includes(name) && !known.includes(warning),
  )
  if (complaint !== undefined && value !== undefined) return refuse(complaint, io)
  return written(file, edited, { before, after }, io)
}

function setValue({ name, value, flags }: SetOrder, io: Io): number {
  const file = filesOf({ ...io, flags }).config
  const text = textIn(file, '{}\n', io)
  const path = pathOf(name)
  if (text === undefined) return exitCodes.brokenConfig
  if (!path) return refuse(`${name} is not a path; it looks like limits.max_attempts`, io)
  const json = parseLocatedJson(text)
  if (!json.ok)
    return refuse(
      `${file}:${json.position.line}:${json.position.column}: ${json.message}\n    try: clutch config edit`,
      io,
    )
  const before = configurationWith(file, text, flags, io)
  const candidates = candidatesFor(value).map((candidate) => editJson(text, path, candidate))
  const first = candidates[0]
  for (const edited of candidates) {
    const after = edited.ok ? configurationWith(file, edited.text, flags, io) : undefined
    if (edited.ok && after?.ok) return written(file, edited.text, { before, after }, io)
  }
  return refuseValue(first, file, flags, io)
}

/** As JSON if it is some, else as a text; a number may be meant as a text too. */
function candidatesFor(value: string | undefined): readonly (string | undefined)[] {
  if (value === undefined) return [undefined]
  const isJson = tryParseJson(value) !== undefined
  return [...(isJson ? [value.trim()] : []), JSON.stringify(value)]
}

function refuseValue(
  edited: Edited | undefined,
  file: string,
  flags: Readonly<Record<string, string>>,
  io: Io,
): number {
  if (!edited?.ok) return refuse(edited?.problem ?? 'nothing to write', io)
  const after = configurationWith(file, edited.text, flags, io)
  if (!after.ok) io.err(problemText(after))
  io.err('Nothing was written.\n')
  return exitCodes.brokenConfig
}

interface Change {
  readonly before: Configuration
  readonly after: Configuration
}

function written(file: string, text: string, { before, after }: Change, io: Io): number {
  if (!after.ok) {
    io.err(`${problemText(after)}Nothing was written.\n`)
    return exitCodes.brokenConfig
  }
  const code = write(file, text, io)
  if (code !== exitCodes.ok) return code
  const rows = rowsOf(after)
  const known = new Set(before.ok ? rowsOf(before).map(rowKey) : [])
  const changed = rows.filter((row) => !known.has(rowKey(row)))
  io.out(`Written to ${file}. A running gateway takes it by itself.\n`)
  for (const { path, value } of changed)
    io.out(`  ${path} = ${typeof value === 'object' ? value.join(', ') : value}\n`)
  if (changed.length === 0 && before.ok)
    io.out(
      '  It changes nothing that shows: another place may be heard before it. See: clutch config where\n',
    )
  return exitCodes.ok
}

const rowKey = ({ path, value }: ReturnType<typeof rowsOf>[number]): string => JSON.stringify([path, value])

function refuse(because: string, io: Io): number {
  io.err(`clutch config set: ${because}\nNothing was written.\n`)
  return exitCodes.brokenConfig
}

function textIn(file: string, empty: string, io: Io): string | undefined {
  const read = readText(file)
  if (read.kind === 'text') return read.text
  if (read.kind === 'missing') return empty
  io.err(`${file}: cannot be read (${read.because})\n`)
  return undefined
}

/** Where a value comes from; without a name, who is heard first. */
export function whereInConfig(
  name: string | undefined,
  configuration: Extract<Configuration, { ok: true }>,
  io: Io,
): number {
  const { files } = configuration
  if (name === undefined) {
    const missing = files.configExists ? '' : ' (does not exist)'
    const places = ['flags', 'the environment', ...files.dotEnvs, `${files.config}${missing}`, 'defaults']
    io.out(places.map((place, index) => `${index + 1}  ${place}\n`).join(''))
    return exitCodes.ok
  }
  const rows = rowsOf(configuration)
  const asked = plain(name)
  const found = rows.filter(({ path, source }) => plain(path).includes(asked) || source.includes(name))
  for (const { path, value, source } of found)
    io.out(`${path} = ${typeof value === 'object' ? value.join(', ') : value}\n    from ${source}\n`)
  if (found.length > 0) return exitCodes.ok
  const near = nearest(
    asked,
    rows.flatMap(({ path }) => [plain(path), lastStep(path)]),
  )
  const right = rows.find(({ path }) => plain(path) === near || lastStep(path) === near)?.path
  io.err(
    `clutch config where: nothing is named ${name}${right ? ` (did you mean ${right}?)` : ''}. See: clutch config show\n`,
  )
  return exitCodes.usage
}

/** `max_attempts` in the file is `maxAttempts` in what is shown. */
const plain = (path: string): string => path.replaceAll('_', '').toLowerCase()

const lastStep = (path: string): string => plain(path.slice(path.lastIndexOf('.') + 1))
