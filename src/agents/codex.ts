/** Codex: speaks Responses; reaches a gateway through `-c` settings only (it ignores OPENAI_BASE_URL). */
import { asList, asObject, asText, type JsonObject, tryParseJson } from '../wire/json.ts'
import type { Agent, Gateway, Pointing } from './agent.ts'

const flags = ['{bypass}', '{gateway}', '{model}', '{native}']
const catalogueFile = 'codex-models.json'

export const codex: Agent = {
  id: 'codex',
  letter: 'x',
  title: 'Codex',
  programs: ['codex'],
  dialect: 'openai-responses',
  verified: '0.169.0',
  install: 'npm install -g @openai/codex',
  version: { args: ['--version'] },
  catalogue: ['debug', 'models', '--bundled'],
  // `-a never` keeps the sandbox read-only and is unknown to `codex exec`; this one flag is what lets it work.
  approvals: { bypass: ['--dangerously-bypass-approvals-and-sandbox'] },
  model: { gateway: ['-m', '{model}'], direct: ['-m', '{model}'] },
  usualModel: 'big',
  bringsModel: true,
  namesItsSession: true,
  // Every form repeats the flags: a resumed session does not remember them.
  forms: {
    start: { words: flags },
    // Sessions of `codex exec` count too: "continue" means the last one, whoever began it.
    continue: { words: ['resume', '--last', '--include-non-interactive', ...flags] },
    pick: { words: ['resume', ...flags] },
    resume: { words: ['resume', '{session}', ...flags] },
    ask: { words: ['exec', '--skip-git-repo-check', ...flags, '{prompt}'] },
    'ask-continue': { words: ['exec', 'resume', '--last', '--skip-git-repo-check', ...flags, '{prompt}'] },
    'ask-resume': { words: ['exec', 'resume', '{session}', '--skip-git-repo-check', ...flags, '{prompt}'] },
  },
  point,
  detours: [],
  gatewayVariables: ['OPENAI_BASE_URL', 'CLUTCH_KEY'],
  keyVariables: ['OPENAI_API_KEY'],
  sessions: {
    format: 'codex',
    folder: '.codex/sessions',
    movedBy: { variable: 'CODEX_HOME', part: '.codex' },
  },
  cannot: ['speak anything but Responses: `wire_api = "chat"` is a configuration error'],
}

function point(gateway: Gateway): Pointing {
  const catalogue = catalogueOf(gateway)
  return {
    env: { CLUTCH_KEY: gateway.key },
    ...(catalogue !== undefined && { files: { [catalogueFile]: catalogue } }),
    args: settings({
      model_provider: 'clutch',
      'model_providers.clutch.name': 'clutch',
      'model_providers.clutch.base_url': `${gateway.url}/v1`,
      'model_providers.clutch.env_key': 'CLUTCH_KEY',
      // Versions that still knew Chat took it for granted; the gateway hears Responses best.
      'model_providers.clutch.wire_api': 'responses',
      ...(gateway.project !== undefined && {
        'model_providers.clutch.http_headers': `{"x-clutch-project"=${JSON.stringify(gateway.project)}}`,
      }),
      ...(catalogue !== undefined && { model_catalog_json: gateway.fileAt(catalogueFile) }),
      ...window(gateway),
    }),
  }
}

/**
 * What Codex takes the gateway's models for: by a slug of its own it may choose tools that only that model can play
 * (programs in JavaScript instead of calls), whoever answers behind the name (CONTRACT 125). So each gets the traits of
 * a model that works with plain calls, in Codex's own words.
 */
function catalogueOf({
  offered,
  ownCatalogue,
  model,
  contextTokens,
  ownModels,
}: Gateway): string | undefined {
  const pattern = ownModels ? undefined : plainModelIn(ownCatalogue)
  if (pattern === undefined || offered.length === 0) return undefined
  const asked =
    model === undefined ? [] : [{ id: model, ...(contextTokens !== undefined && { contextTokens }) }]
  const others = offered.filter(({ id }) => id !== model)
  const models = [...asked, ...others].map((one, priority) => ({
    ...pattern,
    slug: one.id,
    display_name: one.id,
    description: 'Through the Clutch gateway',
    visibility: 'list',
    priority,
    upgrade: null,
    availability_nux: null,
    additional_speed_tiers: [],
    service_tiers: [],
    supports_search_tool: false,
    ...(one.contextTokens !== undefined && {
      context_window: one.contextTokens,
      max_context_window: one.contextTokens,
    }),
  }))
  return `${JSON.stringify({ models })}\n`
}

/** One that calls functions and patches files in words of its own; undefined: this version has none, or says nothing. */
function plainModelIn(catalogue: string | undefined): JsonObject | undefined {
  const { models } = asObject(tryParseJson(catalogue ?? ''))
  return asList(models)
    .map(asObject)
    .find((one) => one['use_responses_lite'] === false && asText(one['apply_patch_tool_type']) === 'freeform')
}

/** Without it Codex believes what it knows of the slug; it compacts a little before the end. */
const window = ({ contextTokens }: Gateway): Readonly<Record<string, string>> =>
  contextTokens === undefined
    ? {}
    : {
        model_context_window: String(contextTokens),
        model_auto_compact_token_limit: String(Math.floor(contextTokens * 0.9)),
      }

const settings = (values: Readonly<Record<string, string>>): readonly string[] =>
  Object.entries(values).flatMap(([key, value]) => ['-c', `${key}=${value}`])
