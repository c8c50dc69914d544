/** The names of environment variables: those that are settings, and those of the seeds that are not honoured. */
import { providers } from '../providers/index.ts'

/** Settings that are not a provider's key or base URL. */
export const settingVariables = [
  'HOST',
  'PORT',
  'PROXY_AUTH_KEY',
  'LOG_LEVEL',
  'REQUEST_TIMEOUT',
  'MAX_RETRIES',
  'MIN_TOKENS_LIMIT',
  'MAX_TOKENS_LIMIT',
  'BIG_MODEL',
  'MIDDLE_MODEL',
  'SMALL_MODEL',
  'BIG_CASCADE',
  'MIDDLE_CASCADE',
  'SMALL_CASCADE',
  'MODEL_CASCADE',
  'TOOLCALL_MODELS',
  'OPENROUTER_FALLBACK_MODELS',
  'FALLBACK_METHOD',
  'DEFAULT_PROVIDER',
  'CB_FAILURE_THRESHOLD',
  'CB_TIMEOUT_SECONDS',
  'ROUTER_BACKGROUND',
  'ROUTER_THINK',
  'ROUTER_LONG_CONTEXT',
  'ROUTER_WEB_SEARCH',
  'ROUTER_IMAGE',
  'ROUTER_LONG_CONTEXT_THRESHOLD',
  'AZURE_API_VERSION',
  'HEADROOM_BYPASS_THRESHOLD',
] as const

export const customHeaderPrefix = 'CUSTOM_HEADER_'

export const providerPrefix = 'PROVIDERS_'

const providerVariable = (provider: string, what: string): string =>
  `${providerPrefix}${provider.replace(/\W/g, '_').toUpperCase()}_${what}`

/** Where any provider is, and its key; names of its own, where it has them, count before these. */
export const urlVariable = (provider: string): string => providerVariable(provider, 'URL')
export const keyVariable = (provider: string): string => providerVariable(provider, 'API_KEY')
/** Several keys of one provider, separated by commas. */
export const keysVariable = (provider: string): string => providerVariable(provider, 'API_KEYS')

export const providerVariables = (provider: string): readonly string[] => [
  urlVariable(provider),
  keyVariable(provider),
  keysVariable(provider),
]

export const knownVariables: ReadonlySet<string> = new Set([
  ...settingVariables,
  ...providers.flatMap(({ keyVariables, baseUrlVariables }) => [
    ...keyVariables,
    ...(baseUrlVariables ?? []),
  ]),
  ...providers.flatMap(({ id }) => providerVariables(id)),
])

interface NotHonoured {
  readonly names: RegExp
  /** What to do instead, as the end of a sentence. */
  readonly instead: string
}

