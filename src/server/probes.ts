/** Answers about the gateway itself: quick, and free of keys and base URLs (CONTRACT 80, 81, 82). */
import type { Settings } from '../config/settings.ts'
import type { Probe } from './routes.ts'
import { product } from './version.ts'

export interface State {
  readonly settings: Pick<Settings, 'providers' | 'unusable' | 'profiles'>
  readonly upMs: number
  readonly openCalls: number
  /** It finishes what runs and takes nothing new. */
  readonly closing: boolean
}

export interface ProbeAnswer {
  readonly status: number
  readonly body: string
}

export function answerProbe(probe: Probe, state: State): ProbeAnswer {
  switch (probe) {
    case 'root':
      return told({ ...product, status: 'ok', try: ['/v1/models', '/health'] })
    case 'health':
      return told({ status: 'ok', ...product, ...health(state) })
    case 'healthz':
      return told({ status: 'ok' })
    case 'readyz':
      return state.closing ? told({ status: 'closing' }, 503) : told({ status: 'ready' })
    case 'hello':
    case 'telemetry':
      return told({})
  }
}

const health = ({ settings, upMs, openCalls }: State) => ({
  uptime_seconds: Math.round(upMs / 1000),
  open_calls: openCalls,
  providers: Object.keys(settings.providers),
  profiles: Object.keys(settings.profiles),
})

const told = (body: object, status = 200): ProbeAnswer => ({ status, body: JSON.stringify(body) })
