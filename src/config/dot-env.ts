/** One `.env` file as a layer of values, with the line of each and a word about each line that has no effect. */
import { type FileRead, parseDotEnv } from '../world/files.ts'
import { nearest } from './nearest.ts'
import type { Layer } from './sources.ts'
import { customHeaderPrefix, knownVariables, whyNotHonoured } from './variables.ts'

/** `shown` is the path as people read it (`~/.xx/.env`). */
export function dotEnvLayer(path: string, shown: string, read: FileRead): Layer | undefined {
  if (read.kind !== 'text') return undefined
  const lines = linesOf(read.text)
  return {
    name: shown,
    values: parseDotEnv(withoutBrokenLines(read.text)),
    source: (name) => `${shown}:${lines.get(name) ?? '?'}`,
    place: (name) => ({ file: path, ...(lines.has(name) && { line: lines.get(name) ?? 1 }), field: name }),
  }
}

const assignment = /^\s*(?:export\s+)?([\w.-]+)\s*=/

/** Of two lines for one name the last counts. */
function linesOf(text: string): ReadonlyMap<string, number> {
  const lines = new Map<string, number>()
  for (const [index, line] of text.split('\n').entries()) {
    const name = assignment.exec(line)?.[1]
    if (name !== undefined) lines.set(name, index + 1)
  }
  return lines
}

/** What the file says without effect. `referenced`: variables that config.json names with `env:`. */
export function dotEnvWarnings(layer: Layer, referenced: ReadonlySet<string>): readonly string[] {
  return Object.keys(layer.values).flatMap((name) => {
    if (knownVariables.has(name) || referenced.has(name) || name.startsWith(customHeaderPrefix)) return []
    return [`${layer.source(name)}: ${whatIsWrong(name, referenced)}`]
  })
}

function whatIsWrong(name: string, referenced: ReadonlySet<string>): string {
  const instead = whyNotHonoured(name)
  if (instead !== undefined) return `${name} has no effect: ${instead}`
  const near = name.startsWith('CUSTOM_HEADER')
    ? `${customHeaderPrefix}…`
    : nearest(name, [...knownVariables, ...referenced])
  return near === undefined
    ? `${name} has no effect: no setting has this name and config.json does not refer to it`
    : `${name} has no effect: did you mean ${near}?`
}

/** Lines that set nothing and are no comment either; inside a quoted value any line may stand. */
export function brokenLines(shown: string, read: FileRead): readonly string[] {
  if (read.kind === 'unreadable') return [`${shown}: cannot be read (${read.because})`]
  if (read.kind === 'missing') return []
  const broken = brokenIn(read.text)
  return [...broken].map((index) => `${shown}:${index + 1}: this line sets nothing; expected NAME=value`)
}

/** From 0. None, where a value spans lines: which of them belong to it is for the parser to say. */
function brokenIn(text: string): ReadonlySet<number> {
  const spans = /=\s*["'`][^"'`\n]*\n/.test(text)
  const isBroken = (line: string): boolean => !/^\s*(?:#|$)/.test(line) && !assignment.test(line)
  return new Set(spans ? [] : text.split('\n').flatMap((line, index) => (isBroken(line) ? [index] : [])))
}

/** To the parser such a line is the beginning of the next one's name, which would then set nothing either. */
function withoutBrokenLines(text: string): string {
  const broken = brokenIn(text)
  if (broken.size === 0) return text
  return text
    .split('\n')
    .map((line, index) => (broken.has(index) ? '' : line))
    .join('\n')
}
