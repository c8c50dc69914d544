/** `clutch hook`: Claude Code's tool results, shortened by Claude Code itself; no gateway is needed for it. */
import { callHook } from './hook-call.ts'
import type { Io } from './io.ts'

const manual = `clutch hook install [--project] [--dry-run]   one entry in Claude Code's settings
clutch hook uninstall [--project] [--dry-run] the entry goes, whole
clutch hook                                   what the entry calls: a hook's JSON on standard input

  --project    .claude/settings.json of this folder instead of the user's own (CLAUDE_CONFIG_DIR or ~/.claude)
  --dry-run    says what would be written
  --json       what was done, for programs

Claude Code then shows its model the shorter output of each tool; what was left out: clutch show ID. It asks the running
gateway, and shortens by itself where none runs. Failed commands are left as they are: Claude Code takes no other output
for them.
`

export async function hookVerb(args: readonly string[], io: Io, input = readStdin): Promise<number> {
  const [word] = args
  if (word === undefined) return callHook(io, input)
  if (word === 'help' || word === '--help' || word === '-h') {
    io.out(manual)
    return 0
  }
  const { changeHook } = await import('./hook-install.ts')
  return changeHook(args, io)
}

async function readStdin(): Promise<string> {
  if (process.stdin.isTTY) return ''
  let text = ''
  for await (const chunk of process.stdin.setEncoding('utf8')) text += String(chunk)
  return text
}
