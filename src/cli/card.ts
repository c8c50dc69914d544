/** The card that `xx` alone prints, and the longer list behind it. */
import { formNames } from '../agents/agent.ts'
import { agents } from '../agents/index.ts'
import { exitCodes, type Io } from './io.ts'

const card =
  (): string => `xx <AGENT><MODE>[ROUTE][TIER] [options] [prompt]        xx cip · xx xcp · xx qnp "fix the test"

  AGENT  ${agents.map(({ letter, title }) => `${letter} ${title}`).join(' · ')}
  MODE   i new · c continue · n headless · s session by id (-s) · r resume from a list     (I C R: headless)
  ROUTE  p through the gateway (usual) · b with the agent's own models · d direct, past the gateway
  TIER   d n k q m f · 0-9 a profile · any character of "tiers" in config.json

  -s, --session ID    in any mode; "last" is the newest      -m, --model NAME     instead of a tier
  -p, --prompt TEXT   or words at the end: runs headless     --stdin              the prompt, or its end
  --profile NAME      of the gateway                         -P, --provider NAME  together with -m
  --safe, --no-safe   approvals on, or skipped (usual)       -n, --dry-run        print it, start nothing
  -v                  print it and go                        --no-cg              without crash guard
  -- WORDS            for the agent as they are

  xx --list   every combination     xx sessions   latest of every agent     xx resume   take one up
  xx doctor   what is installed     xx models     what the gateway offers   xx recover  bring back what was lost
  xx call AGENT "task"   from inside an agent                               clutch launch --help   the long form
`

export function cardVerb(_args: readonly string[], io: Io): number {
  io.out(card())
  return exitCodes.ok
}

export function listVerb(_args: readonly string[], io: Io): number {
  io.out(list())
  return exitCodes.ok
}

/** One row per agent: which forms it has. */
function list(): string {
  const names = ['agent', ...formNames, 'dialect', 'verified'] as const
  const rows = agents.map(({ letter, title, forms, dialect, verified }) => [
    `${letter}  ${title}`,
    ...formNames.map((name) => ('words' in forms[name] ? 'yes' : '–')),
    dialect,
    verified ?? 'documents only',
  ])
  const widths = names.map((name, column) =>
    Math.max(name.length, ...rows.map((row) => (row[column] ?? '').length)),
  )
  const line = (cells: readonly string[]) =>
    `${cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd()}\n`
  return [
    line(names),
    ...rows.map(line),
    '\nstart i · continue c · pick r · resume -s ID · ask n, or any of them with a prompt\n',
    ...agents.flatMap(({ letter, cannot }) => cannot.map((what) => `  ${letter}  cannot ${what}\n`)),
  ].join('')
}
