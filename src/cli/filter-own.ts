/** `clutch filter list`, `test` and `trust`: the filters that people wrote, for a project or for themselves. */
import { relative } from 'node:path'
import { tryOwnFilter } from '../compression/try-own-filter.ts'
import { readMouthSettings } from '../config/mouth.ts'
import { filters } from '../filters/index.ts'
import { findOwnFilters, type OwnFilterFile, trustFilters } from '../store/own-filters.ts'
import { readFlags } from './flags.ts'
import { exitCodes, type Io } from './io.ts'

export const ownFilterWords = ['list', 'test', 'trust'] as const
type OwnFilterWord = (typeof ownFilterWords)[number]

export const isOwnFilterWord = (word: string | undefined): word is OwnFilterWord =>
  ownFilterWords.some((each) => each === word)

const exits = { failed: 1 } as const

export async function ownFilterVerb(word: OwnFilterWord, args: readonly string[], io: Io): Promise<number> {
  const read = readFlags(args, word === 'trust' ? {} : { json: 'switch' }, 'operands')
  if (!read.ok) {
    io.err(`clutch filter ${word}: ${read.message}; it takes paths of filters, or none for all\n`)
    return exitCodes.usage
  }
  const { operands: names } = read
  const { folder, stateFolder } = readMouthSettings(io)
  const all = await findOwnFilters({ cwd: io.cwd, folder, stateFolder })
  const chosen = all.filter(({ path }) => names.length === 0 || names.some((name) => isNamed(path, name, io)))
  const missing = names.find((name) => !all.some(({ path }) => isNamed(path, name, io)))
  if (missing !== undefined) {
    io.err(
      `clutch filter ${word}: there is no ${missing} in .clutch/filters here or above, nor in ~/.xx/filters\n`,
    )
    return exitCodes.usage
  }
  if (word === 'trust') return trust(chosen, stateFolder, io)
  if (read.switches.has('json')) return word === 'list' ? listJson(chosen, io) : testJson(chosen, io)
  return word === 'list' ? list(chosen, io) : test(chosen, io)
}

function listJson(files: readonly OwnFilterFile[], io: Io): number {
  const own = files.map(({ path, whose, spec, trust }) => ({
    ...{ path, whose, trust: whose === 'user' ? 'trusted' : trust },
    ...(typeof spec === 'string' && { broken: spec }),
  }))
  io.out(`${JSON.stringify({ own, built_in: filters.map(({ id }) => id) })}\n`)
  return exitCodes.ok
}

function testJson(files: readonly OwnFilterFile[], io: Io): number {
  const tested = files.map(({ path, spec }) =>
    typeof spec === 'string' ? { path, broken: spec, tests: [] } : { path, tests: tryOwnFilter(spec) },
  )
  const failed = tested.some((each) => 'broken' in each || each.tests.some(({ because }) => because))
  io.out(`${JSON.stringify({ filters: tested, failed })}\n`)
  return failed ? exits.failed : exitCodes.ok
}

const isNamed = (path: string, name: string, { cwd }: Io): boolean =>
  path === name || relative(cwd, path) === name.replace(/^\.\//, '') || path.endsWith(`/${name}`)

function list(files: readonly OwnFilterFile[], io: Io): number {
  for (const { path, whose, spec, trust } of files) {
    const state = typeof spec === 'string' ? `broken: ${spec}` : whose === 'user' ? 'yours' : words[trust]
    io.out(`${whose.padEnd(8)} ${shown(path, io)}  ${state}\n`)
  }
  io.out(`built in ${filters.map(({ id }) => id).join(', ')}\n`)
  return exitCodes.ok
}

const words: Readonly<Record<OwnFilterFile['trust'], string>> = {
  trusted: 'trusted',
  changed: 'changed since it was trusted: clutch filter trust',
  unknown: 'not trusted: read it, then clutch filter trust',
}

const shown = (path: string, { cwd }: Io): string => {
  const here = relative(cwd, path)
  return here.startsWith('..') ? path : here
}

/** Whether each becomes what its tests say. */
function test(files: readonly OwnFilterFile[], io: Io): number {
  let failed = 0
  for (const { path, spec } of files) {
    if (typeof spec === 'string') {
      io.out(`${shown(path, io)}: broken: ${spec}\n`)
      failed += 1
      continue
    }
    for (const { name, because, became } of tryOwnFilter(spec)) {
      io.out(
        `${shown(path, io)}: ${name}: ${because ?? 'well'}\n${became === undefined ? '' : `${became}\n`}`,
      )
      if (because !== undefined) failed += 1
    }
  }
  if (files.length === 0) io.out('There are no filters in .clutch/filters or ~/.xx/filters.\n')
  return failed === 0 ? exitCodes.ok : exits.failed
}

/** Only what works as it says may be trusted. */
function trust(files: readonly OwnFilterFile[], stateFolder: string, io: Io): number {
  const project = files.filter(({ whose }) => whose === 'project')
  if (project.length === 0) {
    io.err('clutch filter trust: there is nothing to trust: no .clutch/filters here or above\n')
    return exitCodes.usage
  }
  if (test(project, io) !== exitCodes.ok) {
    io.err('clutch filter trust: nothing is trusted while a filter does not do what its tests say\n')
    return exits.failed
  }
  try {
    trustFilters(stateFolder, project)
  } catch (error) {
    io.err(`clutch filter trust: ${error instanceof Error ? error.message : String(error)}\n`)
    return exitCodes.cannotCreate
  }
  for (const { path } of project) io.out(`${shown(path, io)}: trusted until it changes\n`)
  return exitCodes.ok
}
