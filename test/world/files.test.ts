/** Small files on a real disk. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { parseDotEnv, readText } from '../../src/world/files.ts'

const folder = mkdtempSync(join(tmpdir(), 'clutch-files-'))
afterAll(() => rmSync(folder, { recursive: true }))

describe('reading', () => {
  it('gives the text, or says why not, and never throws', () => {
    writeFileSync(join(folder, 'a'), 'grüße\n')
    expect(readText(join(folder, 'a'))).toEqual({ kind: 'text', text: 'grüße\n' })
    expect(readText(join(folder, 'b'))).toEqual({ kind: 'missing' })
    expect(readText(join(folder, 'a', 'b'))).toEqual({ kind: 'missing' })
    expect(readText(folder)).toEqual({ kind: 'unreadable', because: 'EISDIR' })
  })
})

describe('.env', () => {
  it('is read as people write it', () => {
    const text = [
      '# comment',
      'A=1',
      ' B = two words # and why',
      'export C="quoted # not why"',
      "D='single'",
      'E=',
      'A=last',
      'F="one\ntwo"',
    ].join('\n')
    expect(parseDotEnv(text)).toEqual({
      A: 'last',
      B: 'two words',
      C: 'quoted # not why',
      D: 'single',
      E: '',
      F: 'one\ntwo',
    })
  })
})
