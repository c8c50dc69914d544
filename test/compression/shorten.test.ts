import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Level, type Outcome, shorten, type ToolResult } from '../../src/compression/shorten.ts'
import type { Filter } from '../../src/filters/filter.ts'
import { filters as shelf } from '../../src/filters/index.ts'

/** Leaves out lines of noise, as any filter would. */
const noisy: Filter = {
  id: 'noisy',
  suggests: ({ program }) => program === 'noisy',
  confirms: (lines) => lines[0] === 'noisy 1.0',
  shorten: ({ lines, tier, hidden }) => {
    if (tier === 0) return undefined
    const kept = lines.filter((line) => !line.startsWith('noise'))
    const note = hidden(lines.length - kept.length, 'noise')
    return { lines: [kept[0] ?? '', note, ...kept.slice(1)], tier: 1 }
  },
  examples: [],
}
const broken: Filter = {
  ...noisy,
  id: 'broken',
  suggests: ({ program }) => program === 'broken',
  confirms: () => true,
  shorten: () => {
    throw new Error('broken')
  },
}

const output = [
  'noisy 1.0',
  ...Array.from({ length: 200 }, (_, at) => `noise number ${at} of many`),
  'found: 3',
].join('\n')
const shortened = 'noisy 1.0\n[+200 lines hidden: noise — clutch show r7f3a2]\nfound: 3'

const ask = (
  text: string,
  result: Partial<ToolResult> = {},
  level: Level = 'balanced',
  filters: readonly Filter[] = [noisy, broken],
): Outcome =>
  shorten(
    { tool: 'Bash', commandLine: 'noisy', failed: false, ...result, text },
    { level, originalId: 'r7f3a2', filters },
  )
const textOf = (outcome: Outcome, raw: string): string => (outcome.kind === 'raw' ? raw : outcome.text)
const told = (text: string, ...rest: readonly [Partial<ToolResult>?, Level?]): string =>
  textOf(ask(text, ...rest), text)

describe('a result', () => {
  it('is read by the filter that its command and its content both name', () => {
    expect(ask(output)).toEqual({
      kind: 'shortened',
      text: shortened,
      tier: 1,
      filter: 'noisy',
      hiddenLines: 200,
    })
    expect(ask(output, { commandLine: 'other' }).kind).toBe('raw')
    expect(ask(output.replace('noisy 1.0', 'something else')).kind).toBe('raw')
  })

  it('is read by it through whatever runs the command', () => {
    for (const commandLine of [
      'cd x && FOO=1 npx noisy --a 2>&1 | tail -300',
      "bash -lc 'sudo noisy'",
      'timeout 9 noisy | cat',
    ])
      expect(told(output, { commandLine })).toBe(shortened)
  })

  it('is left alone where compression is off, it is short, or it was shortened before', () => {
    expect(ask(output, {}, 'off').kind).toBe('raw')
    expect(ask('noisy 1.0\nnoise\nfound').kind).toBe('raw')
    expect(ask(`${output}\n[+3 lines hidden: x — clutch show r0a1b2]`).kind).toBe('raw')
    expect(ask(shortened).kind).toBe('raw')
  })

  it('loses nothing where nothing may be lost', () => {
    expect(ask(output, {}, 'lossless')).toEqual({ kind: 'raw', because: 'nothing to leave out' })
  })

  it('is raw where a filter fails, and where it is longer than there is time for', () => {
    expect(ask(output, { commandLine: 'broken' })).toEqual({ kind: 'raw', because: 'a filter failed' })
    const bounded = {
      level: 'balanced',
      originalId: 'r7f3a2',
      filters: [noisy],
      mostCharacters: 1000,
    } as const
    expect(shorten({ tool: 'Bash', commandLine: 'noisy', failed: false, text: output }, bounded).kind).toBe(
      'raw',
    )
  })

  it('is never longer, and saves what it costs at least', () => {
    const few = [
      'noisy 1.0',
      ...Array(20).fill('noise'),
      ...Array.from({ length: 60 }, (_, at) => `fact ${at} stays here`),
    ].join('\n')
    expect(ask(few)).toEqual({ kind: 'raw', because: 'it would save too little' })
  })
})

