/** Finds the program that does the work under `sudo`, `env`, `timeout`, `npx`, `python -m`, `docker exec` and their like. */
import type { Command } from '../filters/filter.ts'

/** What is left of the words: a command, a whole command line to be read anew, or nothing that runs. */
export type Peeled =
  | { readonly kind: 'command'; readonly command: Command }
  | { readonly kind: 'line'; readonly line: string }
  | { readonly kind: 'nothing' }

type Words = readonly string[]

/** A wrapper's own words before the command that it runs. */
interface Wrapper {
  /** Its options that take the next word as their value. */
  readonly valued?: string
  /** Words of its own that stand before the command: a duration, a container. */
  readonly operands?: number
  /** Only with one of these as its first words: `exec`, `dlx`. Absent: always. */
  readonly verbs?: readonly string[]
  /** What follows is named as a package: `vitest@3`, `@biomejs/biome`. */
  readonly packages?: boolean
}

const wrappers: Readonly<Record<string, Wrapper>> = {
  sudo: { valued: '-u -g -h -p -C -r -t -T -U -D --user --group' },
  doas: { valued: '-u -C' },
  env: { valued: '-u -C --unset --chdir' },
  'cross-env': {},
  timeout: { valued: '-s -k --signal --kill-after', operands: 1 },
  gtimeout: { valued: '-s -k', operands: 1 },
  time: { valued: '-f -o' },
  nice: { valued: '-n' },
  ionice: { valued: '-c -n' },
  nohup: {},
  setsid: {},
  stdbuf: { valued: '-i -o -e' },
  unbuffer: {},
  command: {},
  builtin: {},
  exec: { valued: '-a' },
  caffeinate: {},
  'xvfb-run': { valued: '-n -s -e -f -w' },
  dotenv: { valued: '-e -f -c' },
  xargs: { valued: '-I -n -P -L -d -s -E -a' },
  npx: { valued: '-p --package -w', packages: true },
  pnpx: { packages: true },
  bunx: { packages: true },
  uvx: { valued: '--from --with -p --python', packages: true },
  npm: { verbs: ['exec', 'x'], valued: '-p --package --prefix -w --workspace -C', packages: true },
  pnpm: { verbs: ['exec', 'dlx'], valued: '--filter -F -C --dir --package', packages: true },
  yarn: { verbs: ['exec', 'dlx'], valued: '--cwd -p --package', packages: true },
  bun: { verbs: ['x'], valued: '--cwd --filter', packages: true },
  pipx: { verbs: ['run'], valued: '--spec --python', packages: true },
  uv: {
    verbs: ['run', 'tool run'],
    valued: '--with --python -p --extra --group --project --directory --env-file',
  },
  poetry: { verbs: ['run'], valued: '-C -P --directory --project' },
  pipenv: { verbs: ['run'] },
  pdm: { verbs: ['run'], valued: '-p' },
  hatch: { verbs: ['run'] },
  rye: { verbs: ['run'] },
  conda: { verbs: ['run'], valued: '-n -p --name --prefix' },
  bundle: { verbs: ['exec'] },
  mise: { verbs: ['exec', 'x'] },
  direnv: { verbs: ['exec'], operands: 1 },
  docker: {
    verbs: ['exec', 'container exec', 'compose exec', 'compose run'],
    valued: '-e -u -w -f --env --user --workdir --env-file --file --profile --index',
    operands: 1,
  },
  kubectl: { verbs: ['exec'], valued: '-n -c --namespace --container --context', operands: 1 },
  ssh: { valued: '-p -i -l -o -F -J -L -R -D -b -c -E -S -W -w', operands: 1 },
  clutch: { verbs: ['run'], valued: '--level --hold' },
}

const shells = new Set(['bash', 'sh', 'zsh', 'dash', 'ksh', 'ash', 'fish'])
const keywords = new Set(['!', '{', '}', 'do', 'then', 'else', 'if', 'elif', 'while', 'until', 'coproc'])
const controls = new Set(['for', 'case', 'select', 'function', 'done', 'fi', 'esac', '[[', '[', '(('])

