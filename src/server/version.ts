/** What this is, as its package says. */
import manifest from '../../package.json' with { type: 'json' }

export const product = { name: 'clutch', version: manifest.version } as const
