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
