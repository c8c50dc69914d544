/** The first result that a gateway sees is shortened like every later one, although nothing of it has run before. */
import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import type { Round } from '../compression/talk.ts'
import { talk } from '../compression/talk.ts'
import { startBuiltGateway } from '../strangers/built-gateway.ts'
import { post } from './house.ts'

const bytes = 300_000

const place = new URL('../data/logdx/cargo-tokio-001/raw.log.gz', import.meta.url)
const raw = gunzipSync(readFileSync(place)).toString('utf8')
const log = raw.repeat(Math.ceil(bytes / raw.length)).slice(0, bytes)

const findings = Array.from(
  { length: 4_000 },
  (_, n) =>
    `src/part-${n % 40}/file-${n % 200}.ts(${n},7): error TS2322: Type 'string' is not assignable to type '${n % 7}'.`,
).join('\n')

const hits = Array.from(
  { length: 5_000 },
  (_, n) => `src/part-${Math.floor(n / 90)}/index.ts:${n}:  const value = await read(options, ${n})`,
).join('\n')

const rounds: readonly Round[] = [
  ['./ci.sh', log],
  ['npx tsc --noEmit', findings.slice(0, bytes)],
  ['grep -rn "await read" src', hits.slice(0, bytes)],
]

describe('A gateway that has just started', () => {
  // an overloaded machine may be late by itself: never three times
  it.each(rounds)('shortens the output of %s', { timeout: 60_000, retry: 2 }, async (command, output) => {
    expect(output.length).toBeGreaterThan(bytes * 0.9)
    const gateway = await startBuiltGateway()
    try {
      const body = { ...talk('anthropic', [[command, output]]), model: 'sandbox/text', stream: false }
      // a session that is not one of those left raw
      const headers = { 'content-type': 'application/json', 'x-session-id': 'cold-1' }
      const response = await post(`${gateway.url}/v1/messages`, body, headers)
      expect(response.status).toBe(200)
      const [, saved] = /saved=(\d+); level=balanced/.exec(response.headers.get('x-clutch-cache') ?? '') ?? []
      expect(Number(saved)).toBeGreaterThan(bytes / 4)
    } finally {
      await gateway.stop()
    }
  })
})
