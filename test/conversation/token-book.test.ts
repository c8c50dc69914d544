/** What is learnt of other tokenizers, against a family of invented ones. */
import { describe, expect, test } from 'vitest'
import { TokenBook } from '../../src/conversation/token-book.ts'
import { estimateTokens } from '../../src/conversation/tokens.ts'
import { anthropic } from '../../src/dialects/anthropic/index.ts'
import { isFailure } from '../../src/gateway/call.ts'

/** In [0, 1), the same every time. */
function dice(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296
    return state / 4_294_967_296
  }
}

interface Tokenizer {
  /** Letters that fit into one token at most. */
  readonly letters: number
  /** Marks that fit into one token at most. */
  readonly marks: number
  /** Fewer than 1: whole phrases are tokens. */
  readonly density: number
  readonly perTurn: number
  /** Words of its own that the provider puts in front. */
  readonly hidden: number
}

const words =
  'the a file test function return value error when build path run of to in and reads configuration implementation'.split(
    ' ',
  )
const code = ['const x = read(path)', 'if (a.length > 0) {', '}', "import { b } from './b.ts'", '  return []']

function text(roll: () => number, share: number, length: number): string {
  let said = ''
  while (said.length < length) {
    const pick = Math.floor(roll() * 100)
    said += roll() < share ? `${code[pick % code.length]}\n` : `${words[pick % words.length]} `
  }
  return said
}

/** An agent's turn: guidance, tools, talk and what tools read, with more or less code in it. */
function request(roll: () => number) {
  const share = 0.3 + roll() * 0.3
  const size = 2_000 + roll() * 150_000
  const turns = 2 + Math.floor(roll() * 20)
  return {
    model: 'm',
    max_tokens: 100,
    system: text(roll, 0.2, 4_000),
    tools: [
      { name: 'read', description: text(roll, 0, 500), input_schema: { type: 'object', properties: {} } },
    ],
    messages: Array.from({ length: turns }, (_, turn) => ({
      role: turn % 2 === 0 ? 'user' : 'assistant',
      content: text(roll, share, size / turns),
    })),
  }
}

type Request = ReturnType<typeof request>

function realTokens({ system, tools, messages }: Request, by: Tokenizer): number {
  const read = [system, JSON.stringify(tools), ...messages.map(({ content }) => content)]
  return by.hidden + messages.length * by.perTurn + read.reduce((sum, said) => sum + tokensOf(said, by), 0)
}

function tokensOf(said: string, { letters, marks, density }: Tokenizer): number {
  let tokens = 0
  for (const [run] of said.matchAll(/\w+|[^\w\s]+|\n+/g))
    tokens += density * Math.ceil(run.length / (/\w/.test(run) ? letters : marks))
  return tokens
}

function estimate(body: Request): number {
  const decoded = anthropic.request.decode(body)
  if (isFailure(decoded)) throw new Error(decoded.message)
  return estimateTokens(decoded)
}

const family: readonly Tokenizer[] = [3, 5, 12].flatMap((letters) =>
  [1, 2, 4].flatMap((marks) =>
    [0.6, 1, 1.3].map((density) => ({ letters, marks, density, perTurn: 3 + marks, hidden: letters * 30 })),
  ),
)

describe('counting that learns', () => {
  test.each(family)('tells a tokenizer like %j within 2 % too little and 15 % too much', (tokenizer) => {
    const roll = dice(7)
    const book = new TokenBook()
    for (let call = 0; call < 40; call++) {
      const body = request(roll)
      book.learn('p/m', estimate(body), realTokens(body, tokenizer))
    }
    const errors = Array.from({ length: 60 }, () => {
      const body = request(roll)
      return book.count('p/m', estimate(body)) / realTokens(body, tokenizer) - 1
    })
    expect(Math.min(...errors)).toBeGreaterThanOrEqual(-0.02)
    expect(Math.max(...errors)).toBeLessThanOrEqual(0.15)
  })

  test('without it the same tokenizers are missed by far', () => {
    const roll = dice(7)
    const body = request(roll)
    const errors = family.map((tokenizer) => estimate(body) / realTokens(body, tokenizer) - 1)
    expect(errors.some((error) => error < -0.02)).toBe(true)
    expect(errors.some((error) => error > 0.15)).toBe(true)
  })

  test('never tells what it learnt by more than 2 % too little, whatever came between', () => {
    const roll = dice(3)
    const book = new TokenBook()
    const learnt: { readonly estimated: number; readonly reported: number }[] = []
    for (let call = 0; call < 500; call++) {
      const estimated = Math.round(500 * 400 ** roll())
      const reported = Math.round(estimated * (0.5 + roll() * 2))
      book.learn('p/m', estimated, reported)
      learnt.push({ estimated, reported })
      for (const past of learnt.slice(-32))
        expect(book.count('p/m', past.estimated)).toBeGreaterThanOrEqual(past.reported * 0.98)
    }
  })

  test('believes the estimate until enough was heard to lower it, and raises it at once', () => {
    const book = new TokenBook()
    expect(book.count('p/m', 100)).toBe(100)
    for (let call = 0; call < 7; call++) book.learn('p/m', 1_000, 800)
    expect(book.count('p/m', 100)).toBe(100)
    book.learn('p/m', 1_000, 800)
    expect(book.count('p/m', 100)).toBeCloseTo(79.2)
    book.learn('p/m', 1_000, 1_500)
    expect(book.count('p/m', 100)).toBeCloseTo(148.5)
    expect(book.count('p/other', 100)).toBe(100)
  })

  test('forgets a tokenizer that was changed', () => {
    const book = new TokenBook()
    book.learn('p/m', 1_000, 1_500)
    for (let call = 0; call < 32; call++) book.learn('p/m', 1_000, 1_000)
    expect(book.count('p/m', 100)).toBeCloseTo(99.0)
  })

  test.each([
    ['short requests', 499, 600],
    ['counts of something else', 1_000, 4_100],
    ['no count', 1_000, 0],
    ['no number', 1_000, Number.NaN],
  ])('learns nothing from %s', (_, estimated, reported) => {
    const book = new TokenBook()
    expect(book.learn('p/m', estimated, reported)).toBe(false)
    expect(book.count('p/m', 100)).toBe(100)
  })

  test('outlives a restart, and a file of anything', () => {
    const book = new TokenBook()
    for (let call = 0; call < 9; call++) book.learn('p/m', 1_000, 1_200 + call)
    expect(TokenBook.from(book.snapshot()).count('p/m', 100)).toBe(book.count('p/m', 100))
    const broken = { 'p/m': ['x', 99, null, [1_000, 1_500], [1]], 'p/n': 'no list', 'p/o': [[Number.NaN, 1]] }
    expect(TokenBook.from(broken).count('p/m', 100)).toBeCloseTo(148.5)
    expect(TokenBook.from(broken).count('p/n', 100)).toBe(100)
    expect(TokenBook.from([]).count('p/m', 100)).toBe(100)
  })

  test('remembers a bounded number of models, the latest', () => {
    const book = new TokenBook()
    for (let model = 0; model < 400; model++) book.learn(`p/${model}`, 1_000, 2_000)
    expect(Object.keys(Object(book.snapshot()))).toHaveLength(100)
    expect(book.count('p/0', 100)).toBe(100)
    expect(book.count('p/399', 100)).toBeCloseTo(198.0)
  })
})
