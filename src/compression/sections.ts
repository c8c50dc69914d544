/** An output of several commands, cut where one is known to begin: at the lines of an `echo`, at a script runner's heading. */
import type { Command } from '../filters/filter.ts'
import { type Printer, printersOf } from './command-line.ts'
import { byPackage } from './workspaces.ts'

export interface Section {
  /** Stand before the lines and are not part of any command's output: kept as they are. */
  readonly heading: readonly string[]
  readonly lines: readonly string[]
  /** Whose output the lines may be; the last one is asked first. */
  readonly commands: readonly Command[]
}

export function sectionsOf(lines: readonly string[], printers: readonly Printer[]): readonly Section[] {
  return atEchoes(lines, printers).flatMap(atScripts).flatMap(atPackages)
}

/** A workspace's packages, each with its own script. */
function atPackages(section: Section): readonly Section[] {
  const { heading, lines, commands } = section
  if (!commands.some(({ program }) => runners.has(program))) return [section]
  const parts = byPackage(lines)
  if (!parts) return [section]
  const sections = parts.flatMap((part) => atScripts({ ...part, commands }))
  return heading.length === 0 ? sections : [{ heading, lines: [], commands }, ...sections]
}

function atEchoes(lines: readonly string[], printers: readonly Printer[]): readonly Section[] {
  const sections: Section[] = []
  let heading: readonly string[] = []
  let commands: Command[] = []
  let start = 0
  for (const printer of printers) {
    if (printer.kind === 'command') {
      commands.push(printer.command)
      continue
    }
    const at = lines.indexOf(printer.line, start)
    if (at === -1) continue
    if (at > start || heading.length > 0) sections.push({ heading, lines: lines.slice(start, at), commands })
    heading = [printer.line]
    commands = []
    start = at + 1
  }
  return [...sections, { heading, lines: lines.slice(start), commands }]
}

const runners = new Set(['npm', 'pnpm', 'yarn', 'bun', 'npx', 'turbo'])
/** `> web@1.2.0 test` */
const scriptName = /^> (?:@?[\w.-]+(?:\/[\w.-]+)?@\S+ )?[\w:.@-]+(?: \S+)?$/
const longestCommand = 2000

/** `> web@1.2.0 test` and `> vitest run`, or `$ vitest run`: what follows is that command's output. */
function atScripts(section: Section): readonly Section[] {
  const runner = section.commands.at(-1)
  if (!runner || !runners.has(runner.program)) return [section]
  const sections: Section[] = []
  let { heading, commands } = section
  let start = 0
  for (let at = 0; at < section.lines.length; at += 1) {
    const script = scriptAt(section.lines, at)
    if (!script) continue
    if (at > start || heading.length > 0)
      sections.push({ heading, lines: section.lines.slice(start, at), commands })
    heading = section.lines.slice(at, at + script.length)
    commands = [...section.commands, ...commandsOf(script.line)]
    start = at + script.length
    at = start - 1
  }
  return [...sections, { heading, lines: section.lines.slice(start), commands }]
}

interface Script {
  readonly line: string
  /** How many lines announce it. */
  readonly length: number
}

function scriptAt(lines: readonly string[], at: number): Script | undefined {
  const line = lines[at] ?? ''
  if (line.length > longestCommand) return undefined
  if (line.startsWith('$ ') && at < 12) return { line: line.slice(2), length: 1 }
  if (!line.startsWith('> ') || !line.includes('@') || !scriptName.test(line.slice(0, 300))) return undefined
  const next = lines[at + 1] ?? ''
  return next.startsWith('> ') && next.length < longestCommand
    ? { line: next.slice(2), length: 2 }
    : undefined
}

const commandsOf = (line: string): readonly Command[] =>
  printersOf(line).flatMap((printer) => (printer.kind === 'command' ? [printer.command] : []))