describe('what an agent wraps around an output stays', () => {
  const wrapped: Readonly<Record<string, readonly [string, string]>> = {
    'Codex 0.169': [
      'Chunk ID: 1a2b3c\nWall time: 0.0421 seconds\nProcess exited with code 0\nOriginal token count: 1203\nOutput:\n',
      '',
    ],
    'Codex of old': ['Exit code: 0\nWall time: 1.2 seconds\nTotal output lines: 202\nOutput:\n', ''],
    'Claude Code, failed': ['Exit code 1\n', ''],
    'Claude Code, reminded': ['', '\n<system-reminder>\nThe todo list is empty.\n</system-reminder>'],
    'Qwen Code': [
      'Command: noisy\nDirectory: (root)\nOutput: ',
      '\nError: (none)\nExit Code: 0\nSignal: (none)\nProcess Group PGID: 71',
    ],
    OpenCode: [
      '',
      '\n<bash_metadata>\nbash tool terminated command after exceeding timeout 120000 ms\n</bash_metadata>',
    ],
  }
  for (const [agent, [head, tail]] of Object.entries(wrapped))
    it(agent, () => expect(told(head + output + tail)).toBe(head + shortened + tail))

  it('JSON with the output in a string', () => {
    const wrap = (text: string): string =>
      `{"output":${JSON.stringify(text)},"metadata":{"exit_code":1,"duration_seconds":1.0}}`
    expect(told(wrap(output))).toBe(wrap(shortened))
    const claude = (text: string): string =>
      `{ "stdout": ${JSON.stringify(text)}, "stderr": "", "interrupted": false }`
    expect(told(claude(output))).toBe(claude(shortened))
  })

  it('the content list of an MCP tool', () => {
    const wrap = (text: string): string => `[{"type": "text", "text": ${JSON.stringify(text)}}]`
    expect(told(wrap(output))).toBe(wrap(shortened))
  })
})

describe('source text', () => {
  const source = Array.from({ length: 60 }, () => 'const a = 1   \n\n\n\n').join('')

  it('is never altered, whatever shows it', () => {
    for (const commandLine of [
      'cat src/a.ts',
      'sed -n 1,200p src/a.ts',
      'head -n 200 src/a.ts | tail -50',
      'cat src/a.ts | sed -n 5,9p',
      'awk "NR<9" a.py',
      'nl -ba a.c',
      'git show HEAD:src/a.ts',
      'cd x && cat package.json',
      'ls && cat a.ts',
      'cat <<EOF\nx\nEOF',
      'jq . package.json',
      "bash -lc 'cat a.ts'",
    ])
      expect(ask(source, { commandLine }), commandLine).toEqual({ kind: 'raw', because: 'source text' })
    for (const tool of [
      'Read',
      'read_file',
      'view',
      'Edit',
      'MultiEdit',
      'Write',
      'apply_patch',
      'mcp__files__read_text_file',
      'str_replace_based_edit_tool',
    ])
      expect(
        shorten(
          { tool, path: 'a.ts', failed: false, text: source },
          { level: 'balanced', originalId: 'r7f3a2', filters: shelf },
        ).kind,
        tool,
      ).toBe('raw')
  })

  it('is known by an echo between it and other outputs, and keeps its blanks', () => {
    const text = `== a ==\n${source}== log ==\n${output}`
    expect(told(text, { commandLine: 'echo "== a =="; cat a.ts; echo "== log =="; noisy' })).toBe(
      `== a ==\n${source}== log ==\n${shortened}`,
    )
  })

  it('is not what a log file holds', () => {
    const log = Array(200).fill('waiting for the database to come up').join('\n')
    expect(told(log, { commandLine: 'tail -500 build.log' })).toBe(
      'waiting for the database to come up\n[the line above, 199 more times]',
    )
  })
})

describe('a script runner', () => {
  it('says which command follows', () => {
    const text = `\n> web@1.2.0 test\n> noisy --run\n\n${output}\n`
    const other: Filter = { ...noisy, confirms: (lines) => lines.includes('noisy 1.0') }
    const outcome = ask(text, { commandLine: 'npm test' }, 'balanced', [other])
    expect(outcome).toMatchObject({ filter: 'noisy', hiddenLines: 200 })
    expect(textOf(outcome, text).startsWith('\n> web@1.2.0 test\n> noisy --run\n')).toBe(true)
  })
})

describe('a very long output of nobody known', () => {
  const lines = Array.from(
    { length: 20_000 },
    (_, at) => `step ${at} of the plan is done, as it was agreed upon ${at * 7}`,
  )
  lines[9000] = 'src/cart.ts:12:5 - error TS2322: Type "string" is not assignable to type "number"'
  lines[15_000] = 'Error: connect ECONNREFUSED 127.0.0.1:5432'
  const text = lines.join('\n')
  const outcome = ask(text, { commandLine: './everything.sh' })

  it('becomes a selection: what names the trouble, the beginning and the end, all gaps counted', () => {
    const selected = textOf(outcome, text)
    expect(outcome).toMatchObject({ kind: 'shortened', tier: 2 })
    for (const piece of [lines[9000], lines[15_000], lines[0], lines[8999], lines[9001], lines.at(-1)])
      expect(selected).toContain(piece)
    expect(selected.length).toBeLessThan(30_000)
    const kept = selected.split('\n').filter((line) => !line.startsWith('[+'))
    expect(kept.length + (outcome.kind === 'shortened' ? outcome.hiddenLines : 0)).toBe(20_000)
    expect(kept.every((line) => lines.includes(line))).toBe(true)
  })

  it('stays whole at lossless', () => {
    expect(ask(text, { commandLine: './everything.sh' }, 'lossless').kind).toBe('raw')
  })
})

