/** Tells what was shortened without loss back, by what the notes say alone: the proof that nothing is missing. */

/** `[the 3 lines above, 2 more times]` */
export function undoRepeats(lines: readonly string[]): string[] {
  const out: string[] = []
  for (const line of lines) {
    const found = /^\[the (?:line|(\d+) lines) above, (\d+) more times?\]$/.exec(line)
    if (!found) {
      out.push(line)
      continue
    }
    const block = out.slice(-Number(found[1] ?? 1))
    for (let times = Number(found[2]); times > 0; times -= 1) out.push(...block)
  }
  return out
}

/** `[12 lines as above, from "…"]` */
export function undoReferences(lines: readonly string[]): string[] {
  const out: string[] = []
  for (const line of lines) {
    const found = /^\[(\d+) lines as above, from "(.*)"\]$/s.exec(line)
    const start = found ? out.findIndex((each) => each.startsWith(found[2] ?? '')) : -1
    if (!found || start === -1) out.push(line)
    else out.push(...out.slice(start, start + Number(found[1])))
  }
  return out
}

type Value = null | boolean | number | string | Value[] | { [name: string]: Value }

/** Tables become lists of objects again, `a.b` an object in an object, documents in strings documents in strings. */
export function undoTables(value: Value): Value {
  if (typeof value === 'string') return /^\s*[[{]/.test(value) ? undoInside(value) : value
  if (Array.isArray(value)) return value.map(undoTables)
  if (value === null || typeof value !== 'object') return value
  const { columns, absent, rows, same, made } = value
  if (!Array.isArray(columns) || !Array.isArray(rows))
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, undoTables(each)]))
  return rows.map((row) => {
    const cells = (row as Value[]).map((cell, index) => [String(columns[index]), cell] as const)
    const object: { [name: string]: Value } = {}
    putSame(object, [], same ?? {})
    const templates: { readonly [name: string]: Value } =
      made !== null && typeof made === 'object' && !Array.isArray(made) ? made : {}
    for (const [name, cell] of cells)
      if (!(absent !== undefined && cell === absent) && !Object.hasOwn(templates, name))
        putCell(object, name, cell, templates)
    for (const [name, template] of Object.entries(templates))
      if (!name.includes('[].')) put(object, stepsOf(name), filled(template, cells))
    return object
  })
}

/** `a.b[0]['c.d']` as `a`, `b`, `[0]`, `c.d`. */
const stepsOf = (name: string): string[] =>
  (name.match(/\['[^']*'\]|[^.[\]]+|\[\d+\]/g) ?? [name]).map((step) => step.replace(/^\['(.*)'\]$/, '$1'))

/** What all rows have alike: names in names are one path. */
function putSame(object: { [name: string]: Value }, above: string[], value: Value): void {
  if (
    value === null ||
    typeof value !== 'object' ||
    Array.isArray(value) ||
    Object.keys(value).length === 0
  ) {
    if (above.length > 0) put(object, above, structuredClone(value))
    return
  }
  for (const [name, each] of Object.entries(value)) putSame(object, [...above, ...stepsOf(name)], each)
}

/** `labels[id,name]`: its cells are lists of values, named there. */
function putCell(
  object: { [name: string]: Value },
  name: string,
  cell: Value,
  templates: { readonly [name: string]: Value },
): void {
  const [, list, inside] = /^(.*)\[([A-Za-z_][^\]]*)\]$/.exec(name) ?? []
  const names = inside?.split(',')
  if (list === undefined || names === undefined) {
    put(object, stepsOf(name), undoTables(cell))
    return
  }
  const objects = (cell as Value[]).map((values) =>
    Object.fromEntries(
      names.map((each, at) => {
        const value = (values as Value[])[at] ?? null
        const [own, template] = [`${list}[].${each}`, templates[`${list}[].${each}`]]
        return [each, template === undefined ? undoTables(value) : filled(template, [[own, value]])]
      }),
    ),
  )
  put(object, stepsOf(list), objects)
}

/** `{name}` is the cell of that column in the same row. */
function filled(template: Value, cells: readonly (readonly [string, Value])[]): string {
  const found = cells.map(([name, cell]) => ({
    cell,
    at: String(template).indexOf(`{${name}}`),
    mark: `{${name}}`,
  }))
  const { at, mark, cell } = found.find((each) => each.at >= 0) ?? { at: 0, mark: '', cell: '' }
  return String(template).slice(0, at) + String(cell) + String(template).slice(at + mark.length)
}

/** A text without a table in it is what it was. */
function undoInside(text: string): string {
  if (!text.includes('"columns":')) return text
  try {
    return JSON.stringify(undoTables(JSON.parse(text)))
  } catch {
    return text
  }
}

type Holder = { [name: string]: Value } | Value[]

function put(object: Holder, [step = '', ...rest]: string[], value: Value): void {
  const key = step.replace(/^\[(\d+)\]$/, '$1')
  const known = (object as { [name: string]: Value })[key]
  const inner = known ?? (rest[0]?.startsWith('[') ? [] : {})
  const next = rest.length === 0 ? value : inner
  ;(object as { [name: string]: Value })[key] = next
  if (rest.length > 0 && inner !== null && typeof inner === 'object') put(inner, rest, value)
}
