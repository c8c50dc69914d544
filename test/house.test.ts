import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

const tracked = (folder: string): string[] =>
  execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', folder], {
    encoding: 'utf8',
  })
    .split('\n')
    .filter((path) => path !== '')
const linesOf = (path: string): number => readFileSync(path, 'utf8').split('\n').length - 1

describe('the house', () => {
  it('has no source file longer than 300 lines', () => {
    const sources = tracked('src').filter((path) => path.endsWith('.ts'))
    expect(sources.length).toBeGreaterThan(100)
    expect(sources.filter((path) => linesOf(path) > 300)).toEqual([])
  })

  it('keeps its README within 150 lines, its rules within 80, its picture within a page', () => {
    expect(linesOf('README.md')).toBeLessThanOrEqual(150)
    expect(linesOf('AGENTS.md')).toBeLessThanOrEqual(80)
    expect(linesOf('ARCHITECTURE.md')).toBeLessThanOrEqual(110)
  })

  it('pins every package exactly, and justifies each one in a line', () => {
    const { dependencies, devDependencies } = JSON.parse(readFileSync('package.json', 'utf8'))
    const reasons = readFileSync('docs/decisions/dependencies.md', 'utf8')
    for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies })) {
      expect(version, name).toMatch(/^\d+\.\d+\.\d+(?:-[\w.]+)?$/)
      expect(reasons, name).toContain(name)
    }
  })

  it('casts nothing to silence the checker', () => {
    const sources = tracked('src').filter((path) => path.endsWith('.ts'))
    const casts = sources.flatMap((path) =>
      readFileSync(path, 'utf8')
        .split('\n')
        .filter(
          (line) =>
            /(?<!\* .*)[\w)\]}] as (?!const\b)[A-Za-z{[]/.test(line) &&
            !/^\s*(?:\*|\/\/|\/\*|import|export \{)/.test(line) &&
            !/['"`].* as .*['"`]/.test(line),
        )
        .map((line) => `${path}: ${line.trim()}`),
    )
    expect(casts).toEqual([])
  })
})
