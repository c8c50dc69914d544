/** Disk, as far as configuration needs it: whole small files, and the `.env` format. */
import { readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'

export type FileRead =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'missing' }
  | { readonly kind: 'unreadable'; readonly because: string }

export type ReadFile = (path: string) => FileRead

/** Never throws. */
export function readText(path: string): FileRead {
  try {
    return { kind: 'text', text: readFileSync(path, 'utf8') }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error)
    return code === 'ENOENT' || code === 'ENOTDIR'
      ? { kind: 'missing' }
      : { kind: 'unreadable', because: code }
  }
}

/** The variables a `.env` text sets; of two lines for one name the last counts. */
export function parseDotEnv(text: string): Readonly<Record<string, string>> {
  const variables: Record<string, string> = {}
  for (const [name, value] of Object.entries(parseEnv(text))) if (value !== undefined) variables[name] = value
  return variables
}
