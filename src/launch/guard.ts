/**
 * The crash guard: a program in a terminal that outlives the one people look at. tmux holds it, on a server of its own
 * for each launch, with settings of its own, so that nothing of the user's tmux is read or changed. Pure.
 */
import type { Plan } from './plan.ts'
import { quoteAlways } from './quote.ts'
import { planAsScript, programWords, setEnvironment } from './shell.ts'

export type Command = Pick<Plan, 'program' | 'args' | 'env' | 'unset' | 'stdin'> & {
  /** Where it runs; absent: here. */
  readonly cwd?: string
}

/** `record`: where it is remembered, without its ending. `folder`: the launcher's own. */
interface GuardPlace {
  readonly id: string
  readonly record: string
  readonly folder: string
  readonly cwd: string
}

/** `tmux`: its program. Without one a small shell waits for the end and notes it. */
export type Guard = GuardPlace &
  ({ readonly kind: 'tmux'; readonly tmux: string } | { readonly kind: 'watched' })

type TmuxGuard = Extract<Guard, { kind: 'tmux' }>

export const socketOf = (id: string): string => `clutch-${id}`

/** What the guard's programs read: the same text for every launch. */
export const guardFiles = (folder: string): Plan['files'] => [
  { path: `${folder}/${settingsName}`, text: tmuxSettings },
  { path: `${folder}/${endName}`, text: endScript },
]

const settingsName = 'tmux.conf'
const endName = 'guard-end.sh'

/** The request that carries a command to a tmux server holds 16 KB. */
const longestCommand = 12_000

export const fitsTmux = (command: Command): boolean =>
  programWords(command).length + JSON.stringify(command.args).length < longestCommand

/** The same command in a tmux of its own. The environment is the server's: nothing of it is in an argument or a file. */
export function inTmux(command: Command, guard: TmuxGuard, detached = false): Command {
  return {
    ...command,
    program: guard.tmux,
    args: [
      '-u',
      '-L',
      socketOf(guard.id),
      '-f',
      `${guard.folder}/${settingsName}`,
      'new-session',
      ...(detached ? ['-d', '-x', '160', '-y', '48'] : []),
      '-s',
      guard.id,
      '-c',
      guard.cwd,
      watchedInside(command, guard.id),
    ],
    env: { ...command.env, ...guardEnvironment(guard) },
    unset: [...command.unset, 'TMUX'],
  }
}

/**
 * A shell stays beside the program to see its end: what tmux itself sees of it gets lost at times (before 3.4, where it
 * keeps records of terminals).
 */
const watchedInside = (command: Command, id: string): string =>
  [
    '_xx_guard=$CLUTCH_GUARD _xx_end=$CLUTCH_GUARD_END; unset CLUTCH_GUARD CLUTCH_GUARD_END; trap : INT QUIT',
    programWords(command),
    `CLUTCH_GUARD=$_xx_guard exec sh "$_xx_end" "$?" ${id}`,
  ].join('\n')

/** Asks the tmux that holds a launch. */
export const tmuxWords = (tmux: string, id: string, verb: string): readonly string[] => [
  tmux,
  '-u',
  '-L',
  socketOf(id),
  verb,
  '-t',
  `=${id}`,
]

/** For those who look, and for the server when it sees the end. */
export const guardEnvironment = ({ record, folder }: GuardPlace): Readonly<Record<string, string>> => ({
  CLUTCH_GUARD: record,
  CLUTCH_GUARD_END: `${folder}/${endName}`,
})

/** For `eval`: ends in the program, or with its exit code. */
export function guardedScript(command: Command, guard: Guard | undefined): string {
  if (guard === undefined) return planAsScript(command)
  if (guard.kind === 'tmux') return planAsScript(inTmux(command, guard))
  const { CLUTCH_GUARD = '', CLUTCH_GUARD_END = '' } = guardEnvironment(guard)
  return [
    ...setEnvironment(command),
    // The terminal sends these to both; what they mean is the program's business.
    'trap : INT QUIT TERM',
    programWords(command),
    '_xx_code=$?',
    `CLUTCH_GUARD=${quoteAlways(CLUTCH_GUARD)} sh ${quoteAlways(CLUTCH_GUARD_END)} "$_xx_code"`,
    'exit "$_xx_code"',
  ].join('\n')
}

/**
 * No status line, no keys but Ctrl-] d (leave it running), and no second screen, so that the terminal's own scrolling
 * and selecting go on working. When the program ends its exit code becomes that of whoever looks.
 */
const tmuxSettings = `# Written by Clutch's launcher for the tmux servers that hold its agents.
set -gq default-shell /bin/sh
set -gq default-terminal screen-256color
if-shell 'infocmp tmux-256color >/dev/null 2>&1' 'set -gq default-terminal tmux-256color'
%if "#{==:#{COLORTERM},truecolor}"
set -agq terminal-features ",*:RGB"
%endif
set -agq terminal-features ",*:extkeys:hyperlinks"
set -agq terminal-overrides ",*:smcup@:rmcup@"
set -gq status off
set -gq mouse off
set -gq escape-time 0
set -gq focus-events on
set -gq extended-keys on
set -gq allow-passthrough on
set -gq set-clipboard on
set -gq set-titles on
set -gq set-titles-string "#T"
set -gq history-limit 50000
set -gq visual-bell off
set -gq window-size latest
unbind -aq -T root
unbind -aq -T prefix
set -gq prefix C-]
bind d detach-client
bind C-] send-prefix
`

const endScript = `# Notes how a guarded program ended; written by Clutch's launcher. $1: its exit code, $2: its tmux session.
umask 077
case $1 in
  0 | 130 | 143) rm -f "$CLUTCH_GUARD.json" "$CLUTCH_GUARD.end" ;;
  *) printf '%s\\n' "$1" >"$CLUTCH_GUARD.end" ;;
esac
[ -n "$2" ] || exit 0
# What stood on its screen stays behind in the terminal, without the empty lines at the end.
tmux capture-pane -p -e -t "=$2:" |
  awk '/[^ ]/ { for (; blank > 0; blank--) print ""; print; next } { blank++ }' >"$CLUTCH_GUARD.last"
# Whoever looks becomes a shell that prints it and ends with the program's exit code.
tmux detach-client -s "=$2" -E "cat \\"\\$CLUTCH_GUARD.last\\" 2>/dev/null; rm -f \\"\\$CLUTCH_GUARD.last\\"; exit $1" 2>/dev/null ||
  rm -f "$CLUTCH_GUARD.last"
`
