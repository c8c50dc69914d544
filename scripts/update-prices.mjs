// Brings src/store/prices/snapshot.json up to date from a price list that others keep: models.dev (api.json), LiteLLM
// (model_prices_and_context_window.json), OpenRouter (/api/v1/models), or a file in the snapshot's own shape.
import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const usage = `node scripts/update-prices.mjs <file-or-url> [--add PROVIDER[/MODEL]]… [--date YYYY-MM-DD] [--snapshot FILE] [--dry-run]

  Changes the prices of the models that are in the snapshot. --add takes more: one model, or all of a provider.
  Without a file: gives the snapshot the id that belongs to its prices, after an edit by hand.
`
const ownSnapshot = join(dirname(fileURLToPath(import.meta.url)), '..', 'src/store/prices/snapshot.json')

/** Their names of providers, where they are not ours. */
const ourNames = {
  google: 'gemini',
  moonshotai: 'moonshot',
  togetherai: 'together',
  together_ai: 'together',
  'fireworks-ai': 'fireworks',
  fireworks_ai: 'fireworks',
  alibaba: 'qwen',
  dashscope: 'qwen',
  opencode: 'opencode-zen',
  nvidia_nim: 'nvidia',
}
const ours = (provider) => ourNames[provider] ?? provider

const perMillion = (dollars) => Math.round(Number(dollars) * 1_000_000)
const perToken = (dollars) => (dollars === undefined ? undefined : Number(dollars) * 1_000_000)

/** Rates in dollars per million, or undefined when they are none (negative: "depends"). */
function rates({ input, output, cacheRead, cacheWrite }) {
  const named = Object.entries({ input, output, cacheRead, cacheWrite }).filter(([, value]) => value != null)
  const valid = named.every(([, value]) => Number.isFinite(Number(value)) && Number(value) >= 0)
  if (!valid || input == null || output == null) return undefined
  return Object.fromEntries(named.map(([name, value]) => [name, perMillion(value)]))
}

function price(plain, long, aboveTokens) {
  const base = rates(plain)
  if (!base) return undefined
  const more = long && rates(long)
  return more ? { ...base, long: { aboveTokens, ...more } } : base
}

function fromModelsDev(list) {
  const named = ({ input, output, cache_read, cache_write }) => ({
    input,
    output,
    cacheRead: cache_read,
    cacheWrite: cache_write,
  })
  return Object.entries(list).flatMap(([provider, { models }]) =>
    Object.entries(models).flatMap(([model, { cost }]) => {
      if (!cost) return []
      const tier = cost.tiers?.[0]
      const long = tier ?? cost.context_over_200k
      const above = tier?.tier?.size ?? 200_000
      return [[ours(provider), model, price(named(cost), long && named(long), above)]]
    }),
  )
}

function fromLiteLlm(list) {
  const named = (entry, suffix) => ({
    input: perToken(entry[`input_cost_per_token${suffix}`]),
    output: perToken(entry[`output_cost_per_token${suffix}`]),
    cacheRead: perToken(entry[`cache_read_input_token_cost${suffix}`]),
    cacheWrite: perToken(entry[`cache_creation_input_token_cost${suffix}`]),
  })
  return Object.entries(list).flatMap(([name, entry]) => {
    const provider = entry.litellm_provider
    if (!provider || !['chat', 'responses'].includes(entry.mode)) return []
    const model = name.startsWith(`${provider}/`) ? name.slice(provider.length + 1) : name
    const thousands = Object.keys(entry)
      .map((key) => /^input_cost_per_token_above_(\d+)k_tokens$/.exec(key)?.[1])
      .find(Boolean)
    const long = thousands && named(entry, `_above_${thousands}k_tokens`)
    return [[ours(provider), model, price(named(entry, ''), long, Number(thousands) * 1000)]]
  })
}

const fromOpenRouter = ({ data }) =>
  data.map(({ id, pricing }) => [
    'openrouter',
    id,
    price({
      input: perToken(pricing.prompt),
      output: perToken(pricing.completion),
      cacheRead: perToken(pricing.input_cache_read),
      cacheWrite: perToken(pricing.input_cache_write),
    }),
  ])

