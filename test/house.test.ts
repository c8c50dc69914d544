import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import ts from 'typescript'
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
    expect(sources.flatMap(castsIn)).toEqual([])
  })
})

function castsIn(path: string): string[] {
  const casts: string[] = []
  const file = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.ESNext, true)
  const visit = (node: ts.Node): void => {
    const silences = ts.isAsExpression(node) && node.type.getText() !== 'const'
    if (silences || ts.isNonNullExpression(node) || ts.isTypeAssertionExpression(node))
      casts.push(`${path}: ${node.getText()}`)
    ts.forEachChild(node, visit)
  }
  visit(file)
  return casts
}
