/** The sessions of a running gateway that are on another profile for a while; a restart forgets none. */
import type { Settings } from '../config/settings.ts'
import { type SessionProfile, SessionProfiles } from '../policy/session-profiles.ts'
import { StateFolder } from '../store/state-folder.ts'
import type { Clock } from '../world/clock.ts'
import type { Log } from '../world/log.ts'

export interface OpenSessionProfiles {
  /** Under any of these names. Costs next to nothing while no session is on another profile. */
  find(names: () => readonly (string | undefined)[]): SessionProfile | undefined
  put(place: SessionProfile): void
  /** false: it was on none. */
  end(session: string): boolean
  list(): readonly SessionProfile[]
  save(): void
  close(): void
}

const name = 'session-profiles'

export function openSessionProfiles(
  { stateFolder: folder }: Pick<Settings, 'stateFolder'>,
  clock: Clock,
  log: Log,
): OpenSessionProfiles {
  const complain = (because: string): void => log.warn('state-not-saved', { folder, because })
  const state = folder === undefined ? undefined : new StateFolder({ folder, clock, complain })
  const book = new SessionProfiles()
  book.restore(state?.load(name), clock.nowMs())
  const changed = (): void => state?.save(name, () => book.snapshot(clock.nowMs()))
  return {
    find: (names) => {
      if (book.isEmpty) return undefined
      for (const one of names()) {
        const place = one === undefined ? undefined : book.find(one, clock.nowMs())
        if (place) return place
      }
      return undefined
    },
    put: (place) => {
      book.put(place)
      changed()
    },
    end: (session) => {
      const had = book.end(session, clock.nowMs())
      changed()
      return had
    },
    list: () => book.list(clock.nowMs()),
    save: () => state?.flush(),
    close: () => state?.close(),
  }
}
