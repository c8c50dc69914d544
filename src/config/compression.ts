/** How tool results are shortened: for everybody, and by agent, tool, command and path. */
import { asWholeNumber, kept } from './numbers.ts'
import type { CompressionLevel, CompressionSettings } from './settings.ts'
import { byDefault, type Sources } from './sources.ts'

/** `"compression": "off"` is the short form of `{"level": "off"}`. */
export function resolveCompression(sources: Sources): CompressionSettings {
  const said = sources.file.value.compression ?? {}
  const file = typeof said === 'string' ? { level: said } : said
  const path = typeof said === 'string' ? ['compression'] : ['compression', 'level']
  const threshold = sources.variable('HEADROOM_BYPASS_THRESHOLD')
  return {
    level: kept(
      sources,
      'compression.level',
      sources.inFile(file.level, path) ?? byDefault<CompressionLevel>('balanced'),
    ),
    minTokens: kept(
      sources,
      'compression.minTokens',
      (threshold && asWholeNumber(sources, threshold, 0)) ??
        sources.inFile(file.min_tokens, ['compression', 'min_tokens']) ??
        byDefault(100),
    ),
    holdout: kept(
      sources,
      'compression.holdout',
      sources.inFile(file.holdout, ['compression', 'holdout']) ?? byDefault(0.05),
    ),
    agents: rules(sources, 'agents', file.agents),
    tools: rules(sources, 'tools', file.tools),
    commands: rules(sources, 'commands', file.commands),
    paths: rules(sources, 'paths', file.paths),
    run: runSettings(sources, file.run),
    originals: originalsSettings(sources, file.originals),
  }
}

const mebibyte = 1024 * 1024

function runSettings(
  sources: Sources,
  said: { readonly hold_ms?: number | undefined; readonly engine?: string | undefined } = {},
): CompressionSettings['run'] {
  const holdMs = sources.inFile(said.hold_ms, ['compression', 'run', 'hold_ms'])
  const engine = sources.inFile(said.engine, ['compression', 'run', 'engine'])
  return {
    ...(holdMs && { holdMs: kept(sources, 'compression.run.holdMs', holdMs) }),
    ...(engine && { engine: kept(sources, 'compression.run.engine', engine) }),
  }
}

function originalsSettings(
  sources: Sources,
  said: { readonly max_mib?: number | undefined; readonly keep_days?: number | undefined } = {},
): CompressionSettings['originals'] {
  const maxMib = sources.inFile(said.max_mib, ['compression', 'originals', 'max_mib']) ?? byDefault(2048)
  const keepDays = sources.inFile(said.keep_days, ['compression', 'originals', 'keep_days']) ?? byDefault(30)
  return {
    maxBytes: kept(sources, 'compression.originals.maxBytes', maxMib) * mebibyte,
    keepDays: kept(sources, 'compression.originals.keepDays', keepDays),
  }
}

type Rules = Readonly<Record<string, CompressionLevel>>

function rules(sources: Sources, name: string, said: Rules = {}): Rules {
  for (const key of Object.keys(said)) {
    const at = sources.inFile(key, ['compression', name, key])
    if (at) sources.note(`compression.${name}.${key}`, at.source)
  }
  return said
}