/** The same program under another name. */
const aliases: Readonly<Record<string, readonly string[]>> = {
  pip3: ['pip'],
  'py.test': ['pytest'],
  egrep: ['grep', '-E'],
  fgrep: ['grep', '-F'],
  fdfind: ['fd'],
  batcat: ['bat'],
  gmake: ['make'],
  podman: ['docker'],
  nerdctl: ['docker'],
  'docker-compose': ['docker', 'compose'],
  tofu: ['terraform'],
  'golangci-lint-v2': ['golangci-lint'],
}

/** Options of these stand before their subcommand and say nothing about what they print. */
const globals: Readonly<Record<string, string>> = {
  git: '-C -c --git-dir --work-tree --namespace --exec-path',
  cargo: '-C --config --color -Z',
  npm: '--prefix -C -w --workspace --loglevel',
  pnpm: '--filter -F -C --dir',
  yarn: '--cwd',
  bun: '--cwd --filter',
  docker: '-H --host --context -c --config -l --log-level',
  kubectl: '-n --namespace --context --kubeconfig -s --server --cluster --user',
  gh: '-R --repo',
  go: '-C',
  terraform: '-chdir',
  uv: '--directory --project --color',
  make: '',
}

/** Programs that people run by their name through `yarn`, `pnpm` and `bun run`, where others are scripts. */
const wellKnown = new Set(
  'vitest jest mocha playwright tsc tsgo vue-tsc eslint biome prettier cypress ruff mypy pytest ava tap'.split(
    ' ',
  ),
)

const assignment = /^[A-Za-z_]\w*\+?=/
const deepest = 12

export const peel = (words: Words): Peeled => unwrap(words).peeled

export interface Unwrapped {
  readonly peeled: Peeled
  /** What was put into its environment on the way: `CI=1`. */
  readonly environment: Words
}

export function unwrap(words: Words): Unwrapped {
  let rest = words
  const environment: string[] = []
  const drop = (count: number): void => {
    environment.push(...rest.slice(0, count).filter((word) => assignment.test(word)))
    rest = rest.slice(count)
  }
  for (let depth = 0; depth < deepest; depth += 1) {
    drop(countWhile(rest, (word) => assignment.test(word) || keywords.has(word)))
    const [first] = rest
    if (first === undefined || controls.has(first)) break
    const named = [...(aliases[baseName(first)] ?? [baseName(first)]), ...rest.slice(1)]
    const inner = innerOf(named)
    if (inner === undefined) return { peeled: { kind: 'command', command: plainCommand(named) }, environment }
    if (inner.kind === 'line') return { peeled: inner, environment }
    drop(rest.length - inner.words.length)
    rest = inner.words
  }
  return { peeled: { kind: 'nothing' }, environment }
}

type Inner =
  | { readonly kind: 'words'; readonly words: Words }
  | { readonly kind: 'line'; readonly line: string }

/** Undefined where these words run nothing but themselves. */
function innerOf(words: Words): Inner | undefined {
  const [program = '', ...args] = words
  if (shells.has(program)) return shellLine(args)
  if (/^(?:python|pypy|py)[\d.]*$/.test(program)) return pythonModule(args)
  if (program === 'node') return nodeScript(args)
  if (program === 'command' && /^-[vV]$/.test(args[0] ?? '')) return undefined
  const wrapper = Object.hasOwn(wrappers, program) ? wrappers[program] : undefined
  return (wrapper && wrapped(program, wrapper, args)) ?? namedBinary(program, args)
}

function wrapped(program: string, wrapper: Wrapper, args: Words): Inner | undefined {
  const afterVerb = wrapper.verbs ? pastVerb(args, wrapper.verbs, wrapper.valued ?? '') : args
  if (afterVerb === undefined) return undefined
  const options = optionsLength(afterVerb, wrapper.valued ?? '')
  const past = afterVerb.slice(options + (wrapper.operands ?? 0))
  if (wrapper.packages && /^(?:-c|--call)$/.test(afterVerb[options - 1] ?? ''))
    return { kind: 'line', line: past[0] ?? '' }
  const words = past.slice(optionsLength(past, wrapper.valued ?? ''))
  if (words.length === 0) return undefined
  if (program === 'ssh') return { kind: 'line', line: words.join(' ') }
  return {
    kind: 'words',
    words: wrapper.packages ? [packageBinary(words[0] ?? ''), ...words.slice(1)] : words,
  }
}

