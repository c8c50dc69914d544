/** The shape of config.json. Every object is closed: a key that is not here is an error with a hint. */
import { z } from 'zod'
import { dialectIds } from '../conversation/conversation.ts'

const model = z.string().min(1)
const models = z.array(model)
const count = z.int().min(1)
const effort = z.enum(['minimal', 'low', 'medium', 'high', 'xhigh', 'max'])

/** The same names as in `Quirks`, in the file's spelling. */
const quirks = z.strictObject({
  max_tokens_field: z.enum(['max_tokens', 'max_completion_tokens']).optional(),
  max_output_tokens: count.optional(),
  reasoning_field: z.enum(['reasoning_content', 'reasoning', 'reasoning_details']).optional(),
  reasoning_replay: z.enum(['required', 'accepted', 'refused']).optional(),
  thinking_request: z
    .enum(['reasoning_effort', 'reasoning', 'thinking', 'enable_thinking', 'none'])
    .optional(),
  efforts: z.array(effort).optional(),
  refuses_sampling: z.boolean().optional(),
  stream_usage: z.boolean().optional(),
  required_tool_word: z.enum(['required', 'any', 'auto']).optional(),
  no_named_tool_choice: z.boolean().optional(),
  no_parallel_switch: z.boolean().optional(),
  system_role: z.enum(['system', 'developer']).optional(),
  system_only_first: z.boolean().optional(),
  schema_refuses: z.array(z.string()).optional(),
  context_window: count.optional(),
  thinking: z.boolean().optional(),
  tools: z.boolean().optional(),
  free: z.boolean().optional(),
  max_models: count.optional(),
  images: z.boolean().optional(),
  documents: z.boolean().optional(),
  web_search: z.boolean().optional(),
  structured_output: z.enum(['schema', 'json', 'none']).optional(),
  max_stop_sequences: z.int().min(0).optional(),
  max_name_length: count.optional(),
  call_id_length: count.optional(),
  no_user_after_tool: z.boolean().optional(),
  verbosity: z.boolean().optional(),
  fills_optional_texts: z.boolean().optional(),
  user: z.boolean().optional(),
  cached_tokens: z.enum(['details', 'prompt_cache_hit_tokens', 'cached_tokens']).optional(),
  cache_key: z.boolean().optional(),
  cache_control: z.boolean().optional(),
})

const dialect = z.enum(dialectIds)

const provider = z.strictObject({
  title: z.string().optional(),
  base_url: z.string().optional(),
  type: z.enum(['openai-compatible', 'anthropic-compatible']).optional(),
  dialect: dialect.optional(),
  dialects: z.array(dialect).min(1).optional(),
  /** A path per dialect, for places whose paths are unusual. */
  paths: z.partialRecord(dialect, z.string().startsWith('/')).optional(),
  api_key: z.string().optional(),
  /** Several keys or accounts; a session keeps to one. */
  api_keys: z.array(z.string().min(1)).optional(),
  quotas: z.array(z.string()).optional(),
  auth: z.enum(['bearer', 'x-api-key', 'x-goog-api-key', 'api-key', 'none']).optional(),
  headers: z.record(z.string(), z.string()).optional(),
  query: z.record(z.string(), z.string()).optional(),
  quirks: quirks.optional(),
  /** By model name; `*` stands for any run of characters. */
  models: z.record(z.string(), quirks).optional(),
})

const tier = z.strictObject({ default: model.optional(), cascade: models.optional() })
const tiers = z.strictObject({ BIG: tier.optional(), MIDDLE: tier.optional(), SMALL: tier.optional() })

const roles = z.strictObject({
  big: models.optional(),
  middle: models.optional(),
  small: models.optional(),
  toolcall: models.optional(),
  background: models.optional(),
  think: models.optional(),
  'long-context': models.optional(),
  'web-search': models.optional(),
  image: models.optional(),
})

const level = z.enum(['off', 'lossless', 'balanced', 'aggressive'])
const levels = z.record(z.string(), level)

const profile = z.strictObject({
  notes: z.string().optional(),
  model: model.optional(),
  model_tiers: tiers.optional(),
  roles: roles.optional(),
  default_provider: z.string().optional(),
  ignore_asked_model: z.boolean().optional(),
  bypass: z.boolean().optional(),
  lane: z.enum(['interactive', 'standby']).optional(),
  expires_at: z.iso.datetime({ offset: true }).optional(),
  compression: level.optional(),
})

