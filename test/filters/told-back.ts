/** What the lossless readings made of an output, told back: the proof that nothing was lost. */

/** The words of one line of ours: plain, or quoted. */
function wordsOf(line: string): string[] {
  return (line.match(/"(?:[^"\\]|\\.)*"|\S+/g) ?? []).map((found) => {
    if (!found.startsWith('"')) return found
    const told: unknown = JSON.parse(found)
    return typeof told === 'string' ? told : found
  })
}

/** The paths again: the same ones, each folder's next to each other. */
export function fromFolders(lines: readonly string[]): string[] {
  const paths: string[] = []
  let folder = ''
  for (const [at, line] of lines.entries()) {
    if (line.startsWith('  ')) paths.push(...wordsOf(line).map((name) => folder + name))
    else if (lines[at + 1]?.startsWith('  ') === true) folder = line
    else paths.push(line)
  }
  return paths
}

/** The paths again. */
export function unbraced(entries: readonly string[]): string[] {
  return entries.flatMap((entry) => {
    const open = entry.indexOf('/{')
    if (open < 0 || !entry.endsWith('}')) return [entry]
    const folder = entry.slice(0, open + 1)
    return entry
      .slice(open + 2, -1)
      .split(',')
      .map((name) => folder + name)
  })
}

/** What was drawn, row by row: how deep, and what. `gap`: what stands between leaves that share a line. */
export function fromIndented(lines: readonly string[], gap: string): { depth: number; said: string }[] {
  return lines.flatMap((line) => {
    const depth = line.search(/[^ ]|$/)
    const said = line.slice(depth)
    const words = depth > 0 ? said.split(gap) : [said]
    return words.map((word) => ({ depth, said: word }))
  })
}

/** The rows again, each folder's next to each other. */
export function fromSized(lines: readonly string[]): string[] {
  let folder = ''
  return lines.flatMap((line, at) => {
    if (line.startsWith('  '))
      return line
        .trim()
        .split('  ')
        .map((row) => row.replace(' ', `\t${folder}`))
    if (lines[at + 1]?.startsWith('  ') !== true) return [line]
    folder = line
    return []
  })
}

const isHit = (line: string | undefined): boolean => line !== undefined && /^(?:\d+[:-]|:)/.test(line)

/** Search hits again, in their order. */
export function fromHeadings(lines: readonly string[]): string[] {
  const hasContext = lines.some((line) => /^\d+-/.test(line) || line === '--')
  const out: string[] = []
  let path: string | undefined
  let folder = ''
  for (const [at, line] of lines.entries()) {
    const next = lines[at + 1]
    const whole = line.startsWith(' ') ? folder + line.slice(1) : line
    if (isHit(line)) out.push(`${path}${line.startsWith(':') ? '' : /^\d+-/.test(line) ? '-' : ':'}${line}`)
    else if (!line.startsWith(' ') && next?.startsWith(' ') === true) folder = line
    else if (line !== '--' && isHit(next)) {
      if (hasContext && path !== undefined && isHit(lines[at - 1])) out.push('--')
      path = whole
    } else out.push(whole)
  }
  return out
}

interface Change {
  readonly path: string
  readonly sign: string
  readonly text: string
  /** In the old file where it is gone, in the new one where it came. */
  readonly line: number
}

/** What a diff changes, where its headers say it does. */
export function changesOf(diff: readonly string[]): readonly Change[] {
  const changes: Change[] = []
  let path = ''
  const old = { line: 0, left: 0 }
  const now = { line: 0, left: 0 }
  const pass = (side: { line: number; left: number }) => {
    side.left -= 1
    side.line += 1
    return side.line - 1
  }
  for (const line of diff) {
    const header = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/.exec(line)
    const isOutside = old.left <= 0 && now.left <= 0
    if (header && isOutside) {
      old.left = Number(header[2] ?? 1)
      now.left = Number(header[4] ?? 1)
      old.line = Number(header[1]) + (old.left === 0 ? 1 : 0)
      now.line = Number(header[3]) + (now.left === 0 ? 1 : 0)
    } else if (isOutside) path = line.startsWith('+++ ') ? line.slice(4) : path
    else if (line.startsWith('-')) changes.push({ path, sign: '-', text: line.slice(1), line: pass(old) })
    else if (line.startsWith('+')) changes.push({ path, sign: '+', text: line.slice(1), line: pass(now) })
    else if (!line.startsWith('\\')) {
      pass(old)
      pass(now)
    }
  }
  return changes
}

const hints: Readonly<Record<string, readonly string[]>> = {
  'Changes to be committed:': ['  (use "git restore --staged <file>..." to unstage)'],
  'Changes not staged for commit:': [
    '  (use "git add/rm <file>..." to update what will be committed)',
    '  (use "git restore <file>..." to discard changes in working directory)',
  ],
  'Untracked files:': ['  (use "git add <file>..." to include in what will be committed)'],
}

/** A status again, as git prints it: states in their column, hints and blank lines where git puts them. */
export function fromStatus(lines: readonly string[]): readonly string[] {
  return lines.flatMap((line) => {
    if (/^Your branch is ahead/.test(line)) return [line, '  (use "git push" to publish your local commits)']
    if (line in hints) return ['', line, ...(hints[line] ?? [])]
    if (line.startsWith('no changes')) return ['', `${line} (use "git add" and/or "git commit -a")`]
    const [, state = '', paths = ''] = /^\t((?:[a-z ]+:(?= ))?) ?(.*)$/.exec(line) ?? []
    if (!line.startsWith('\t')) return [line]
    return unbraced([paths]).map((path) => `\t${state === '' ? '' : state.padEnd(12)}${path}`)
  })
}

/** Lines with their start again: `heading` recognizes what stands above them, `whole` puts both together. */
export function fromStarts(
  lines: readonly string[],
  heading: RegExp,
  whole: (heading: string, said: string) => string | undefined,
): readonly string[] {
  let above: string | undefined
  return lines.flatMap((line, at) => {
    const next = lines[at + 1]
    if (heading.test(line) && next !== undefined && whole(line, next) !== undefined) {
      above = line
      return []
    }
    return [(above === undefined ? undefined : whole(above, line)) ?? line]
  })
}

/** The cells of a table again, header first. */
export function fromTable(lines: readonly string[]): readonly (readonly string[])[] {
  const [first = '', ...rest] = lines
  const isShared = first.startsWith('every row: ')
  const shared = isShared
    ? first
        .slice('every row: '.length)
        .split(', ')
        .map((pair) => pair.split(' '))
    : []
  const body = isShared ? rest : lines
  const gap = body.some((line) => line.includes('  ')) ? '  ' : ' '
  return body.map((line, at) => {
    const cells = line.split(gap).map((cell) => (cell === '""' ? '' : cell))
    const told = shared.map(([name = '', cell = '']) => (at === 0 ? name : cell === '""' ? '' : cell))
    return [...told, ...cells]
  })
}

/** `apt list` again. */
export function fromAptList(lines: readonly string[]): readonly string[] {
  let key = ''
  return lines.flatMap((line) => {
    if (line.endsWith(':')) key = line.slice(0, -1)
    if (line.endsWith(':')) return []
    if (!line.startsWith('  ')) return [line]
    const [, archive = '', architecture = '', state = ''] = /^(\S+) (\S+)(.*)$/.exec(key) ?? []
    return line
      .trim()
      .split(', ')
      .map((each) => each.split(' '))
      .map(([name = '', version = '']) => `${name}/${archive} ${version} ${architecture}${state}`)
  })
}
