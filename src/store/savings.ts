/**
 * The journal of savings: a line for each output that a filter made shorter, and for each time somebody wanted the
 * original back. Lines are short and appended whole, so every process may write; nothing of an output is in them.
 */
import { appendFileSync, closeSync, fstatSync, openSync, readSync, renameSync, statSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { asNumber, asObject, asText, type Json, tryParseJson } from '../wire/json.ts'
import { readText } from '../world/files.ts'
import { makePrivateFolder } from '../world/private-files.ts'

export const mouths = ['gateway', 'run', 'hook'] as const
export type Mouth = (typeof mouths)[number]

/** A filter made an output shorter. */
export interface Firing {
  readonly kind: 'firing'
  readonly atMs: number
  readonly mouth: Mouth
  /** The original's id: the same output seen by two mouths, or twice, is one saving. */
  readonly original: string
  readonly filter: string
  readonly tier: number
  /** Estimated; `before` is what the client would have sent at most. */
  readonly tokensBefore: number
  readonly tokensAfter: number
  readonly agent?: string
  readonly project?: string
  readonly session?: string
}

/** Somebody asked for the original, or ran the command again and got the same output. */
export interface Regret {
  readonly kind: 'recall' | 'rerun'
  readonly atMs: number
  readonly original: string
  /** Of the original, as many as were shown again. */
  readonly tokens: number
}

export type SavingsLine = Firing | Regret

/** Older lines are in the file before; what is older than that is forgotten. */
const maxFileBytes = 8 * 1024 * 1024
/** An append of so many bytes is not torn by another one. */
const maxLineBytes = 2_000

/** The one that grows. */
export const journalFile = (stateFolder: string): string => join(stateFolder, 'savings.jsonl')
const olderIn = (stateFolder: string): string => join(stateFolder, 'savings.1.jsonl')

/** Never throws: what cannot be counted does not stop anybody's work. */
export function noteSaving(stateFolder: string, line: SavingsLine): void {
  const file = journalFile(stateFolder)
  const text = `${JSON.stringify(line, short)}\n`
  if (Buffer.byteLength(text) > maxLineBytes) return
  try {
    makePrivateFolder(dirname(file))
    const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0
    if (size > maxFileBytes) renameSync(file, olderIn(stateFolder))
    appendFileSync(file, text, { mode: 0o600 })
  } catch {
    return
  }
}

/** The same output again so soon: somebody ran the command again to see what had been left out, or for nothing. */
const againMs = 15 * 60 * 1000
/** The end of the journal, as far as it is looked through for that. */
const recentBytes = 64 * 1024

/** As `noteSaving`, but a firing that repeats a recent one is noted as the regret that it is. */
export function noteFiring(stateFolder: string, firing: Firing): void {
  const isAgain =
    firing.tier > 0 &&
    recentIn(stateFolder).some(
      (line) =>
        line.kind === 'firing' && line.original === firing.original && firing.atMs - line.atMs < againMs,
    )
  const { atMs, original, tokensAfter } = firing
  noteSaving(stateFolder, isAgain ? { kind: 'rerun', atMs, original, tokens: tokensAfter } : firing)
}

function recentIn(stateFolder: string): readonly SavingsLine[] {
  try {
    const file = openSync(journalFile(stateFolder), 'r')
    try {
      const bytes = Buffer.alloc(recentBytes)
      const from = Math.max(0, fstatSync(file).size - recentBytes)
      return linesIn(bytes.toString('utf8', 0, readSync(file, bytes, 0, recentBytes, from)))
    } finally {
      closeSync(file)
    }
  } catch {
    return []
  }
}

const short = (_key: string, value: unknown): unknown =>
  typeof value === 'string' ? value.slice(0, 200) : value

/** In the order they were written; lines that cannot be read are left out. */
export function readSavings(stateFolder: string, sinceMs = 0): readonly SavingsLine[] {
  return [olderIn(stateFolder), journalFile(stateFolder)].flatMap((file) => {
    const read = readText(file)
    if (read.kind !== 'text') return []
    return linesIn(read.text).filter(({ atMs }) => atMs >= sinceMs)
  })
}

/** The same, a piece at a time: whoever else has work is let in between. Never rejects. */
export async function eachSaving(stateFolder: string, visit: (line: SavingsLine) => void): Promise<void> {
  for (const path of [olderIn(stateFolder), journalFile(stateFolder)]) {
    try {
      const file = await open(path)
      for await (const text of file.readLines({ encoding: 'utf8', autoClose: true })) {
        const line = text === '' ? undefined : lineFrom(tryParseJson(text))
        if (line) visit(line)
      }
    } catch {
      // what is not there says nothing
    }
  }
}

const linesIn = (text: string): readonly SavingsLine[] =>
  text.split('\n').flatMap((line) => (line === '' ? [] : (lineFrom(tryParseJson(line)) ?? [])))

function lineFrom(json: Json | undefined): SavingsLine | undefined {
  const said = asObject(json)
  const atMs = asNumber(said['atMs'])
  const original = asText(said['original'])
  if (atMs === undefined || original === undefined) return undefined
  const kind = said['kind']
  if (kind === 'recall' || kind === 'rerun')
    return { kind, atMs, original, tokens: asNumber(said['tokens']) ?? 0 }
  const filter = asText(said['filter'])
  const mouth = mouths.find((each) => each === said['mouth'])
  if (kind !== 'firing' || filter === undefined || mouth === undefined) return undefined
  return {
    kind,
    atMs,
    mouth,
    original,
    filter,
    tier: asNumber(said['tier']) ?? 0,
    tokensBefore: asNumber(said['tokensBefore']) ?? 0,
    tokensAfter: asNumber(said['tokensAfter']) ?? 0,
    ...textField('agent', said['agent']),
    ...textField('project', said['project']),
    ...textField('session', said['session']),
  }
}

function textField<Name extends string>(name: Name, value: unknown): Partial<Record<Name, string>> {
  const made: Partial<Record<Name, string>> = {}
  if (typeof value === 'string' && value !== '') made[name] = value
  return made
}
