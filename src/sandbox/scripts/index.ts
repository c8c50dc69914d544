/** All scripts, in the order in which they are listed. To add one: an entry in one of the lists. */
import { dies } from './dies.ts'
import { faults } from './faults.ts'
import { loop } from './loop.ts'
import type { Script } from './script.ts'
import { tools } from './tools.ts'
import { echo, words } from './words.ts'

export const scripts: readonly Script[] = [...words, ...tools, loop, dies, ...faults]

/** Unknown names get the script that explains itself. */
export const scriptNamed = (name: string): Script => scripts.find((script) => script.name === name) ?? echo
