/** Unpredictable names for calls and replies. */
import { randomBytes } from 'node:crypto'

const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZabcdefghjkmnpqrstvwxyz'

const idLength = 24

let pool = ''
let at = 0

/** 24 letters and digits, made in bulk because fetching random bytes once costs as much as hundreds of ids. */
export function newId(): string {
  if (at === pool.length) {
    const letters = randomBytes(idLength * 256).map((byte) => alphabet.charCodeAt(byte % alphabet.length))
    pool = Buffer.from(letters).toString('latin1')
    at = 0
  }
  at += idLength
  return pool.slice(at - idLength, at)
}
