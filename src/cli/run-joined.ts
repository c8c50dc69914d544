/**
 * A command whose two outputs are one stream, as after `2>&1`: `sh` makes them one and becomes the command. What a shell
 * takes away from the environment, `env` gives back.
 */
import { findCommand } from './find-command.ts'

interface Words {
  readonly program: string
  readonly args: readonly string[]
}

type Env = Readonly<Record<string, string | undefined>>

/** As it is where there is no such program: whoever starts it is told so. */
export function joined({ program, args, env }: Words & { readonly env: Env }): Words {
  const found = findCommand(program, env)
  if (found.kind !== 'program') return { program, args }
  return { program: '/bin/sh', args: ['-c', 'exec "$0" "$@" 2>&1', ...restored(env), found.path, ...args] }
}

const ofShells = new Set(['IFS', 'OPTIND', 'PPID'])
const knownToShells = /^[A-Za-z_]\w*$/

function restored(env: Env): readonly string[] {
  const lost = Object.entries(env).flatMap(([name, value]) =>
    knownToShells.test(name) && !ofShells.has(name) ? [] : [`${name}=${value}`],
  )
  const added = env['PWD'] === undefined ? ['-u', 'PWD'] : []
  return lost.length + added.length === 0 ? [] : ['env', ...added, ...lost]
}
