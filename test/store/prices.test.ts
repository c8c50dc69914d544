import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { providers, shelf } from '../../src/providers/index.ts'
import snapshot from '../../src/store/prices/snapshot.json' with { type: 'json' }
import { PriceBook, type PriceSnapshot } from '../../src/store/prices.ts'
import { scratch } from './scratch.ts'

const usage = { input: 1_000, cacheRead: 10_000, cacheWrite: 100, output: 500 }
const rates = { input: 3_000_000, output: 15_000_000, cacheRead: 300_000, cacheWrite: 3_750_000 }
const book = (models: PriceSnapshot['models']): PriceBook => new PriceBook({ id: '2026-01-01-aa', models })

describe('what a call costs', () => {
  it('is each counter times its rate, in whole micro-dollars', () => {
    expect(book({ p: { m: rates } }).costOf('p', 'm', usage)).toEqual({
      micros: 3_000 + 3_000 + 375 + 7_500,
      prices: '2026-01-01-aa',
    })
  })

  it('counts cached tokens as fresh ones where no cache price is known', () => {
    const { input, output } = rates
    expect(book({ p: { m: { input, output } } }).costOf('p', 'm', usage)?.micros).toBe(11_100 * 3 + 7_500)
  })

  it('follows the long rates for the whole request once its input, cached or not, is longer', () => {
    const long = { aboveTokens: 11_099, input: 6_000_000, output: 20_000_000, cacheRead: 600_000 }
    const prices = book({ p: { m: { ...rates, long } } })
    expect(prices.costOf('p', 'm', usage)?.micros).toBe(6_000 + 6_000 + 600 + 10_000)
    const shorter = { ...usage, input: 999 }
    expect(prices.costOf('p', 'm', shorter)?.micros).toBe(Math.round(2_997 + 3_000 + 375 + 7_500))
  })

  it('is unknown for a model without a price, and when the provider did not say what was used', () => {
    const prices = book({ p: { m: rates } })
    expect(prices.costOf('p', 'other', usage)).toBeUndefined()
    expect(prices.costOf('q', 'm', usage)).toBeUndefined()
    expect(prices.costOf('p', 'toString', usage)).toBeUndefined()
    expect(prices.costOf('constructor', 'name', usage)).toBeUndefined()
    const silent = { input: 0, cacheRead: 0, cacheWrite: 0, output: 0 }
    expect(prices.costOf('p', 'm', silent)).toBeUndefined()
  })

  it('is nothing, knowingly, on this machine, in the sandbox and for what is called free', () => {
    const free = { micros: 0, prices: 'free' }
    for (const { id } of providers.filter(({ local }) => local))
      expect(book({}).costOf(id, 'anything', usage)).toEqual(free)
    expect(book({}).costOf('sandbox', 'text', usage)).toEqual(free)
    expect(book({}).costOf('openrouter', 'qwen/qwen3-coder:free', usage)).toEqual(free)
  })

  it('finds a dated or latest name under the plain one, and the exact one first', () => {
    const dear = { input: 9_000_000, output: 9_000_000 }
    const prices = book({ p: { m: rates, 'm-20250101': dear } })
    for (const name of ['m', 'm-latest', 'm-20261103', 'm-2026-11-03', 'models/m'])
      expect(prices.costOf('p', name, usage)?.micros).toBe(13_875)
    expect(prices.costOf('p', 'm-20250101', usage)?.micros).toBe(11_100 * 9 + 4_500)
  })
})

describe('the snapshot', () => {
  it('has the id that belongs to its prices', () => {
    const hash = createHash('sha256').update(JSON.stringify(snapshot.models)).digest('hex').slice(0, 8)
    expect(snapshot.id).toMatch(/^\d{4}-\d{2}-\d{2}-[0-9a-f]{8}$/)
    expect(snapshot.id.slice(-8)).toBe(hash)
  })

  it('prices providers of the shelf, in micro-dollars that can be right', () => {
    const { models }: PriceSnapshot = snapshot
    for (const [provider, list] of Object.entries(models)) {
      expect(Object.keys(shelf)).toContain(provider)
      for (const price of Object.values(list)) {
        expect(price.output).toBeGreaterThanOrEqual(price.input)
        expect(price.cacheRead ?? 0).toBeLessThanOrEqual(price.input)
        expect(price.cacheWrite ?? price.input).toBeGreaterThanOrEqual(price.input)
        for (const rate of [price.input, price.output]) {
          expect(rate).toBeGreaterThanOrEqual(10_000)
          expect(rate).toBeLessThanOrEqual(200_000_000)
        }
      }
    }
  })

  it('knows the models that agents ask for by default', () => {
    const prices = new PriceBook(snapshot)
    for (const [provider, model] of [
      ['anthropic', 'claude-opus-5-5'],
      ['anthropic', 'claude-sonnet-4-5-20250929'],
      ['anthropic', 'claude-haiku-4-5-20251001'],
      ['openai', 'gpt-5.5'],
      ['gemini', 'gemini-3.1-pro-preview'],
      ['openrouter', 'anthropic/claude-opus-4.8'],
    ] as const)
      expect(prices.costOf(provider, model, usage)?.micros, model).toBeGreaterThan(0)
  })
})

