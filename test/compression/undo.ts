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
  const { columns, absent, rows, same } = value
  if (!Array.isArray(columns) || !Array.isArray(rows))
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, undoTables(each)]))
  return rows.map((row) => {
    const object: { [name: string]: Value } = {}
    for (const [name, each] of Object.entries(same ?? {})) put(object, name.split('.'), each)
    for (const [index, cell] of (row as Value[]).entries())
      if (absent === undefined || cell !== absent)
        put(object, String(columns[index]).split('.'), undoTables(cell))
    return object
  })
}

function undoInside(text: string): string {
  try {
    return JSON.stringify(undoTables(JSON.parse(text)))
  } catch {
    return text
  }
}

function put(object: { [name: string]: Value }, [name = '', ...rest]: string[], value: Value): void {
  if (rest.length === 0) {
    object[name] = value
    return
  }
  const inner = object[name] ?? {}
  object[name] = inner
  if (inner !== null && typeof inner === 'object' && !Array.isArray(inner)) put(inner, rest, value)
}
