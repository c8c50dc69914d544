/** Clients' keys: made from much chance, kept as a digest. */
import { createHash } from 'node:crypto'
import { newId } from './ids.ts'

/** 48 letters and digits of chance, with a beginning by which people and redactors know what it is. */
export const newClientKey = (): string => `clutch-sk-${newId()}${newId()}`

/** SHA-256 in hexadecimal digits: keys are too random to be guessed from it. */
export const digestOf = (key: string): string => createHash('sha256').update(key).digest('hex')
