/**
 * The crash guard: a program in a terminal that outlives the one people look at. tmux holds it, on a server of its own
 * for each launch, with settings of its own, so that nothing of the user's tmux is read or changed. Pure.
 */
import type { Plan } from './plan.ts'
import { quoteAlways } from './quote.ts'
import { planAsScript, programWords, setEnvironment } from './shell.ts'

export type Command = Pick<Plan, 'program' | 'args' | 'env' | 'unset' | 'stdin'>

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
      `unset CLUTCH_GUARD CLUTCH_GUARD_END; exec ${programWords(command)}`,
    ],
    env: { ...command.env, ...guardEnvironment(guard) },
    unset: [...command.unset, 'TMUX'],
  }
}

/** Looks at a launch that tmux still holds. */
export const attachWords = (tmux: string, id: string): readonly string[] => [
  tmux,
  '-u',
  '-L',
  socketOf(id),
  'attach-session',
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
    "trap : INT QUIT TERM; trap '_xx_hangup=hangup' HUP",
    programWords(command),
    '_xx_code=$?',
    `CLUTCH_GUARD=${quoteAlways(CLUTCH_GUARD)} sh ${quoteAlways(CLUTCH_GUARD_END)} "\${_xx_hangup-$_xx_code}:"`,
    'exit "$_xx_code"',
  ].join('\n')
}

/**
 * No status line, no keys but Ctrl-] d (leave it running), and no second screen, so that the terminal's own scrolling
 * and selecting go on working. When the program ends its exit code becomes that of whoever looks.
 */
const tmuxSettings = `# Written by Clutch's launcher for the tmux servers that hold its agents.
set -gq default-shell /bin/sh
set -gq default-terminal tmux-256color
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
set -gq remain-on-exit on
set -gq remain-on-exit-format ""
set-hook -g pane-died "run-shell 'sh \\"\\$CLUTCH_GUARD_END\\" \\"#{pane_dead_status}:#{pane_dead_signal}\\" #{session_name}'"
`

const endScript = `# Notes how a guarded program ended; written by Clutch's launcher. $1: <exit code>:<signal>, $2: its tmux session.
umask 077
code=\${1%%:*}
signal=\${1#*:}
case $signal in
  *[0-9]*) ;;
  HUP) signal=1 ;; INT) signal=2 ;; QUIT) signal=3 ;; ILL) signal=4 ;; ABRT) signal=6 ;; BUS) signal=7 ;;
  FPE) signal=8 ;; KILL) signal=9 ;; SEGV) signal=11 ;; PIPE) signal=13 ;; TERM) signal=15 ;;
  *) signal=0 ;;
esac
[ -n "$code" ] || code=$((128 + signal))
case $code in
  0 | 130 | 143) rm -f "$CLUTCH_GUARD.json" "$CLUTCH_GUARD.end" ;;
  *) printf '%s\\n' "$code" >"$CLUTCH_GUARD.end" ;;
esac
[ -n "$2" ] || exit 0
if [ "$(tmux display-message -p -t "=$2:" '#{session_attached}')" = 0 ]; then
  exec tmux kill-session -t "=$2"
fi
# What stood on its screen stays behind in the terminal, without the empty lines at the end.
tmux capture-pane -p -e -t "=$2:" | awk '/[^ ]/ { for (; blank > 0; blank--) print ""; print; next } { blank++ }' >"$CLUTCH_GUARD.last"
tmux set-option -g destroy-unattached on
tmux detach-client -s "=$2" -E "cat \\"\\$CLUTCH_GUARD.last\\" 2>/dev/null; rm -f \\"\\$CLUTCH_GUARD.last\\"; exit $code"
`
