/** Claude Code: speaks Messages; everything it needs to know about a gateway fits into its environment. */
import type { Agent, Gateway } from './agent.ts'

export const claude: Agent = {
  id: 'claude',
  letter: 'c',
  title: 'Claude Code',
  programs: ['claude'],
  dialect: 'anthropic',
  verified: '2.1.329',
  install:
    'npm install -g @anthropic-ai/claude-code  (needs Node 22; on Node 20 npm quietly takes an older one)',
  version: {
    args: ['--version'],
    oldest: '2.1.0',
    because: 'older ones do not know the settings for gateways',
  },
  approvals: { bypass: ['--dangerously-skip-permissions'] },
  model: { gateway: ['--model', '{model}'], direct: ['--model', '{model}'] },
  newSession: ['--session-id', '{session}'],
  namesItsSession: true,
  forms: {
    start: { words: ['{bypass}', '{gateway}', '{model}', '{native}'] },
    continue: { words: ['{bypass}', '{gateway}', '{model}', '--continue', '{native}'] },
    pick: { words: ['{bypass}', '{gateway}', '{model}', '--resume', '{native}'] },
    resume: { words: ['{bypass}', '{gateway}', '{model}', '--resume', '{session}', '{native}'] },
    ask: { words: ['{bypass}', '{gateway}', '{model}', '{native}', '-p', '{prompt}'] },
    'ask-continue': {
      words: ['{bypass}', '{gateway}', '{model}', '--continue', '{native}', '-p', '{prompt}'],
    },
    'ask-resume': {
      words: ['{bypass}', '{gateway}', '{model}', '--resume', '{session}', '{native}', '-p', '{prompt}'],
    },
  },
  point: (gateway) => ({
    env: {
      ANTHROPIC_BASE_URL: gateway.url,
      // Not ANTHROPIC_API_KEY: for that one the interactive program asks the user's consent first.
      ANTHROPIC_AUTH_TOKEN: gateway.key,
      // Left to itself it decides by the host's name; without it every turn carries 30-40 KB more of tools.
      ENABLE_TOOL_SEARCH: 'true',
      // After a broken stream it would ask again without one and run tools a second time; the gateway retries itself.
      CLAUDE_CODE_DISABLE_NONSTREAMING_FALLBACK: '1',
      // The head probe and calls to api.anthropic.com, which the gateway's user did not ask for.
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
      // An update in the middle of a session would change flags under the launcher; `xx doctor` compares versions.
      DISABLE_AUTOUPDATER: '1',
      ...attribution(gateway),
      ...window(gateway),
      ...(gateway.smallModel !== undefined && { ANTHROPIC_DEFAULT_HAIKU_MODEL: gateway.smallModel }),
      ...(gateway.project !== undefined && {
        ANTHROPIC_CUSTOM_HEADERS: `x-clutch-project: ${gateway.project}`,
      }),
    },
  }),
  detours: [
    'ANTHROPIC_API_KEY',
    'CLAUDE_CODE_USE_BEDROCK',
    'CLAUDE_CODE_USE_VERTEX',
    'CLAUDE_CODE_USE_FOUNDRY',
  ],
  gatewayVariables: [
    'ANTHROPIC_BASE_URL',
    'ANTHROPIC_AUTH_TOKEN',
    'ANTHROPIC_CUSTOM_HEADERS',
    'ANTHROPIC_MODEL',
    'ANTHROPIC_SMALL_FAST_MODEL',
    'ANTHROPIC_DEFAULT_OPUS_MODEL',
    'ANTHROPIC_DEFAULT_SONNET_MODEL',
    'ANTHROPIC_DEFAULT_HAIKU_MODEL',
    'ANTHROPIC_DEFAULT_FABLE_MODEL',
    'CLAUDE_CODE_SUBAGENT_MODEL',
    'CLAUDE_CODE_MAX_CONTEXT_TOKENS',
    'CLAUDE_CODE_AUTO_COMPACT_WINDOW',
    'CLAUDE_CODE_ATTRIBUTION_HEADER',
    'CLAUDE_CODE_DISABLE_NONSTREAMING_FALLBACK',
    'ENABLE_TOOL_SEARCH',
  ],
  keyVariables: ['ANTHROPIC_API_KEY'],
  sessions: {
    format: 'claude',
    folder: '.claude/projects',
    movedBy: { variable: 'CLAUDE_CONFIG_DIR', part: '.claude' },
  },
  rootNeeds: 'IS_SANDBOX',
  cannot: [],
}

/** A line of accounting at the top of the system prompt: other providers would pay for it and cannot cache it. */
const attribution = (gateway: Gateway): Readonly<Record<string, string>> =>
  gateway.ownModels ? {} : { CLAUDE_CODE_ATTRIBUTION_HEADER: '0' }

/**
 * An id it does not know is taken for a million tokens, so that it would never compact in time. The first variable
 * counts for such ids, the second for the ids it knows as well.
 */
function window({ contextTokens }: Gateway): Readonly<Record<string, string>> {
  if (contextTokens === undefined) return {}
  return {
    CLAUDE_CODE_MAX_CONTEXT_TOKENS: String(contextTokens),
    CLAUDE_CODE_AUTO_COMPACT_WINDOW: String(contextTokens),
  }
}
