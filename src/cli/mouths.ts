/** The verbs that are called for every command: they start at once, so each is read by itself and only when it is called. */
import type { Verb } from './io.ts'

const verbs: Readonly<Record<string, () => Promise<Verb>>> = {
  run: async () => (await import('./run-command.ts')).runCommandVerb,
  hook: async () => (await import('./hook.ts')).hookVerb,
  show: async () => (await import('./show.ts')).showVerb,
  xx: async () => (await import('./xx.ts')).xxVerb,
}

export const isMouth = (word = ''): boolean => Object.hasOwn(verbs, word)

/** undefined: `word` is another verb, or none. */
export const mouthVerb = async (word: string): Promise<Verb | undefined> =>
  Object.hasOwn(verbs, word) ? verbs[word]?.() : undefined