/** What the seeds read (or documented) and this gateway does not: said aloud when it stands in one of our files. */
const notHonoured: readonly NotHonoured[] = [
  { names: /^XX_HOME$/, instead: 'it says where this file is, so it counts only in the environment' },
  { names: /^FALLBACK_METHODS$/, instead: 'use FALLBACK_METHOD' },
  {
    names: /^((BIG|MIDDLE|SMALL)_(ENDPOINT|API_KEY|PROVIDER)|ENABLE_(BIG|MIDDLE|SMALL)_ENDPOINT)$/,
    instead: 'write provider/model in BIG_MODEL, MIDDLE_MODEL or SMALL_MODEL; keys belong to providers',
  },
  {
    names: /^PROVIDERS_.+_API_KEYS?$/,
    instead: 'no provider has this name; PROVIDERS_…_URL would make one',
  },
  {
    names: /^PROVIDER_(API_KEY|BASE_URL)$/,
    instead: 'list the provider under "providers" in config.json',
  },
  {
    names: /^LOCAL_(ENABLED|MODEL|ENDPOINT)$/,
    instead: 'write ollama/model as the last entry of a cascade; OLLAMA_BASE_URL moves it',
  },
  {
    names: /^(REASONING_(EFFORT|MAX_TOKENS|EXCLUDE)|(BIG|MIDDLE|SMALL)_MODEL_REASONING)$/,
    instead: "the client's own effort and thinking budget are honoured",
  },
  { names: /^ROUTER_/, instead: 'use "roles" in config.json' },
  { names: /^(LOG_FILE|LOGS_DIR|LOG_MAX_SIZE_MB|LOG_RETENTION_DAYS)$/, instead: 'use "log" in config.json' },
  { names: /^(LOG_FULL_CONTENT|DEBUG_TRAFFIC_)/, instead: 'bodies are never logged' },
  { names: /^TOOLCALL_(AUTO_ROUTE|MAX_RETRIES)$/, instead: 'TOOLCALL_MODELS alone decides' },
  { names: /^REQUESTY_AUTO_CACHE$/, instead: 'requests are forwarded as the client wrote them' },
  { names: /^ENABLE_LEGACY_PROXY_AUTH$/, instead: 'clients present PROXY_AUTH_KEY' },
  {
    names: /^HEADROOM_(HOST|PORT)$/,
    instead: 'use "listeners" in config.json: { "port": 8787, "profile": "…" }',
  },
  {
    names: /^HEADROOM_(UPSTREAM_URL|ANTHROPIC_UPSTREAM|REMOTE_URL)$/,
    instead: 'a provider\'s "base_url" in config.json says where it is',
  },
  { names: /^HEADROOM_MODE$/, instead: 'use "compression": off, lossless, balanced or aggressive' },
  { names: /^HEADROOM_CONTEXT_TOOL$/, instead: 'use "compression": { "run": { "engine": "rtk" } }' },
  {
    names: /^HEADROOM_(ACCELERATOR|KOMPRESS_\w+|ALLOW_CPU_FALLBACK|\w+_TIMEOUT)$/,
    instead: 'no model shortens anything here: there is nothing to load or wait for',
  },
  { names: /^HEADROOM_/, instead: 'use "compression" in config.json; HEADROOM_BYPASS_THRESHOLD is honoured' },
  { names: /^TOOL_(SCHEMA_STRIP|DESC_MAX|PARAM_DESC_MAX)$/, instead: "tools' schemas are never shortened" },
  {
    names: /^DAILY_(TOKEN|COST)_BUDGET$/,
    instead: 'use "budgets" in config.json: { "tokens": "2M/day" } or { "cost": "5/day" }',
  },
  { names: /^MODEL_CASCADE_DAILY_LIMIT$/, instead: 'use "quotas" of a provider: ["200 requests/day"]' },
  { names: /^(SEMANTIC_CACHE_|ENABLE_REQUEST_DEDUP|DEDUP_)/, instead: 'answers are never replayed' },
  {
    names:
      /^(FUSION_|CB_|HEADROOM_|TOOL_|TOKEN_COUNT_|(DAILY|PER_REQUEST|MID_STREAM)_|MODEL_CASCADE_|WATCHDOG|PROXY_WATCHDOG|TRACK_USAGE|USAGE_|ALLOCATOR_|SILENCE_|NORMALIZE_|VERBOSITY|DEBUG_SSE|(BIG|MIDDLE|SMALL)_SYSTEM_|ENABLE_CUSTOM_|PROMPT_INJECTION_|TERMINAL_|DASHBOARD_|COMPACT_LOGGER|LOG_STYLE|LOG_TIER|COLOR_SCHEME|SHOW_|CROSSTALK_|PROXY_CHAIN_FILE|PROFILES_FILE|CCP_|DATA_DIR|TOKSCALE_|AUDIT_|MODEL_SCAN_|SCRAPER_|RANKER_|VIBEPROXY_|USE_LOCAL_PROXY|KIRO_|PIPELINE_|AA_API_KEY|EXA_API_KEY|OPENROUTER_(CACHE_TTL|AUTO_REFRESH)|PREFERRED_PROVIDER)/,
    instead: 'this gateway has no such setting',
  },
]

/** Why a seed's setting has no effect here; undefined: the name is no seed's setting. */
export const whyNotHonoured = (name: string): string | undefined =>
  notHonoured.find(({ names }) => names.test(name))?.instead