const fromSnapshot = ({ models }) =>
  Object.entries(models).flatMap(([provider, list]) =>
    Object.entries(list).map(([model, found]) => [provider, model, found]),
  )

function readList(list) {
  if (Array.isArray(list.data)) return fromOpenRouter(list)
  if (list.models && list.id) return fromSnapshot(list)
  const values = Object.values(list)
  if (values.some((value) => value?.models)) return fromModelsDev(list)
  if (values.some((value) => value?.litellm_provider)) return fromLiteLlm(list)
  throw new Error('not a price list of models.dev, LiteLLM or OpenRouter')
}

async function load(place) {
  if (!/^https?:/.test(place)) return JSON.parse(readFileSync(place, 'utf8'))
  const answer = await fetch(place)
  if (!answer.ok) throw new Error(`${place} answered ${answer.status}`)
  return answer.json()
}

const sorted = (record) =>
  Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))

/** The same prices have the same hash, in whatever order they stand. */
export function snapshotOf(models, date) {
  const ordered = sorted(
    Object.fromEntries(Object.entries(models).map(([provider, list]) => [provider, sorted(list)])),
  )
  const hash = createHash('sha256').update(JSON.stringify(ordered)).digest('hex').slice(0, 8)
  return { id: `${date}-${hash}`, models: ordered }
}

/** What changes: prices of models that are known, and what was asked to be added. */
function merged(models, list, wanted) {
  const next = structuredClone(models)
  const changes = []
  for (const [provider, model, found] of list) {
    const known = next[provider]?.[model]
    const isWanted = known || wanted.has(provider) || wanted.has(`${provider}/${model}`)
    if (!found || !isWanted || JSON.stringify(known) === JSON.stringify(found)) continue
    next[provider] ??= {}
    next[provider][model] = found
    changes.push(`${known ? 'changed' : 'new    '} ${provider}/${model}: ${JSON.stringify(found)}`)
  }
  return { next, changes }
}

const lineWidth = 110

/** One model a line where it fits: a change of price is a change of one line. As the formatter would have it. */
function written(value, indent = '', before = '') {
  if (typeof value !== 'object') return JSON.stringify(value)
  const entries = Object.entries(value)
  const isLeaf = entries.every(([, inner]) => typeof inner !== 'object')
  const line = `{ ${entries.map(([name, inner]) => `${JSON.stringify(name)}: ${JSON.stringify(inner)}`).join(', ')} }`
  if (isLeaf && before.length + line.length + 1 <= lineWidth) return line
  const deeper = `${indent}  `
  const lines = entries.map(([name, inner]) => {
    const head = `${deeper}${JSON.stringify(name)}: `
    return `${head}${written(inner, deeper, head)}`
  })
  return `{\n${lines.join(',\n')}\n${indent}}`
}

async function run() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      add: { type: 'string', multiple: true, default: [] },
      date: { type: 'string', default: new Date().toISOString().slice(0, 10) },
      snapshot: { type: 'string', default: ownSnapshot },
      'dry-run': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) {
    process.stdout.write(usage)
    return
  }
  const before = JSON.parse(readFileSync(values.snapshot, 'utf8'))
  const list = positionals[0] ? readList(await load(positionals[0])) : []
  const { next, changes } = merged(before.models, list, new Set(values.add))
  const after = snapshotOf(next, values.date)
  for (const change of changes) process.stdout.write(`${change}\n`)
  const isSame = after.id.slice(-8) === before.id.slice(-8)
  process.stdout.write(
    isSame
      ? `No price differs; ${before.id} stays (${list.length} prices read).\n`
      : `${before.id} becomes ${after.id} (${list.length} prices read).\n`,
  )
  if (!isSame && !values['dry-run']) writeFileSync(values.snapshot, `${written(after)}\n`)
}

try {
  await run()
} catch (error) {
  process.stderr.write(`update-prices: ${error.message}\n${usage}`)
  process.exitCode = 64
}
