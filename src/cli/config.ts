/** `clutch config`: what is in force and who said so, which files were looked for, and how to change them. */
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { type ConfigFiles, type ConfigRequest, loadSettings } from '../config/load.ts'
import { nearest } from '../config/nearest.ts'
import { describeProblems } from '../config/problem.ts'
import { showAsJson, showConfiguration } from '../config/show.ts'
import { editConfig } from './config-edit.ts'
import { setInConfig, whereInConfig } from './config-set.ts'
import { exitCodes, type Io } from './io.ts'

const usage = `clutch config show [--json] [--config FILE] [--port N] [--host H] [--profile P]
    the effective configuration with the source of each value; secrets are masked
clutch config where [NAME]
    where a value comes from; without a name: who is heard first
clutch config set NAME VALUE
    NAME as in config.json (limits.max_attempts), or a variable for ~/.xx/.env (BIG_MODEL); VALUE \`-\` is read from
    standard input. Checked before it is written; the rest of the file stays as it is
clutch config set NAME --default
    takes the value out of the file
clutch config edit
    config.json in $VISUAL or $EDITOR, checked before it is written
clutch config path [--config FILE]
    the files that are read, in order of precedence

Exit codes: 0 done, 64 wrong usage, 73 the file cannot be written, 78 the configuration is or would be broken
`

type Word = 'show' | 'where' | 'set' | 'edit' | 'path' | 'help'

interface Asked {
  readonly word: Word
  readonly names: readonly string[]
  readonly json: boolean
  readonly toDefault: boolean
  readonly flags: Readonly<Record<string, string>>
}

/** `readFile`: another disk. */
type ConfigIo = Io & Pick<ConfigRequest, 'readFile'>

export function configVerb(args: readonly string[], io: ConfigIo): number {
  const asked = readArgs(args)
  if (typeof asked === 'string') {
    io.err(`clutch config: ${asked}\n${usage}`)
    return exitCodes.usage
  }
  switch (asked.word) {
    case 'help':
      io.out(usage)
      return exitCodes.ok
    case 'set':
      return set(asked, io)
    case 'edit':
      return editConfig(asked.flags, io)
    case 'show':
    case 'where':
    case 'path':
      return tell(asked, io)
  }
}

function set({ names: [name = '', value], toDefault, flags }: Asked, io: Io): number {
  const read = value === '-' ? readFileSync(0, 'utf8').trimEnd() : value
  return setInConfig({ name, value: toDefault ? undefined : (read ?? ''), flags }, io)
}

function tell({ word, names, json, flags }: Asked, io: ConfigIo): number {
  const configuration = loadSettings({ ...io, flags })
  if (!configuration.ok) {
    io.err(describeProblems(configuration.problems))
    for (const warning of configuration.warnings) io.err(`${warning}\n`)
    return exitCodes.brokenConfig
  }
  if (word === 'where') return whereInConfig(names[0], configuration, io)
  if (word === 'path') io.out(paths(configuration.files))
  else io.out(json ? showAsJson(configuration) : showConfiguration(configuration))
  return exitCodes.ok
}

const text = { type: 'string' } as const

/** How many words follow each, at least and at most; `--default` stands for the value. */
const words: Readonly<Record<Word, readonly [number, number]>> = {
  show: [0, 0],
  where: [0, 1],
  set: [2, 2],
  edit: [0, 0],
  path: [0, 0],
  help: [0, 0],
}

function unknown(word: string): string {
  const near = nearest(word, Object.keys(words))
  return `do not know "${word}"${near ? ` (did you mean ${near}?)` : ''}`
}

function miscounted(word: Word, count: number): string | undefined {
  const [least, most] = words[word]
  if (count >= least && count <= most) return undefined
  return word === 'set' ? 'set takes a name and a value' : `there are too many words for ${word}`
}

/** A text says what is wrong. */
function readArgs(args: readonly string[]): Asked | string {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        json: { type: 'boolean', default: false },
        default: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
        config: text,
        port: text,
        host: text,
        profile: text,
        'log-level': text,
      },
    })
    const { json, help, default: toDefault, ...flags } = values
    const [word = 'show', ...names] = help ? ['help'] : positionals
    if (!isWord(word)) return unknown(word)
    const problem = miscounted(word, names.length + (toDefault ? 1 : 0))
    return problem ?? { word, names, json, toDefault, flags }
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

const isWord = (word: string): word is Word => Object.hasOwn(words, word)

function paths({ dotEnvs, config, configExists }: ConfigFiles): string {
  const missing = configExists ? '' : ' (does not exist)'
  return [...dotEnvs, `${config}${missing}`].map((line) => `${line}\n`).join('')
}
