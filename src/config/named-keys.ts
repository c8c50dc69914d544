/** `state/keys.json`: clients' keys by name, as digests. Written by `clutch keys`, read with the configuration. */
import { z } from 'zod'
import { periods } from '../conversation/quota.ts'
import type { FileRead } from '../world/files.ts'
import { parseLocatedJson } from './located-json.ts'
import type { ConfigProblem } from './problem.ts'
import type { NamedKey } from './settings.ts'

const allowance = z.strictObject({
  unit: z.enum(['requests', 'tokens', 'dollars']),
  per: z.enum(periods),
  limit: z.number().min(0),
})

const namedKey = z.strictObject({
  name: z.string().regex(/^\w[\w.-]*$/),
  digest: z.string().regex(/^[0-9a-f]{64}$/),
  createdMs: z.number(),
  profile: z.string().optional(),
  allowances: z.array(allowance),
  whenSpent: z.enum(['refuse', 'next-target', 'cheaper-role']).optional(),
})

const keysFile = z.strictObject({ keys: z.array(namedKey) })

export interface StoredKey extends NamedKey {
  readonly createdMs: number
}

export type KeysRead = { readonly keys: readonly StoredKey[] } | { readonly problem: ConfigProblem }

export function readNamedKeys(file: string, read: FileRead): KeysRead {
  if (read.kind === 'missing') return { keys: [] }
  if (read.kind === 'unreadable') return { problem: { file, message: `cannot be read (${read.because})` } }
  const json = parseLocatedJson(read.text)
  if (!json.ok) return { problem: { file, ...json.position, message: json.message } }
  const checked = keysFile.safeParse(json.value)
  if (checked.success) return { keys: checked.data.keys.map(storedKey) }
  const [issue] = checked.error.issues
  const field = issue?.path.map(String).join('.') ?? ''
  const message = `is not what \`clutch keys\` writes (${issue?.message ?? 'unknown'})`
  return { problem: { file, field, message } }
}

export const writeNamedKeys = (keys: readonly StoredKey[]): string => `${JSON.stringify({ keys }, null, 2)}\n`

function storedKey({ profile, whenSpent, ...key }: z.infer<typeof namedKey>): StoredKey {
  return { ...key, ...(profile !== undefined && { profile }), ...(whenSpent && { whenSpent }) }
}