describe('scripts/update-prices.mjs', () => {
  const script = fileURLToPath(new URL('../../scripts/update-prices.mjs', import.meta.url))
  const own = fileURLToPath(new URL('../../src/store/prices/snapshot.json', import.meta.url))

  function update(
    list: unknown,
    ...more: string[]
  ): { next: PriceSnapshot; out: string; status: number | null } {
    const folder = scratch()
    const file = join(folder, 'list.json')
    const target = join(folder, 'snapshot.json')
    writeFileSync(file, JSON.stringify(list))
    copyFileSync(own, target)
    const { stdout, stderr, status } = spawnSync(
      process.execPath,
      [script, file, '--snapshot', target, '--date', '2027-01-02', ...more],
      { encoding: 'utf8' },
    )
    return { next: JSON.parse(readFileSync(target, 'utf8')), out: stdout + stderr, status }
  }

  it('takes new prices of known models from models.dev, and new models only when asked', () => {
    const cost = { input: 4.5, output: 22, cache_read: 0.45, cache_write: 5.625 }
    const tiers = [{ tier: { size: 300_000 }, input: 9, output: 33, cache_read: 0.9 }]
    const list = {
      anthropic: { models: { 'claude-opus-5': { cost: { ...cost, tiers } }, 'claude-new': { cost } } },
      google: { models: { 'gemini-2.5-flash': { cost: { input: 0.4, output: 2.5 } } } },
    }
    const { next } = update(list)
    expect(next.id).toMatch(/^2027-01-02-[0-9a-f]{8}$/)
    expect(next.models['anthropic']?.['claude-opus-5']).toEqual({
      input: 4_500_000,
      output: 22_000_000,
      cacheRead: 450_000,
      cacheWrite: 5_625_000,
      long: { aboveTokens: 300_000, input: 9_000_000, output: 33_000_000, cacheRead: 900_000 },
    })
    expect(next.models['gemini']?.['gemini-2.5-flash']).toEqual({ input: 400_000, output: 2_500_000 })
    expect(next.models['anthropic']?.['claude-new']).toBeUndefined()
    const more = update(list, '--add', 'anthropic/claude-new')
    expect(more.next.models['anthropic']?.['claude-new']?.input).toBe(4_500_000)
  })

  it('reads LiteLLM: dollars per token, prefixes, long rates; no images, no embeddings', () => {
    const { next } = update({
      'groq/openai/gpt-oss-120b': {
        litellm_provider: 'groq',
        mode: 'chat',
        input_cost_per_token: 2e-7,
        output_cost_per_token: 8e-7,
      },
      'gemini/gemini-2.5-pro': {
        litellm_provider: 'gemini',
        mode: 'chat',
        input_cost_per_token: 1.5e-6,
        output_cost_per_token: 1e-5,
        input_cost_per_token_above_200k_tokens: 3e-6,
        output_cost_per_token_above_200k_tokens: 1.5e-5,
      },
      'gpt-5.5': {
        litellm_provider: 'openai',
        mode: 'image_generation',
        input_cost_per_token: 1,
        output_cost_per_token: 1,
      },
    })
    expect(next.models['groq']?.['openai/gpt-oss-120b']).toEqual({ input: 200_000, output: 800_000 })
    expect(next.models['gemini']?.['gemini-2.5-pro']).toEqual({
      input: 1_500_000,
      output: 10_000_000,
      long: { aboveTokens: 200_000, input: 3_000_000, output: 15_000_000 },
    })
    expect(next.models['openai']?.['gpt-5.5']).toEqual(snapshot.models.openai['gpt-5.5'])
  })

  it('reads OpenRouter, and leaves out prices that depend', () => {
    const { next } = update(
      {
        data: [
          {
            id: 'openai/gpt-5.5',
            pricing: { prompt: '0.000006', completion: '0.00003', input_cache_read: '0.0000006' },
          },
          { id: 'openrouter/auto', pricing: { prompt: '-1', completion: '-1' } },
        ],
      },
      '--add',
      'openrouter',
    )
    expect(next.models['openrouter']?.['openai/gpt-5.5']).toEqual({
      input: 6_000_000,
      output: 30_000_000,
      cacheRead: 600_000,
    })
    expect(next.models['openrouter']?.['openrouter/auto']).toBeUndefined()
  })

  it('keeps the id when no price differs, and refuses what is no price list', () => {
    expect(update(snapshot).next.id).toBe(snapshot.id)
    const refused = update({ hello: 'world' })
    expect(refused.status).toBe(64)
    expect(refused.out).toContain('not a price list')
    expect(refused.next).toEqual(snapshot)
  })
})