const anyText = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '',
        '{"a":1}',
        '[',
        'error: x',
        '##[error]no',
        '> a@1.0.0 b',
        'Exit code: 1',
        'noise',
        'a\rb',
        '[+3 lines hidden: x',
      ),
      fc.string({ maxLength: 60 }),
      fc.string({ unit: 'binary', maxLength: 60 }),
    ),
    { minLength: 1, maxLength: 30 },
  )
  .chain((lines) =>
    fc.nat({ max: 40 }).map((times) =>
      Array(times + 1)
        .fill(lines.join('\n'))
        .join('\n'),
    ),
  )
const anyCommand = fc.constantFrom(
  'git log',
  'npm test',
  'pytest',
  'cat a.log',
  'curl x',
  'ls -la',
  'x; echo "== a =="; y',
  'git diff',
  'docker ps',
)
const anyLevel = fc.constantFrom<Level>('lossless', 'balanced', 'aggressive')

describe('whatever it is given', () => {
  it('does not fail, makes nothing longer, and leaves alone what it made', () => {
    fc.assert(
      fc.property(anyText, anyCommand, anyLevel, (text, commandLine, level) => {
        const once = ask(text, { commandLine }, level, shelf)
        if (once.kind === 'raw') return
        expect(once.text.length).toBeLessThan(text.length)
        expect(ask(once.text, { commandLine }, level, shelf)).toMatchObject({ kind: 'raw' })
      }),
      { numRuns: 1500 },
    )
  })
})

describe('a long text without an error', () => {
  it('keeps its beginning and its end', () => {
    const lines = Array.from({ length: 5000 }, (_, at) => `row ${at} ${at * at}`)
    const text = textOf(ask(lines.join('\n'), { commandLine: 'node rows.js' }), '')
    expect(text.startsWith(`${lines.slice(0, 100).join('\n')}\n`)).toBe(true)
    expect(text.endsWith(lines.slice(-100).join('\n'))).toBe(true)
    expect(text.match(/\[\+\d+ lines hidden: /g)).toHaveLength(1)
  })

  it('of one line says how much of it is hidden, and where it is', () => {
    const text = `begin ${'0123456789 '.repeat(20_000)}end`
    const short = textOf(ask(text, { commandLine: 'curl x' }), '')
    expect(short.startsWith('begin ')).toBe(true)
    expect(short.endsWith(' end')).toBe(true)
    expect(short).toMatch(/\n\[\+1 lines hidden: \d+ characters of this line — clutch show r7f3a2\]\n/)
    expect(short.length).toBeLessThan(20_000)
  })
})

describe('what a failure is', () => {
  const asked: boolean[] = []
  const witness: Filter = {
    ...noisy,
    shorten: (reading) => {
      asked.push(reading.failed)
      return noisy.shorten(reading)
    },
  }
  const failedBy = (text: string, result: Partial<ToolResult> = {}): boolean | undefined => {
    asked.length = 0
    ask(text, result, 'balanced', [witness])
    return asked[0]
  }

  it('the client says, or the wrapper, or the last word', () => {
    expect(failedBy(output)).toBe(false)
    expect(failedBy(output, { failed: true })).toBe(true)
    expect(failedBy(`Exit code 1\n${output}`)).toBe(true)
    expect(failedBy(`${output}\n\nCommand exited with code 2`)).toBe(true)
    expect(failedBy(`Chunk ID: a\nProcess exited with code 101\nOutput:\n${output}`)).toBe(true)
    expect(failedBy(`Chunk ID: a\nProcess exited with code 0\nOutput:\n${output}`)).toBe(false)
    expect(failedBy(`{"output":${JSON.stringify(output)},"metadata":{"exit_code":1}}`)).toBe(true)
    expect(failedBy(`{"output":${JSON.stringify(output)},"metadata":{"exit_code":0}}`)).toBe(false)
  })
})

describe('what another tool than a shell says', () => {
  it('is not selected from: nobody knows how much of it its client keeps', () => {
    const page = Array.from(
      { length: 3000 },
      (_, at) => `paragraph ${at}: an error is explained here, at length`,
    ).join('\n')
    const asked = { tool: 'mcp__docs__search', failed: false, text: page }
    expect(shorten(asked, { level: 'balanced', originalId: 'r7f3a2', filters: shelf }).kind).toBe('raw')
  })
})
