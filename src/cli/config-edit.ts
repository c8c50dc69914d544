/** `clutch config edit`: config.json in an editor; what comes out is written only if it can be used. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { filesOf } from '../config/load.ts'
import { readText } from '../world/files.ts'
import { configurationWith, problemText, write } from './config-change.ts'
import { exitCodes, type Io } from './io.ts'

export function editConfig(flags: Readonly<Record<string, string>>, io: Io): number {
  const file = filesOf({ ...io, flags }).config
  const read = readText(file)
  if (read.kind === 'unreadable') {
    io.err(`${file}: cannot be read (${read.because})\n`)
    return exitCodes.brokenConfig
  }
  const before = read.kind === 'text' ? read.text : '{\n}\n'
  const folder = mkdtempSync(join(tmpdir(), 'clutch-config-'))
  const draft = join(folder, 'config.json')
  writeFileSync(draft, before, { mode: 0o600 })
  const editor = io.env['VISUAL'] || io.env['EDITOR'] || 'vi'
  // An editor may be a command with words of its own (`code --wait`), so a shell reads it.
  const { status, error } = spawnSync('sh', ['-c', `${editor} "$1"`, 'sh', draft], { stdio: 'inherit' })
  if (error || status !== 0) {
    io.err(
      `clutch: ${editor} ended with ${error?.message ?? status}. Nothing was written. Your text: ${draft}\n`,
    )
    return exitCodes.unavailable
  }
  const text = readFileSync(draft, 'utf8')
  if (text === before) {
    rmSync(folder, { recursive: true })
    io.out('Nothing changed.\n')
    return exitCodes.ok
  }
  const after = configurationWith(file, text, flags, io)
  if (!after.ok) {
    io.err(`${problemText(after)}Nothing was written. Your text: ${draft}\n`)
    return exitCodes.brokenConfig
  }
  const code = write(file, text, io)
  if (code !== exitCodes.ok) return code
  rmSync(folder, { recursive: true })
  io.out(`Written to ${file}. A running gateway takes it by itself.\n`)
  return exitCodes.ok
}
