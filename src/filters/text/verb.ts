/** What a command with verbs was told to do: `git -C x log`, `kubectl -n web get pods`, `npm --prefix x install`. */
import type { Command } from '../filter.ts'

/** Options that take the next word as their value, of the programs on the shelf. */
const valued: Readonly<Record<string, readonly string[]>> = {
  git: ['-C', '-c', '--git-dir', '--work-tree', '--namespace'],
  docker: [
    '--context',
    '-c',
    '-H',
    '--host',
    '-f',
    '--file',
    '-p',
    '--project-name',
    '--profile',
    '--env-file',
  ],
  kubectl: ['-n', '--namespace', '--context', '--kubeconfig', '--cluster', '-s', '--server'],
  npm: ['--prefix', '-w', '--workspace', '--loglevel', '--registry', '-C'],
  pnpm: ['-C', '--dir', '--filter', '-F'],
  yarn: ['--cwd'],
  gh: ['-R', '--repo'],
  terraform: [],
  systemctl: ['-n', '-t', '--type', '--state', '-p'],
}

/** Its words that are neither options nor their values. The first ones are the verb. */
export function operandsOf({ program, args }: Command): string[] {
  const taking = valued[program] ?? []
  return args.filter((word, at) => !word.startsWith('-') && !taking.includes(args[at - 1] ?? ''))
}

/** The command is `program` with one of these verbs: `isVerb(command, 'git', ['log'])`. */
export function isVerb(command: Command, program: string, verbs: readonly string[]): boolean {
  if (command.program !== program) return false
  const said = operandsOf(command)
  return verbs.some((verb) => verb.split(' ').every((word, at) => said[at] === word))
}

/** One of its short options (also in a bundle, `-laR`) or one of its long ones. */
export function hasOption({ args }: Command, short: string, long: readonly string[] = []): boolean {
  return args.some((word) => {
    if (word.startsWith('--')) return long.some((name) => word === name || word.startsWith(`${name}=`))
    return word.startsWith('-') && [...short].some((letter) => word.includes(letter))
  })
}