/** `pnpm --filter web exec vitest`: what follows the verb; undefined where the verb is another one. */
function pastVerb(args: Words, verbs: readonly string[], valued: string): Words | undefined {
  const rest = args.slice(optionsLength(args, valued))
  const verb = verbs.find((each) => each.split(' ').every((word, index) => rest[index] === word))
  return verb === undefined ? undefined : rest.slice(verb.split(' ').length)
}

/** `yarn vitest run`, `yarn workspace web jest`, `bun run tsc`. */
function namedBinary(program: string, args: Words): Inner | undefined {
  if (!/^(?:yarn|pnpm|bun)$/.test(program)) return undefined
  const rest = args.slice(optionsLength(args, globals[program] ?? ''))
  const [first = '', second = ''] = rest
  if (first === 'workspace') return { kind: 'words', words: [program, ...rest.slice(2)] }
  if (first === 'run' && wellKnown.has(second)) return { kind: 'words', words: rest.slice(1) }
  return wellKnown.has(first) ? { kind: 'words', words: rest } : undefined
}

function shellLine(args: Words): Inner | undefined {
  const at = args.findIndex((word) => /^-[a-z]*c$/.test(word))
  const line = at === -1 || args.slice(0, at).some((word) => !word.startsWith('-')) ? undefined : args[at + 1]
  return line === undefined ? undefined : { kind: 'line', line }
}

function pythonModule(args: Words): Inner | undefined {
  const at = optionsLength(args, '-X -W')
  const joined = args.slice(0, at).findIndex((word) => /^-[a-zA-Z]*m$/.test(word))
  if (joined === -1 || args[joined + 1] === undefined) return undefined
  return { kind: 'words', words: args.slice(joined + 1) }
}

/** `node node_modules/vitest/vitest.mjs`, `node ./node_modules/.bin/jest`. */
function nodeScript(args: Words): Inner | undefined {
  const at = args.findIndex((word) => !word.startsWith('-'))
  const found = /node_modules\/(?:\.bin\/)?(?:@[^/]+\/)?([^/]+)/.exec(args[at] ?? '')
  return found?.[1] === undefined ? undefined : { kind: 'words', words: [found[1], ...args.slice(at + 1)] }
}

function plainCommand([program = '', ...args]: Words): Command {
  const valued = globals[program]
  if (valued === undefined) return { program, args }
  const skipped = program === 'cargo' && args[0]?.startsWith('+') ? args.slice(1) : args
  const start = optionsLength(skipped, valued)
  return { program, args: skipped[start] === undefined ? skipped : skipped.slice(start) }
}

/** How many words at the start are options, with their values. `--` ends them and is one of them. */
function optionsLength(words: Words, valued: string): number {
  const takesNext = new Set(valued.split(' '))
  let at = 0
  while (at < words.length) {
    const word = words[at] ?? ''
    if (word === '--') return at + 1
    if (!(word.startsWith('-') && word.length > 1) && !assignment.test(word)) return at
    at += takesNext.has(word) ? 2 : 1
  }
  return Math.min(at, words.length)
}

/** `@biomejs/biome@2` runs `biome`. */
const packageBinary = (name: string): string => {
  const unscoped = name.startsWith('@') ? name.slice(name.indexOf('/') + 1) : name
  const version = unscoped.indexOf('@')
  return version > 0 ? unscoped.slice(0, version) : unscoped
}

function baseName(word: string): string {
  const name = word.slice(Math.max(word.lastIndexOf('/'), word.lastIndexOf('\\')) + 1)
  return name.replace(/\.(?:exe|cmd|bat|ps1)$/i, '')
}

function countWhile(words: Words, holds: (word: string) => boolean): number {
  const at = words.findIndex((word) => !holds(word))
  return at === -1 ? words.length : at
}
