/** Finds a command as a shell does: a word with a slash is a path, another is looked for on PATH. */
import { accessSync, constants, statSync } from 'node:fs'

type Env = Readonly<Record<string, string | undefined>>

export type Findable =
  | { readonly kind: 'program'; readonly path: string }
  | { readonly kind: 'missing' | 'not-executable'; readonly because: string }

export function findCommand(program: string, env: Env): Findable {
  const isPath = program.includes('/')
  const folders = (env['PATH'] ?? '/usr/bin:/bin').split(':')
  const paths = isPath ? [program] : folders.map((folder) => `${folder || '.'}/${program}`)
  const path = paths.find((each) => kindOf(each) === 'file' && isExecutable(each))
  if (path !== undefined) return { kind: 'program', path: isPath ? program : path }
  const plain = paths.find((each) => kindOf(each) === 'file')
  if (plain !== undefined)
    return { kind: 'not-executable', because: `${plain} is not executable (chmod +x?)` }
  if (isPath && kindOf(program) === 'folder')
    return { kind: 'not-executable', because: `${program} is a folder` }
  return { kind: 'missing', because: `there is no program ${program}${isPath ? '' : ' on PATH'}` }
}

function kindOf(path: string): 'file' | 'folder' | undefined {
  try {
    const found = statSync(path, { throwIfNoEntry: false })
    return found?.isFile() ? 'file' : found?.isDirectory() ? 'folder' : undefined
  } catch {
    // A folder that we may not look into.
    return undefined
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
