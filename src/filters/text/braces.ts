/** Short lists of paths as a shell would write them: `src/wire/{bytes.ts,spans.ts}`. Nothing is lost. */
import { splitPath } from './folders.ts'

/** Names that mean something inside braces, or would not survive being pasted. */
const unsafe = /[{},\s"'\\]/

/** One entry per folder, in order of first appearance. A path that cannot stand in braces stands alone. */
export function braced(paths: readonly string[]): string[] {
  const folders = new Map<string, string[]>()
  for (const path of paths) {
    const { folder, name } = splitPath(path)
    const key = folder === '' || unsafe.test(path) ? `alone ${path}` : folder
    const names = folders.get(key)
    if (names === undefined) folders.set(key, key === folder ? [name] : [path])
    else names.push(key === folder ? name : path)
  }
  return [...folders].flatMap(([key, names]) => {
    if (key.startsWith('alone ')) return names
    return names.length === 1 ? [key + names[0]] : [`${key}{${names.join(',')}}`]
  })
}
