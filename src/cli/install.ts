/** `clutch install`: the five commands on PATH, completions and the seed's aliases, in one block of a shell's start-up file. */
import { existsSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { nearest } from '../config/nearest.ts'
import { findProgram } from '../launch/programs.ts'
import { type ChosenAliases, chooseAliases, shellAliases } from '../launch/shell-aliases.ts'
import { blockFor, type Shell, shells, withBlock, withoutBlock } from '../launch/shell-block.ts'
import { readText } from '../world/files.ts'
import { replaceFile } from '../world/replace-file.ts'
import { readFlags } from './flags.ts'
import { exitCodes, type Io } from './io.ts'
import { shimFolder, writeShims } from './shims.ts'

const manual = `clutch install: the commands, completions and short names in your shell

  --shell bash | zsh | fish | all     instead of the one you use ($SHELL)
  --alias NAME,NAME | all             also short names that hide a program (cc, pi …)
  --no-aliases                        no short names at all
  --dry-run                           print what would be written, change nothing
  --uninstall                         take the block out again

One marked block is written into ~/.bashrc, ~/.zshrc or ~/.config/fish/config.fish: PATH, completions, and the seed's
aliases except those that would hide a program. Typing it again brings the block up to date.

Exit codes: 0 done, 64 wrong usage, 69 this program does not know where its commands are, 73 a file cannot be written,
78 the block in a file is torn
`

interface Wish {
  readonly shells: readonly Shell[]
  readonly wanted: ReadonlySet<string>
  readonly aliases: boolean
  readonly dryRun: boolean
  readonly uninstall: boolean
}

export function installVerb(args: readonly string[], io: Io): number {
  const kinds = {
    shell: 'text',
    alias: 'text',
    'no-aliases': 'switch',
    'dry-run': 'switch',
    uninstall: 'switch',
    help: 'switch',
  } as const
  const flags = readFlags(args, kinds)
  if (flags.ok && flags.switches.has('help')) {
    io.out(manual)
    return exitCodes.ok
  }
  const wish = flags.ok ? wishFrom(flags.texts, flags.switches, io) : flags.message
  if (typeof wish === 'string') {
    io.err(`clutch install: ${wish}\nSee: clutch install --help\n`)
    return exitCodes.usage
  }
  const folder = binFolderOf(io)
  if (folder === undefined) {
    io.err('clutch install: this program does not know where its commands are\n')
    return exitCodes.unavailable
  }
  return wish.uninstall ? uninstall(wish, io) : install(wish, folder, io)
}

type Switches = ReadonlySet<string>

function wishFrom(texts: Readonly<Record<string, string>>, said: Switches, { env }: Io): Wish | string {
  const asked = texts['shell'] ?? basename(env['SHELL'] ?? '')
  const chosen = asked === 'all' ? shells : shells.filter((shell) => shell === asked)
  if (chosen.length === 0)
    return texts['shell'] === undefined
      ? 'which shell you use cannot be told from $SHELL; say --shell bash, zsh or fish'
      : `there is no block for ${asked} (there is for ${shells.join(', ')})`
  const names = shellAliases.map(({ name }) => name)
  const alias = texts['alias']?.split(',').map((name) => name.trim()) ?? []
  const strange = alias.find((name) => name !== 'all' && !names.includes(name))
  if (strange !== undefined) {
    const near = nearest(strange, names)
    return `there is no alias ${strange}${near === undefined ? '' : ` (did you mean ${near}?)`}`
  }
  return {
    shells: chosen,
    wanted: new Set(alias.includes('all') ? names : alias),
    aliases: !said.has('no-aliases'),
    dryRun: said.has('dry-run'),
    uninstall: said.has('uninstall'),
  }
}

/** A clone and an installed package have a folder of commands; the compiled program is given one. */
function binFolderOf({ program, home, env }: Io): string | undefined {
  const bundle = program?.[1]
  if (bundle === undefined) return program?.[0] === undefined ? undefined : shimFolder(home, env)
  const folder = join(dirname(dirname(bundle)), 'bin')
  return existsSync(join(folder, 'xx')) ? folder : undefined
}

function install(wish: Wish, binFolder: string, io: Io): number {
  const isOurs = (path: string): boolean => dirname(path) === binFolder
  const programAt = (name: string): string | undefined => {
    const found = findProgram({ programs: [name] }, io.env['PATH'])
    return found === undefined || isOurs(found) ? undefined : found
  }
  const chosen = wish.aliases ? chooseAliases(programAt, wish.wanted) : { made: [], hiding: [] }
  const [executable = '', bundle] = io.program ?? []
  if (bundle === undefined && !wish.dryRun) writeShims(binFolder, executable)
  const codes = wish.shells.map((shell) => {
    const block = blockFor(shell, { binFolder, aliases: chosen.made })
    return change(shell, io, wish.dryRun, (text) => withBlock(text, block))
  })
  tellAliases(chosen, io)
  const worst = Math.max(...codes)
  if (worst === exitCodes.ok && !wish.dryRun)
    io.out(`\nOpen a new terminal, or type: exec ${wish.shells[0]}\nThen try: xx\n`)
  return worst
}

function tellAliases({ made, hiding }: ChosenAliases, { out }: Io): void {
  if (made.length > 0) out(`short names: ${made.map(({ name }) => name).join(', ')}\n`)
  for (const { alias, hides } of hiding)
    out(
      `left out: ${alias.name} (${alias.runs}), which is ${hides}; to have it all the same: clutch install --alias ${alias.name}\n`,
    )
}

function uninstall({ shells: chosen, dryRun }: Wish, io: Io): number {
  return Math.max(...chosen.map((shell) => change(shell, io, dryRun, withoutBlock)))
}

function fileOf(shell: Shell, { home, env }: Io): string {
  switch (shell) {
    case 'bash':
      return join(home, '.bashrc')
    case 'zsh':
      return join(env['ZDOTDIR'] || home, '.zshrc')
    case 'fish':
      return join(env['XDG_CONFIG_HOME'] || join(home, '.config'), 'fish', 'config.fish')
  }
}

function change(shell: Shell, io: Io, dryRun: boolean, edit: typeof withoutBlock): number {
  const file = fileOf(shell, io)
  const before = readText(file)
  if (before.kind === 'unreadable') {
    io.err(`clutch install: ${file} cannot be read (${before.because})\n`)
    return exitCodes.cannotCreate
  }
  const text = before.kind === 'text' ? before.text : undefined
  const edited = edit(text)
  if (edited.kind === 'torn') {
    io.err(
      `clutch install: ${file}, line ${edited.line}: one mark of the block is without the other; remove what is left of it, then try again\n`,
    )
    return exitCodes.brokenConfig
  }
  if (edited.text === text) io.out(`${file}: nothing to change\n`)
  else if (dryRun)
    io.out(edited.text === undefined ? `${file} would go\n` : `${file} would be:\n${edited.text}`)
  else return write(file, edited.text, io)
  return exitCodes.ok
}

function write(file: string, text: string | undefined, { out, err }: Io): number {
  try {
    if (text === undefined) {
      rmSync(file)
      out(`${file}: gone; it was made for the block\n`)
      return exitCodes.ok
    }
    replaceFile(file, text, 0o644)
    out(`${file}: written\n`)
    return exitCodes.ok
  } catch (error) {
    err(`clutch install: ${file}: ${error instanceof Error ? error.message : String(error)}\n`)
    return exitCodes.cannotCreate
  }
}
