/** What tools print in columns, told back from what the lossless readings left of it: padding follows from the longest. */
import { fromFolders, fromSized, unbraced } from './told-back.ts'

const widest = (words: readonly string[]): number => Math.max(0, ...words.map(({ length }) => length))

/** `git branch`, `git tag`; `indent`: what git puts before a name that is not marked. */
export const fromBranches = (lines: readonly string[], indent: string): readonly string[] =>
  fromFolders(lines).map((line) => (/^[*+] /.test(line) ? line : indent + line))

/** `git branch -vv` */
export function fromVerboseBranches(lines: readonly string[]): readonly string[] {
  const rows = lines.map((line) => /^(..)(\([^)]*\)|\S+) (.*)$/.exec(line) ?? [])
  const width = widest(rows.map(([, , name = '']) => name))
  return rows.map(([, mark = '', name = '', rest = '']) => `${mark}${name.padEnd(width)} ${rest}`)
}

interface StatRow {
  readonly path: string
  readonly count: string
  readonly rest: string
}

/** A table of changed files, and the modes of those that came and went. */
export function fromStat(lines: readonly string[]): readonly string[] {
  let folder = ''
  const read = lines.map((line, at): StatRow | string[] => {
    const [, gap = '', path = '', count = '', rest = ''] =
      /^( {1,2})(\S.*) \| (\d+|Bin)( .*)?$/.exec(line) ?? []
    if (path !== '') return { path: (gap === '  ' ? folder : '') + path, count, rest }
    const [, mode, paths = ''] = /^( (?:create|delete) mode \d{6} )(.*)$/.exec(line) ?? []
    if (mode !== undefined) return unbraced([paths]).map((each) => mode + each)
    folder = line.slice(1)
    return lines[at + 1]?.startsWith('  ') === true && line.endsWith('/') ? [] : [line]
  })
  const rows = read.flatMap((each) => (Array.isArray(each) ? [] : [each]))
  const [pathWidth, countWidth] = [
    widest(rows.map(({ path }) => path)),
    widest(rows.map(({ count }) => count)),
  ]
  return read.flatMap((each) =>
    Array.isArray(each)
      ? each
      : [` ${each.path.padEnd(pathWidth)} | ${each.count.padStart(countWidth)}${each.rest}`],
  )
}

/** `warning: in the working copy of …`, a line for each path. */
export const fromLineEnds = (lines: readonly string[]): readonly string[] =>
  lines.flatMap((line) => {
    const [, paths, what] =
      /^warning: in the working copy of ([^'].*?), ((?:LF|CRLF) will .*)$/.exec(line) ?? []
    if (paths === undefined) return [line]
    return unbraced(paths.split(' ')).map((path) => `warning: in the working copy of '${path}', ${what}`)
  })

/** A tree again as pnpm and yarn draw it, of names without blanks. */
export function redrawn(lines: readonly string[]): readonly string[] {
  const rows = lines.flatMap((line) => {
    const depth = line.search(/[^ ]|$/)
    return depth === 0
      ? [{ depth, said: line }]
      : line
          .trim()
          .split(' ')
          .map((said) => ({ depth, said }))
  })
  const goesOn = (at: number, depth: number): boolean => {
    const next = rows.slice(at + 1).find((row) => row.depth <= depth)
    return next?.depth === depth
  }
  return rows.map(({ depth, said }, at) => {
    if (depth === 0) return said
    const stems = Array.from({ length: depth - 1 }, (_, level) => (goesOn(at, level + 1) ? '│   ' : '    '))
    return `${stems.join('')}${goesOn(at, depth) ? '├──' : '└──'} ${said}`
  })
}

/** `kubectl describe`: labels that follow each other have one column for what they say, events one for each cell. */
export function fromDescription(lines: readonly string[]): readonly string[] {
  const events = lines.indexOf('Events:')
  const fields = events < 0 ? lines : lines.slice(0, events + 1)
  const cells = fields.map((line) => /^( *[\w .()/-]+?:) (\S.*)$/.exec(line))
  const told = fields.map((line, at) => {
    const found = cells[at]
    if (!found) return line
    let [first, last] = [at, at]
    while (cells[first - 1]) first -= 1
    while (cells[last + 1]) last += 1
    const width = widest(cells.slice(first, last + 1).map((each) => each?.[1] ?? ''))
    return `${(found[1] ?? '').padEnd(width)}  ${found[2]}`
  })
  const table = lines.slice(fields.length).map((line) => line.trimStart().split('  '))
  const widths = [0, 1, 2, 3].map((column) => widest(table.map((row) => row[column] ?? '')))
  return [
    ...told,
    ...table.map((row) => `  ${row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join('  ')}`),
  ]
}

const setting = /^( +(?:[-+~]|-\/\+)? ?)("?[\w.-]+"?) = (.*)$/

/** A plan: a line for each value that nobody knows yet, names of a block in a column. */
export function fromPlan(lines: readonly string[]): readonly string[] {
  const whole = lines.flatMap((line) => {
    const [, start, names = ''] = /^( +[+~] )(\S+(?:, \S+)*) = \(known after apply\)$/.exec(line) ?? []
    return start === undefined
      ? [line]
      : names.split(', ').map((name) => `${start}${name} = (known after apply)`)
  })
  let isQuoted = false
  const open: { indent: number; rows: number[] }[] = []
  const groups = new Map<number, { rows: number[] }>()
  for (const [at, line] of whole.entries()) {
    const wasQuoted: boolean = isQuoted
    isQuoted = wasQuoted ? !/^\s*EOT\b/.test(line) : line.endsWith('<<-EOT')
    const found = wasQuoted ? null : setting.exec(line)
    const indent = wasQuoted ? Number.POSITIVE_INFINITY : (found?.[1]?.length ?? line.search(/[^ ]|$/) + 2)
    while ((open.at(-1)?.indent ?? -1) > indent) open.pop()
    if (!found) continue
    if (open.at(-1)?.indent !== indent) open.push({ indent, rows: [] })
    const group = open.at(-1)
    group?.rows.push(at)
    if (group) groups.set(at, group)
  }
  const nameAt = (at: number): string => setting.exec(whole[at] ?? '')?.[2] ?? ''
  return whole.map((line, at) => {
    const [, start, name = '', value] = (groups.has(at) && setting.exec(line)) || []
    const width = widest((groups.get(at)?.rows ?? []).map(nameAt))
    return start === undefined ? line : `${start}${name.padEnd(width)} = ${value}`
  })
}

/** Rows of `gh` with their whole addresses. */
export function fromAddresses([first = '', ...rows]: readonly string[]): readonly string[] {
  if (first.startsWith('each row: ')) {
    const template = first.slice('each row: '.length)
    return rows.map((line) => {
      const cells = line.split('\t')
      return template.replaceAll('{}', () => cells.shift() ?? '')
    })
  }
  const start = `${first.slice('… is '.length)}/`
  return rows.map((line) => line.replace('…/', start))
}

/** `wc`, each folder's rows next to each other, counts right in their column. */
export function fromCounts(lines: readonly string[]): readonly string[] {
  const rows = fromSized(lines).map((line) => /^(\d+)[\t ](.*)$/.exec(line) ?? line)
  const width = widest(rows.map((row) => (typeof row === 'string' ? '' : (row[1] ?? ''))))
  return rows.map((row) => (typeof row === 'string' ? row : `${(row[1] ?? '').padStart(width)} ${row[2]}`))
}
