/** Which dialect to speak to a model: the client's own where that is possible, because then nothing is lost. */
import type { ConfiguredProvider } from '../config/settings.ts'
import type { DialectId } from '../conversation/conversation.ts'
import { dialectsFor } from '../providers/provider.ts'
import { preferClientDialect } from '../routing/plan.ts'
import { sandboxDialect } from '../sandbox/model-name.ts'

export function chooseDialect(
  configured: ConfiguredProvider,
  model: string,
  client: DialectId,
): DialectId | undefined {
  const named = configured.provider.id === 'sandbox' ? sandboxDialect(model) : undefined
  if (named) return named
  const spoken = dialectsFor(configured.provider, model)
  const preferred = preferClientDialect(configured, client)
  return [preferred, client, spoken[0]].find((dialect) => dialect && spoken.includes(dialect))
}
