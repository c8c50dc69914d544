/** Changes one variable in the text of a `.env` file; comments, order and every other line stay. Pure. */
import { parseDotEnv } from '../world/files.ts'

/** undefined: this value cannot be written in such a file. `value` undefined: the variable's lines go. */
export function editDotEnv(text: string, name: string, value: string | undefined): string | undefined {
  const lines = text === '' ? [] : text.replace(/\n$/, '').split('\n')
  const isOurs = (line: string): boolean => new RegExp(`^\\s*(?:export\\s+)?${name}\\s*=`).test(line)
  const last = lines.findLastIndex(isOurs)
  const edited =
    value === undefined
      ? lines.filter((line) => !isOurs(line))
      : last < 0
        ? [...lines, `${name}=${written(value)}`]
        : lines.with(last, `${name}=${written(value)}`)
  const result = edited.length === 0 ? '' : `${edited.join('\n')}\n`
  return parseDotEnv(result)[name] === value ? result : undefined
}

const written = (value: string): string =>
  /^[\w./:@%+,=-]*$/.test(value) ? value : value.includes("'") ? `"${value}"` : `'${value}'`
