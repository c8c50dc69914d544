/** Standard error without waiting: on a pipe, Node's own `process.stderr.write` stops the process until somebody reads. */
import { write } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'

const standardError = 2
const againMs = 50
const writeBytes = promisify(write)

/** Settles when all is written, or when nobody can be written to any more. Never rejects. */
export async function writeToStandardError(text: string): Promise<void> {
  const bytes = Buffer.from(text)
  let at = 0
  while (at < bytes.length) {
    try {
      const { bytesWritten } = await writeBytes(standardError, bytes, at)
      at += bytesWritten
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) return
      await delay(againMs)
    }
  }
}
