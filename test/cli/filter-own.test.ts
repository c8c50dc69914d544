import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'smol-toml'
import { describe, expect, it } from 'vitest'
import { filterVerb } from '../../src/cli/filter.ts'
import { readOwnFilter } from '../../src/compression/own-filter-spec.ts'
import { scratch } from '../store/scratch.ts'

const uploads = Array.from({ length: 30 }, (_, n) => `Uploading asset-${n}.js to the bucket`)
const output = ['Deploying to staging', ...uploads, 'Deployed in 3 s', ''].join('\n')

const toml = `
# What our own deploy script prints.
[match]
program = "deploy"
output = "^Deploying"

[[drop]]
pattern = "^Uploading "
what = "uploads"

[[tests]]
name = "uploads are noise"
command = "deploy staging"
output = """
Deploying to staging
${uploads.join('\n')}
Deployed in 3 s
"""
becomes = """
Deploying to staging
[+30 lines hidden: uploads — clutch show r0000]
Deployed in 3 s
"""
`

function machine() {
  const home = scratch()
  const project = join(home, 'project')
  const folder = join(project, '.clutch', 'filters')
  mkdirSync(join(project, 'src'), { recursive: true })
  mkdirSync(folder, { recursive: true })
  const filter = async (args: readonly string[], input = '') => {
    const said = { out: '', err: '' }
    const io = {
      out: (text: string) => {
        said.out += text
      },
      err: (text: string) => {
        said.err += text
      },
      env: {},
      home,
      cwd: join(project, 'src'),
    }
    const code = await filterVerb(args, io, async () => input)
    return { code, ...said }
  }
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text)
  return { filter, write, home }
}

const deploy = ['--command', 'deploy staging']

describe('a filter of a project', () => {
  it('counts only when it is trusted, and only as it was then', async () => {
    const { filter, write } = machine()
    write('deploy.toml', toml)
    expect((await filter(deploy, output)).out).toBe(output)
    expect((await filter(['list'])).out).toContain('not trusted')

    expect(await filter(['trust'])).toMatchObject({ code: 0, err: '' })
    const { out } = await filter(deploy, output)
    expect(out).toMatch(
      /^Deploying to staging\n\[\+30 lines hidden: uploads — clutch show r[0-9a-f]{5,}\]\nDeployed in 3 s\n$/,
    )
    expect((await filter(['list'])).out).toContain('trusted')

    write('deploy.toml', `${toml}\n# changed\n`)
    expect((await filter(deploy, output)).out).toBe(output)
    expect((await filter(['list'])).out).toContain('changed since it was trusted')
  })

  it('is not trusted while it does not do what its tests say', async () => {
    const { filter, write, home } = machine()
    write('deploy.toml', toml.replace('[+30 lines', '[+29 lines'))
    const { code, out } = await filter(['trust'])
    expect(code).toBe(1)
    expect(out).toContain('[+30 lines hidden: uploads — clutch show r0000]')
    expect(existsSync(join(home, '.xx', 'state', 'trusted-filters.json'))).toBe(false)
    expect((await filter(['test'])).code).toBe(1)
  })

  it('comes before the user’s own, and that before what is built in', async () => {
    const { filter, write, home } = machine()
    const one = (what: string) => toml.replaceAll('uploads', what)
    mkdirSync(join(home, '.xx', 'filters'), { recursive: true })
    writeFileSync(join(home, '.xx', 'filters', 'deploy.toml'), one('mine'))
    expect((await filter(deploy, output)).out).toContain('hidden: mine')
    write('deploy.toml', one('theirs'))
    await filter(['trust'])
    expect((await filter(deploy, output)).out).toContain('hidden: theirs')
  })

  it('may be JSON, and says what is wrong with it', async () => {
    const { filter, write } = machine()
    write('a.json', JSON.stringify({ match: { program: 'x' }, tests: [] }))
    write('b.json', '{')
    write('c.toml', 'match = ')
    const { out } = await filter(['list'])
    expect(out).toMatch(/a\.json {2}broken: tests: a filter needs at least one/)
    expect(out).toMatch(/b\.json {2}broken: \S/)
    expect(out).toMatch(/c\.toml {2}broken: \S/)
    expect((await filter(['test', 'nowhere.toml'])).code).toBe(64)
  })
})

