/** docs/conformance.md says what the tests prove, and nothing is left out of it. */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

interface Statement {
  readonly number: number
  readonly section: string
  readonly says: string
  readonly status?: string
  readonly because?: string
}
const statements: readonly Statement[] = JSON.parse(
  readFileSync(new URL('./statements.json', import.meta.url), 'utf8'),
)

describe('the page of statements', () => {
  it('is up to date, and every statement has a test or a reason', () => {
    const script = fileURLToPath(new URL('../../scripts/conformance.mjs', import.meta.url))
    expect(() => execFileSync(process.execPath, [script, '--check'], { encoding: 'utf8' })).not.toThrow()
  })

  it('counts 140 statements, each short, each departure with its reason', () => {
    expect(statements.map(({ number }) => number)).toEqual(Array.from({ length: 140 }, (_, at) => at + 1))
    for (const { number, says, status, because } of statements) {
      expect(says.length, `C${number}`).toBeLessThanOrEqual(100)
      expect(['lost', 'not-applicable', 'not-yet', undefined]).toContain(status)
      expect(because !== undefined, `C${number}`).toBe(status !== undefined)
    }
  })
})
