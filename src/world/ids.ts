/** Unpredictable names for calls and replies. */
import { randomBytes } from 'node:crypto'

const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZabcdefghjkmnpqrstvwxyz'

let pool = randomBytes(0)
let at = 0

/** 24 letters and digits; random bytes are fetched in bulk because one fetch costs as much as hundreds. */
export function newId(): string {
  if (at + 24 > pool.length) {
    pool = randomBytes(24 * 256)
    at = 0
  }
  let id = ''
  for (const end = at + 24; at < end; at++) id += alphabet[(pool[at] ?? 0) % alphabet.length]
  return id
}
