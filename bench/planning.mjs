// What it costs to decide where a call goes: planning and classification of a 200 KB request, beyond its parse. The
// functions themselves, bundled from src/ as in a build, in a house with everything switched on.
//   node bench/planning.mjs
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bundled } from './bundle.mjs'
import { answer } from './ipc.mjs'
import { requestBody } from './requests.mjs'
import { median } from './statistics.mjs'

const entry = `
export { loadSettings } from './src/config/load.ts'
export { dialects } from './src/dialects/index.ts'
export { CallReader } from './src/gateway/call-reader.ts'
export { planFor } from './src/gateway/planning.ts'
export { Vault } from './src/gateway/vault.ts'
export { Affinity } from './src/routing/affinity.ts'
export { HealthBook } from './src/routing/health.ts'
export { locator } from './src/routing/plan.ts'
export { healthRules } from './src/routing/quotas.ts'
export { chooseDialect } from './src/server/choose-dialect.ts'
`

/** Cascades for every role, several keys, quotas: nothing that planning could skip. */
const config = {
  providers: {
    openrouter: { api_keys: ['one', 'two'], quotas: ['200 requests/minute', '$50/day'] },
    anthropic: { api_key: 'three' },
    deepseek: { api_key: 'four', quotas: ['5M tokens/day'] },
  },
  model_tiers: {
    BIG: {
      default: 'openrouter/moonshotai/kimi-k2.6',
      cascade: ['deepseek/deepseek-v4', 'openrouter/z-ai/glm-5', 'anthropic/claude-opus-4-7'],
    },
    SMALL: { default: 'openrouter/openai/gpt-oss-20b' },
  },
  roles: {
    background: ['openrouter/openai/gpt-oss-20b'],
    'web-search': ['anthropic/claude-opus-4-7'],
    image: ['anthropic/claude-opus-4-7'],
    'long-context': ['openrouter/z-ai/glm-5'],
    toolcall: ['deepseek/deepseek-v4', 'openrouter/z-ai/glm-5'],
    think: ['openrouter/moonshotai/kimi-k2.6'],
  },
  fallbacks: ['openrouter/openai/gpt-oss-120b'],
  quotas: { 'z-ai/glm-5': { max_requests_per_minute: 60 } },
}

async function loaded() {
  const { drop, ...parts } = await bundled(entry)
  const folder = mkdtempSync(join(tmpdir(), 'clutch-planning-'))
  try {
    writeFileSync(join(folder, 'config.json'), JSON.stringify(config))
    const flags = { config: join(folder, 'config.json') }
    const read = parts.loadSettings({ flags, env: {}, home: folder })
    if (!read.ok) throw new Error(JSON.stringify(read.problems))
    return { ...parts, settings: read.settings }
  } finally {
    drop()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The same conversation as a request of each dialect. */
function bodiesOf({ dialects }) {
  const body = requestBody({ size: '200k', model: 'opus', stream: true })
  const conversation = dialects.anthropic.request.decode(JSON.parse(body.toString()))
  const order = { model: 'opus', stream: true, quirks: {} }
  const encoded = (dialect) => Buffer.from(dialect.request.encode(conversation, order).body)
  return Object.values(dialects).map((dialect) => ({
    dialect,
    body: dialect.id === 'anthropic' ? body : encoded(dialect),
  }))
}

/** What `planFor` needs besides the call, as the gateway hands it over. */
function houseOf({ settings, chooseDialect, locator, HealthBook, healthRules, Affinity }) {
  const health = new HealthBook(healthRules(settings))
  return {
    settings,
    chooseDialect,
    health,
    affinity: new Affinity(),
    locate: locator(settings, chooseDialect),
  }
}

const WARM_UP = 500
const SLICES = 5

/** The quietest of five: the median of what each planning took, µs. */
function quietest(planOnce, readerOnce, calls) {
  const medians = Array.from({ length: SLICES }, () => {
    const times = Array.from({ length: calls }, () => {
      const reader = readerOnce()
      const from = process.hrtime.bigint()
      planOnce(reader)
      return Number(process.hrtime.bigint() - from) / 1000
    })
    return median(times)
  })
  return Math.min(...medians)
}

function costOf(parts, { dialect, body }, headers, calls) {
  const house = houseOf(parts)
  const profile = parts.settings.profiles.default
  const call = { id: 'bench', dialect, profile, headers, query: '', body, model: 'opus', stream: true }
  const planOnce = (reader) => parts.planFor(call, reader, Date.now(), house)
  const vault = new parts.Vault()
  const fresh = () => new parts.CallReader(call, vault)
  const parsed = fresh()
  const { rule, targets } = planOnce(parsed)
  if (!rule.startsWith('role toolcall') || targets.length < 4)
    throw new Error(`${dialect.id}: planned by ${rule} with ${targets.length} targets`)
  /** Parsed before the clock starts: the parse has used the caches that planning needs. */
  const justParsed = () => {
    const reader = fresh()
    if (reader.json === undefined) throw new Error(`${dialect.id}: the body is no JSON`)
    return reader
  }
  const alone = () => Object.defineProperty(fresh(), 'json', { value: parsed.json })
  for (let i = 0; i < WARM_UP; i++) planOnce(alone())
  return {
    afterParseUs: quietest(planOnce, justParsed, calls),
    aloneUs: quietest(planOnce, alone, calls),
  }
}

/** Agents name their session in a header; where none is named, how the conversation begins stands for it. */
const sessions = { named: { 'session-id': 'bench' }, nameless: {} }

async function plan({ calls }) {
  const parts = await loaded()
  const rows = bodiesOf(parts).flatMap((one) =>
    Object.entries(sessions).map(([session, headers]) => ({
      dialect: one.dialect.id,
      session,
      bytes: one.body.length,
      ...costOf(parts, one, headers, calls),
    })),
  )
  const worst = (session, figure) =>
    Math.max(...rows.filter((row) => row.session === session).map((row) => row[figure]))
  return {
    rows,
    afterParseUs: worst('named', 'afterParseUs'),
    aloneUs: worst('named', 'aloneUs'),
    namelessUs: worst('nameless', 'afterParseUs'),
  }
}

if (process.send) answer({ plan })
else {
  const { rows } = await plan({ calls: 500 })
  for (const { dialect, session, bytes, afterParseUs, aloneUs } of rows)
    process.stdout.write(
      `${dialect.padEnd(16)} ${(bytes / 1000).toFixed(0)} KB, session ${session.padEnd(8)}  ` +
        `right after the parse ${afterParseUs.toFixed(1)} µs, alone ${aloneUs.toFixed(1)} µs\n`,
    )
}