const whenSpent = z.enum(['refuse', 'next-target', 'cheaper-role'])
const allowance = z.union([z.string(), z.array(z.string())])

const budget = z.strictObject({
  profile: z.string().optional(),
  agent: z.string().optional(),
  key: z.string().optional(),
  requests: allowance.optional(),
  tokens: allowance.optional(),
  cost: allowance.optional(),
  when_spent: whenSpent.optional(),
})

const port = z.int().min(0).max(65_535)

export const configSchema = z.strictObject({
  $schema: z.string().optional(),
  host: z.string().optional(),
  port: port.optional(),
  listeners: z
    .array(z.strictObject({ port, host: z.string().optional(), profile: z.string().optional() }))
    .min(1)
    .optional(),
  client_keys: z.array(z.string().min(1)).optional(),
  providers: z.record(z.string(), provider).optional(),
  default_provider: z.string().optional(),
  model_tiers: tiers.optional(),
  roles: roles.optional(),
  fallbacks: models.optional(),
  toolcall_models: models.optional(),
  profiles: z.record(z.string(), z.union([model, profile])).optional(),
  limits: z
    .strictObject({
      max_body_bytes: count.optional(),
      max_reply_bytes: count.optional(),
      min_output_tokens: count.optional(),
      max_output_tokens: count.optional(),
      max_attempts: count.optional(),
      max_wait_ms: z.int().min(0).optional(),
      max_retries: z.int().min(0).optional(),
    })
    .optional(),
  timeouts: z
    .strictObject({
      head_ms: count.optional(),
      idle_ms: count.optional(),
      ping_ms: count.optional(),
      hold_thinking_ms: z.int().min(0).optional(),
      closing_grace_ms: count.optional(),
      client_request_ms: count.optional(),
    })
    .optional(),
  log: z
    .strictObject({
      level: z.enum(['debug', 'info', 'warn', 'error']).optional(),
      folder: z.union([z.string(), z.null()]).optional(),
      keep_days: count.optional(),
      max_file_bytes: count.optional(),
    })
    .optional(),
  ledger: z.union([z.literal(false), z.strictObject({ keep_days: count.optional() })]).optional(),
  compression: z
    .union([
      level,
      z.strictObject({
        level: level.optional(),
        min_tokens: z.int().min(0).optional(),
        holdout: z.number().min(0).max(1).optional(),
        agents: levels.optional(),
        tools: levels.optional(),
        commands: levels.optional(),
        paths: levels.optional(),
        run: z
          .strictObject({ hold_ms: z.int().min(0).optional(), engine: z.string().min(1).optional() })
          .optional(),
        originals: z.strictObject({ max_mib: count.optional(), keep_days: count.optional() }).optional(),
      }),
    ])
    .optional(),
  budgets: z.array(budget).optional(),
  when_spent: whenSpent.optional(),
  local_last_resort: z.union([z.boolean(), models]).optional(),
  breaker: z
    .strictObject({
      failures: count.optional(),
      open_seconds: z.number().positive().optional(),
      longest_cooldown_seconds: z.number().positive().optional(),
    })
    .optional(),
  long_context_tokens: count.optional(),
  fallback_method: z.enum(['cascade', 'openrouter_native', 'both', 'none']).optional(),
  openrouter_fallback_models: models.optional(),
  quotas: z
    .record(
      z.string(),
      z.strictObject({
        max_requests_per_minute: count.optional(),
        cooldown_seconds: z.number().min(0).optional(),
      }),
    )
    .optional(),
  proxy: z
    .strictObject({
      base_url: z.string().optional(),
      health_url: z.string().optional(),
      auto_start: z.boolean().optional(),
    })
    .optional(),
  launch: z
    .strictObject({
      safe: z.boolean().optional(),
      forbid_bypass: z.boolean().optional(),
      guard: z.boolean().optional(),
      call_depth: count.optional(),
      call_count: count.optional(),
      call_minutes: z.number().positive().optional(),
    })
    .optional(),
  tiers: z.record(z.string(), z.string()).optional(),
  selectors: z.record(z.string(), z.string()).optional(),
})

export type ConfigFile = z.infer<typeof configSchema>
export type OwnProvider = z.infer<typeof provider>
export type FileQuirks = z.infer<typeof quirks>
export type FileProfile = z.infer<typeof profile>
export type FileBudget = z.infer<typeof budget>
export type FileTiers = z.infer<typeof tiers>
export type FileRoles = z.infer<typeof roles>
