/** The loop at an upstream that dies, at each step in another way: what a cascade is for. */
import { type Play, speak, type Trouble } from '../play.ts'
import { loop, stepWanted } from './loop.ts'
import type { Script } from './script.ts'

const overloaded: Trouble = { status: 529 }

/** By step: refused, accepted and then refused, never answered. */
const deaths: readonly Play[] = [
  { type: 'refuse', trouble: overloaded },
  speak({ type: 'error', trouble: overloaded, afterHead: true }),
  { type: 'silent' },
]

export const dies: Script = {
  name: 'dies',
  usage: '[:<step>…]',
  summary:
    'the loop, but each step (or those named) fails before its first word: 1 with an HTTP error, 2 with an error after status 200, 3 in silence',
  play: (scene) => {
    const step = stepWanted(scene)
    const named = scene.parameters.filter((given) => /^\d+$/.test(given))
    const spared = step === undefined || (named.length > 0 && !named.includes(String(step)))
    return (spared ? undefined : deaths[step - 1]) ?? loop.play(scene)
  },
}
