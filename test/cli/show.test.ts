import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { showVerb } from '../../src/cli/show.ts'
import { Originals } from '../../src/store/originals.ts'
import { readSavings } from '../../src/store/savings.ts'
import { scratch } from '../store/scratch.ts'

const log = `${Array.from({ length: 200 }, (_, n) => (n === 41 ? 'Error: no such table' : `line ${n + 1}`)).join('\n')}\n`

function machine() {
  const home = scratch()
  const state = join(home, '.xx', 'state')
  mkdirSync(state, { recursive: true })
  const id = new Originals({ folder: join(state, 'originals') }).put(log) ?? ''
  const show = (...args: string[]) => {
    const said = { out: '', err: '' }
    const code = showVerb(args, {
      out: (text) => {
        said.out += text
      },
      err: (text) => {
        said.err += text
      },
      env: {},
      home,
      cwd: home,
    })
    return { code, ...said }
  }
  return { id, show, state }
}

describe('clutch show', () => {
  it('prints an original letter by letter', () => {
    const { id, show } = machine()
    expect(show(id)).toEqual({ code: 0, out: log, err: '' })
  })

  it('prints the lines that are asked for', () => {
    const { id, show } = machine()
    expect(show(id, '--lines', '41:43').out).toBe('line 41\nError: no such table\nline 43\n')
    expect(show(id, '--lines', '199:').out).toBe('line 199\nline 200\n')
    expect(show(id, '--lines=:2').out).toBe('line 1\nline 2\n')
    expect(show(id, '--lines', '7').out).toBe('line 7\n')
  })

  it('looks for lines and tells their numbers, so that the lines around can be asked for', () => {
    const { id, show } = machine()
    expect(show(id, '--grep', 'Error').out).toBe('42:Error: no such table\n')
    expect(show(id, '--grep', 'line 1$', '--lines', '2:').code).toBe(1)
  })

  it('speaks JSON to programs', () => {
    const { id, show } = machine()
    expect(JSON.parse(show(id, '--json').out)).toEqual({ id, text: log })
    expect(JSON.parse(show(id, '--json', '--grep', 'Error').out)).toEqual({
      id,
      lines: [{ number: 42, line: 'Error: no such table' }],
    })
  })

  it('says what to do about an id that it does not know', () => {
    const { show } = machine()
    const { code, err } = show('r00000')
    expect(code).toBe(66)
    expect(err).toContain('CLUTCH_COMPRESS=off clutch run')
  })

  it.each([
    [[], 'needs the id'],
    [['r12345', 'r12346'], 'one id at a time'],
    [['r12345', '--lines', 'x'], '--lines takes'],
    [['r12345', '--grep', '('], 'regular expression'],
    [['r12345', '--frob'], '--frob'],
  ])('refuses %j with a reason', (args, reason) => {
    const { code, err } = machine().show(...args)
    expect(code).toBe(64)
    expect(err).toContain(reason)
  })

  it('counts each recall, with what it brought back', () => {
    const { id, show, state } = machine()
    show(id)
    show(id, '--lines', '1')
    show('r00000')
    const [whole, part, ...others] = readSavings(state)
    expect(whole).toMatchObject({ kind: 'recall', original: id })
    expect(part).toMatchObject({ kind: 'recall', original: id })
    expect(others).toEqual([])
    const tokens = (line: typeof whole) => (line?.kind === 'recall' ? line.tokens : 0)
    expect(tokens(whole)).toBeGreaterThan(400)
    expect(tokens(part)).toBeLessThan(10)
  })
})
