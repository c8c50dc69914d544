/** What is known of the targets' health, as the last run left it: breakers, cooldowns and quota windows. */
import type { Settings } from '../config/settings.ts'
import { HealthBook } from '../routing/health.ts'
import { healthRules } from '../routing/quotas.ts'
import { StateFolder } from '../store/state-folder.ts'
import type { Clock } from '../world/clock.ts'
import type { Log } from '../world/log.ts'

export interface OpenHealth {
  readonly book: HealthBook
  /** Something may have changed: it is written down soon. Costs next to nothing. */
  changed(): void
  /** Writes what changed, now. */
  save(): void
  /** The same, and nothing after that. */
  close(): void
}

const name = 'health'

export function openHealth(settings: Settings, clock: Clock, log: Log): OpenHealth {
  const rules = healthRules(settings)
  const folder = settings.stateFolder
  if (folder === undefined)
    return {
      book: new HealthBook(rules),
      changed: () => undefined,
      save: () => undefined,
      close: () => undefined,
    }
  const complain = (because: string): void => log.warn('state-not-saved', { folder, because })
  const state = new StateFolder({ folder, clock, complain })
  const book = HealthBook.from(state.load(name), rules)
  return {
    book,
    changed: () => state.save(name, () => book.snapshot()),
    save: () => state.flush(),
    close: () => state.close(),
  }
}
