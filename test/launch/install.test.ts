/** `clutch install` in real shells: the commands are found, tab completes, and nothing is left when it is taken out. */
import { spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { missing } from './debian.ts'
import { Terminal, until } from './terminal.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const clutch = join(root, 'bin', 'clutch')
let home = ''

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'clutch it’s "home" '))
})
afterEach(() => rmSync(home, { recursive: true, force: true }))

const env = (more: Record<string, string> = {}): Record<string, string> => ({
  PATH: `${dirname(process.execPath)}:/usr/bin:/bin`,
  HOME: home,
  LANG: 'C.UTF-8',
  SHELL: '/bin/bash',
  ...more,
})

function install(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [clutch, 'install', ...args], {
    env: env(),
    encoding: 'utf8',
  })
  return { status, stdout, stderr }
}

const files = { bash: '.bashrc', zsh: '.zshrc', fish: '.config/fish/config.fish' } as const
type Shell = keyof typeof files
const shells: readonly Shell[] = ['bash', 'zsh', 'fish']

function startUp(shell: Shell, text: string): string {
  const file = join(home, files[shell])
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
  return file
}

describe.each(shells)('%s', (shell) => {
  const because = missing(shell, ['--version'])

  test.skipIf(because !== undefined)(`finds the commands and knows the short names${because ?? ''}`, () => {
    startUp(shell, 'export MINE=1\n')
    expect(install('--shell', shell).status).toBe(0)
    const ask = shell === 'fish' ? 'type -p xx; functions qw' : 'command -v xx; alias qw'
    const { stdout } = spawnSync(shell, ['-i', '-c', `${ask}; echo $MINE`], { env: env(), encoding: 'utf8' })
    expect(stdout).toContain(join(root, 'bin', 'xx'))
    expect(stdout).toContain('xx qip')
    expect(stdout.trim().split('\n').at(-1)).toBe('1')
  })

  test.skipIf(because !== undefined)(`completes what is half typed${because ?? ''}`, async () => {
    startUp(shell, shell === 'fish' ? 'function fish_prompt; echo "ready> "; end\n' : "PS1='ready> '\n")
    expect(install('--shell', shell).status).toBe(0)
    const words = shell === 'zsh' ? ['zsh', '-o', 'nopromptsp', '-i'] : [shell, '-i']
    const terminal = new Terminal(words, { cwd: home, env: env({ TERM: 'xterm' }) })
    try {
      await until('a prompt', () => terminal.shown.includes('ready> '))
      terminal.type('xx cip --dry\t')
      await until('--dry-run is completed', () =>
        /-?run/.test(terminal.shown.split('--dry').slice(1).join('')),
      )
    } finally {
      await terminal.close()
    }
  })

  test.each(['export MINE=1\n', 'export MINE=1', '', 'a\r\nb\r\n'])(
    'gets its file back byte for byte: %j',
    (text) => {
      const file = startUp(shell, text)
      expect(install('--shell', shell).status).toBe(0)
      expect(readFileSync(file, 'utf8')).not.toBe(text)
      expect(install('--shell', shell).stdout).toContain('nothing to change')
      expect(install('--shell', shell, '--uninstall').status).toBe(0)
      expect(readFileSync(file, 'utf8')).toBe(text)
    },
  )
})

describe('the installer', () => {
  test('says what it would do and does nothing with --dry-run', () => {
    const file = startUp('bash', 'a\n')
    const { status, stdout } = install('--dry-run')
    expect(status).toBe(0)
    expect(stdout).toContain("alias ccc='xx ccf'")
    expect(readFileSync(file, 'utf8')).toBe('a\n')
  })

  test('leaves out what hides a program, says so, and does it when asked', () => {
    const file = startUp('bash', '')
    const { stdout } = install()
    expect(stdout).toMatch(/left out: cc \(xx cip\), which is (?:the C compiler|\/.*cc); .*--alias cc/)
    expect(readFileSync(file, 'utf8')).not.toContain('alias cc=')
    expect(install('--alias', 'cc').status).toBe(0)
    expect(readFileSync(file, 'utf8')).toContain("alias cc='xx cip'")
  })

  test('writes through a link, and keeps the file’s mode', () => {
    const real = join(home, 'dotfiles-bashrc')
    writeFileSync(real, 'a\n', { mode: 0o600 })
    symlinkSync(real, join(home, '.bashrc'))
    expect(install().status).toBe(0)
    expect(readFileSync(real, 'utf8')).toContain('# >>> clutch >>>')
    expect(statSync(real).mode & 0o777).toBe(0o600)
  })

  test.each([
    [['--shell', 'tcsh'], 64, 'there is no block for tcsh'],
    [['--alias', 'hsj'], 64, 'did you mean hsi?'],
    [['--shel', 'zsh'], 64, 'did you mean --shell?'],
  ])('%j: exit %i', (args, code, says) => {
    const { status, stderr } = install(...args)
    expect(status).toBe(code)
    expect(stderr).toContain(says)
    expect(existsSync(join(home, '.bashrc'))).toBe(false)
  })

  test('leaves a torn block alone and names its line', () => {
    startUp('bash', 'a\n# >>> clutch >>>\nalias x=y\n')
    const { status, stderr } = install()
    expect(status).toBe(78)
    expect(stderr).toContain('.bashrc, line 2')
  })

  test('is also what the seed’s script runs', () => {
    const script = join(root, 'scripts', 'install-aliases.sh')
    const { status, stdout } = spawnSync('bash', [script, '--dry-run'], { env: env(), encoding: 'utf8' })
    expect(status).toBe(0)
    expect(stdout).toContain('# >>> clutch >>>')
  })
})
