/** `clutch sandbox`. */
import { expect, test } from 'vitest'
import { sandboxVerb } from '../../src/cli/sandbox.ts'
import { scripts } from '../../src/sandbox/scripts/index.ts'

function run(...args: string[]): { code: number; out: string; err: string } {
  const said = { out: '', err: '' }
  const code = sandboxVerb(args, {
    out: (text) => {
      said.out += text
    },
    err: (text) => {
      said.err += text
    },
  })
  return { code, ...said }
}

test('help names every script', () => {
  const { code, out } = run('--help')
  expect(code).toBe(0)
  for (const { name, summary } of scripts) {
    expect(out).toContain(`  ${name}`)
    expect(out).toContain(summary)
  }
})

test('list --json is for programs', () => {
  const { code, out } = run('list', '--json')
  expect(code).toBe(0)
  expect(JSON.parse(out)).toHaveLength(scripts.length)
  expect(JSON.parse(out)[0]).toMatchObject({ model: 'sandbox/echo' })
})

test('an unknown word is an error on stderr with exit code 64', () => {
  expect(run('play')).toMatchObject({ code: 64, out: '' })
  expect(run('list', '--yaml').err).toContain('list --json')
})
