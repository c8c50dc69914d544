/** What all rows have alike, told once: paths that begin alike share their beginning. Lossless. */
import { isObject, type Json, type JsonObject } from '../wire/json.ts'
import { type Column, isPlainName } from './json-columns.ts'

/** `a.b[0]['c.d']` as `a`, `b[0]`, `['c.d']`. */
const stepsOf = (name: string): readonly string[] =>
  name.match(/(?:\['[^']*'\]|[^.[\]]+)(?:\[\d+\])*/g) ?? [name]

interface Branch {
  readonly inner: Map<string, Branch>
  leaf?: Json
}

const newBranch = (): Branch => ({ inner: new Map() })

function grow(root: Branch, { name, cells: [leaf] }: Column): void {
  let branch = root
  for (const step of stepsOf(name)) {
    const next = branch.inner.get(step) ?? newBranch()
    branch.inner.set(step, next)
    branch = next
  }
  if (leaf !== undefined) branch.leaf = leaf
}

/** A path with nothing beside it stays one name. */
function entryOf(step: string, branch: Branch): readonly [string, Json] {
  if (branch.leaf !== undefined) return [step, branch.leaf]
  const [only, ...others] = branch.inner
  if (only === undefined || others.length > 0) return [step, objectOf(branch)]
  return entryOf(step + (only[0].startsWith('[') ? '' : '.') + only[0], only[1])
}

const objectOf = ({ inner }: Branch): JsonObject =>
  Object.fromEntries([...inner].map(([step, branch]) => entryOf(step, branch)))

export function toldOnce(columns: readonly Column[]): JsonObject {
  const root = newBranch()
  for (const column of columns) grow(root, column)
  return objectOf(root)
}

/** Every name in it would be read as itself, not as a path. */
export const isTellableOnce = (value: Json | undefined): boolean =>
  !isObject(value) ||
  Object.entries(value).every(([name, inner]) => isPlainName(name) && isTellableOnce(inner))
