/** Lists of changed files (`--name-only`, `--name-status`) below a commit: those of one folder in braces. Nothing is lost. */
import { append } from './append.ts'
import { braced } from './braces.ts'

const row = /^((?:[ACDMTUX]\t)?)([^\s{}]+)$/

interface Named {
  readonly state: string
  readonly path: string
}

function named(line: string): Named | undefined {
  const found = line.length > 400 ? null : row.exec(line)
  return found ? { state: found[1] ?? '', path: found[2] ?? '' } : undefined
}

function saidRun(run: readonly Named[]): string[] {
  const states = new Map<string, string[]>()
  for (const { state, path } of run) {
    const paths = states.get(state)
    if (paths === undefined) states.set(state, [path])
    else paths.push(path)
  }
  return [...states].flatMap(([state, paths]) => braced(paths).map((said) => state + said))
}

/** Other lines stay where they are. */
export function saidNames(lines: readonly string[]): readonly string[] {
  if (!lines.some((line) => named(line)?.path.includes('/'))) return lines
  const out: string[] = []
  let run: Named[] = []
  const flush = () => {
    if (run.length === 0) return
    append(out, saidRun(run))
    run = []
  }
  for (const line of lines) {
    const name = named(line)
    if (name !== undefined) run.push(name)
    else {
      flush()
      out.push(line)
    }
  }
  flush()
  return out
}
