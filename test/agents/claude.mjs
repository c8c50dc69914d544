// Claude Code: the Anthropic dialect, native binary.
import { target } from './runner/target.mjs'

export const claude = {
  name: 'claude',
  version: '2.1.329',
  package: `@anthropic-ai/claude-code-${target.name}@2.1.329`,
  program: 'claude',
  runsOn: 'itself',
  dialects: ['anthropic'],
  sideRequests: 0,
  // Its own word for the largest model.
  bigName: 'opus',
  invocation: ({ url, key, model, prompt }) => ({
    args: ['--dangerously-skip-permissions', '--model', model, '-p', prompt],
    env: {
      ANTHROPIC_BASE_URL: url,
      ANTHROPIC_AUTH_TOKEN: key,
      ANTHROPIC_DEFAULT_HAIKU_MODEL: model,
      CLAUDE_CODE_MAX_CONTEXT_TOKENS: '200000',
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
      DISABLE_AUTOUPDATER: '1',
      // Root may only skip permissions where the machine says it is a sandbox.
      IS_SANDBOX: '1',
    },
  }),
}
