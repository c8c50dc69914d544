/** Every scenario. */
import type { Scenario } from '../scenario.ts'
import { media } from './media.ts'
import { tools } from './tools.ts'
import { words } from './words.ts'

export const scenarios: readonly Scenario[] = [...words, ...tools, ...media]