describe('what a written filter may say', () => {
  const test = { command: 'x', output: 'a\n', becomes: 'a\n' }
  const read = (more: object) =>
    readOwnFilter(JSON.parse(JSON.stringify({ match: { program: 'x' }, tests: [test], ...more })), 'x')

  it('is what the page about it shows', () => {
    const page = readFileSync(new URL('../../docs/compression.md', import.meta.url), 'utf8')
    const shown = /```toml\n([\s\S]*?)```/.exec(page)?.[1] ?? ''
    const spec = readOwnFilter(JSON.parse(JSON.stringify(parse(shown))), 'deploy')
    expect(spec).toMatchObject({
      match: { programs: ['deploy'] },
      limit: { head: 20, tail: 50 },
      fold: ['^retry \\d+'],
    })
  })

  it.each([
    [{ drop: ['a(?=b)'] }, 'drop[0]: of groups'],
    [{ keep: ['('] }, 'keep[0]: a ( has no )'],
    [{ frob: 1 }, 'does not know "frob"'],
    [{ match: {}, drop: ['a'] }, 'match.program'],
    [{}, 'it does nothing'],
    [{ limit: { head: -1 } }, 'limit.head: is no count'],
    [{ drop: [{ what: 'x' }] }, 'drop[0].pattern: is missing'],
    [{ tests: [{ command: 'x' }], drop: ['a'] }, 'tests[0].output: is missing'],
  ])('%j is wrong, with its place', (more, reason) => {
    expect(read(more)).toContain(reason)
  })
})

describe('what a written filter does', () => {
  const lines = (count: number, like: (n: number) => string) =>
    Array.from({ length: count }, (_, n) => like(n))

  async function done(spec: object, text: string, more: readonly string[] = []) {
    const { filter, home } = machine()
    mkdirSync(join(home, '.xx', 'filters'), { recursive: true })
    const tests = [{ command: 'x', output: 'a', becomes: 'a' }]
    writeFileSync(
      join(home, '.xx', 'filters', 'x.json'),
      JSON.stringify({ match: { program: 'x' }, tests, ...spec }),
    )
    return (await filter(['--command', 'x', ...more], text)).out.replaceAll(/ — clutch show r[0-9a-f]+/g, '')
  }

  const noise = lines(80, (n) => `step ${n} of the whole long way that nobody asked about`)
  const text = [...noise.slice(0, 40), 'error: it broke here', ...noise.slice(40), ''].join('\n')

  it('keeps what is asked for, and all of it where the command failed', async () => {
    expect(await done({ keep: ['^error'] }, text)).toBe(
      '[+40 lines hidden: other lines]\nerror: it broke here\n[+40 lines hidden: other lines]\n',
    )
    expect(await done({ keep: ['^error'] }, text, ['--failed'])).toBe(text)
  })

  it('folds lines in a row that are alike', async () => {
    expect(await done({ fold: ['^step \\d+'] }, text)).toBe(
      `${noise[0]}\n[+39 lines hidden: more like the line above]\nerror: it broke here\n${noise[40]}\n[+39 lines hidden: more like the line above]\n`,
    )
  })

  it('keeps both ends of what is too long', async () => {
    expect(await done({ limit: { head: 1, tail: 2 } }, text)).toBe(
      `${noise[0]}\n[+78 lines hidden: the middle]\n${noise[78]}\n${noise[79]}\n`,
    )
  })

  it('groups lines that begin alike, and loses nothing by it', async () => {
    const hits = lines(60, (n) => `src/some/long/folder/file-${n % 2}.ts:${n}: unused variable`)
    const out = await done({ group: '[^:]+:' }, `${hits.join('\n')}\n`, ['--profile', 'lossless'])
    expect(out.split('\n')[0]).toBe('src/some/long/folder/file-0.ts:')
    expect(out.split('\n')).toHaveLength(63)
    expect(out).toContain('\n  59: unused variable\n')
  })
})
