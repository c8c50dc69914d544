/** A word with the daemon by its admin API, at the addresses its lock names. */

import { stateFolderOf } from '../config/load.ts'
import { type Address, type Daemon, type LockRead, readLock } from '../lifecycle/lock.ts'
import { readOwnerToken } from '../server/owner-token.ts'
import { product } from '../server/version.ts'
import { asNumber, asObject, type JsonObject } from '../wire/json.ts'
import { askJson } from '../world/ask-json.ts'
import { urlOf } from './admin-client.ts'
import type { Io } from './io.ts'

const timeoutMs = 2_000

/** undefined: it does not answer, or not to us. */
export async function statusOf(
  { listeners }: { readonly listeners: readonly Address[] },
  io: Pick<Io, 'env' | 'home'>,
): Promise<JsonObject | undefined> {
  const token = readOwnerToken(stateFolderOf(io))
  for (const listener of listeners) {
    const url = `${urlOf(listener)}/clutch/api/status`
    const headers = token === undefined ? {} : { 'x-clutch-admin': token }
    const answer = await askJson({ url, headers, timeoutMs })
    const body = answer.kind === 'answered' && answer.status === 200 ? asObject(answer.body) : {}
    if (body['name'] === product.name) return body
  }
  return undefined
}

/** 0 where it does not say. */
export async function openCallsOf(daemon: Daemon, io: Pick<Io, 'env' | 'home'>): Promise<number> {
  return asNumber((await statusOf(daemon, io))?.['open_calls']) ?? 0
}

/** undefined: it cannot be read, and that has been said. */
export function lockOrSay(io: Io): LockRead | undefined {
  try {
    return readLock(stateFolderOf(io))
  } catch (error) {
    const because = error instanceof Error ? error.message : String(error)
    io.err(`clutch: the lock of the gateway cannot be read: ${because}\n    try: clutch doctor\n`)
    return undefined
  }
}
