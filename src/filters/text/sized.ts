/** Rows of a size and a path, told by folder: `4.0K bytes.ts  16K spans.ts` under `src/wire/`. Nothing is lost. */
import { inLines, splitPath } from './folders.ts'

interface Sized {
  readonly size: string
  readonly path: string
}

/** `4.0K<TAB>src/wire` of du, ` 120 src/main.ts` of wc. */
function sized(line: string): Sized | undefined {
  const found = line.length > 600 ? null : /^ *(\d[\d.,]*[KMGTP]?)(?:\t| (?=\S))(.*)$/.exec(line)
  return found ? { size: found[1] ?? '', path: found[2] ?? '' } : undefined
}

const units = 'KMGTP'

function bytesOf(size: string): number {
  const number = Number.parseFloat(size.replace(',', '.'))
  const unit = units.indexOf(size.slice(-1)) + 1
  return number * 1024 ** unit
}

/** In the order of their sizes: somebody sorted them. */
function isSorted(rows: readonly Sized[]): boolean {
  const sizes = rows.map(({ size }) => bytesOf(size))
  const goes = (isRight: (a: number, b: number) => boolean) =>
    sizes.every((size, at) => at === 0 || isRight(sizes[at - 1] ?? 0, size))
  return goes((a, b) => a <= b) || goes((a, b) => a >= b)
}

/** Undefined where the order is the point, or a name could not be told from two. */
export function sizedByFolder(lines: readonly string[]): string[] | undefined {
  const rows = lines.map(sized)
  const known = rows.flatMap((row) => row ?? [])
  const isUnsafe =
    known.some(({ path }) => /\s/.test(path)) ||
    lines.some((line, at) => rows[at] === undefined && /^\s/.test(line))
  if (isUnsafe || isSorted(known)) return undefined
  const folders = new Map<string, string[]>()
  const say = (key: string, said: string) => {
    const there = folders.get(key)
    if (there === undefined) folders.set(key, [said])
    else there.push(said)
  }
  for (const [at, row] of rows.entries()) {
    const { folder, name } = splitPath(row?.path ?? '')
    if (row === undefined || folder === '') say(`\t${at}`, (lines[at] ?? '').trimStart())
    else say(folder, `${row.size} ${name}`)
  }
  return [...folders].flatMap(([folder, said]) =>
    folder.startsWith('\t') ? said : [folder, ...inLines(said, '  ', '  ')],
  )
}
