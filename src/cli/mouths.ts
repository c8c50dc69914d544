/** The verbs that are called for every command and must start at once: `run` is there, the others are read when called. */
import type { Verb } from './io.ts'
import { runCommandVerb } from './run-command.ts'

const verbs: Readonly<Record<string, () => Verb | Promise<Verb>>> = {
  run: () => runCommandVerb,
  hook: async () => (await import('./hook.ts')).hookVerb,
  show: async () => (await import('./show.ts')).showVerb,
}

export const isMouth = (word = ''): boolean => Object.hasOwn(verbs, word)

/** undefined: `word` is another verb, or none. */
export const mouthVerb = (word: string): Verb | Promise<Verb> | undefined =>
  Object.hasOwn(verbs, word) ? verbs[word]?.() : undefined
