/** thinkingConfig: a budget in tokens up to Gemini 2.5, a level since Gemini 3. */
import type { EffortLevel, Thinking } from '../../conversation/conversation.ts'
import type { Quirks } from '../../conversation/quirks.ts'
import { asFlag, asNumber, type JsonObject } from '../../wire/json.ts'
import type { Notes } from './notes.ts'
import { enumWord, generationOf, looseNumber, pick, pickObject } from './wire.ts'

type Level = 'minimal' | 'low' | 'medium' | 'high'
const levels: readonly Level[] = ['minimal', 'low', 'medium', 'high']
const efforts: readonly EffortLevel[] = ['minimal', 'low', 'medium', 'high', 'xhigh', 'max']

/** What an effort comes to where only budgets are understood, in tokens. */
const budgetOf: Readonly<Record<EffortLevel, number>> = {
  minimal: 512,
  low: 2048,
  medium: 8192,
  high: 24576,
  xhigh: 24576,
  max: 24576,
}

export function decodeThinking(config: JsonObject): Thinking {
  const thinking = pickObject(config, 'thinkingConfig', 'thinking_config')
  if (!thinking) return { kind: 'default' }
  const shown = asFlag(pick(thinking, 'includeThoughts', 'include_thoughts'))
  const visible = shown === undefined ? {} : { visible: shown }
  const budget = asNumber(looseNumber(pick(thinking, 'thinkingBudget', 'thinking_budget')))
  const word = enumWord(pick(thinking, 'thinkingLevel', 'thinking_level')).toLowerCase()
  const effort = levels.find((level) => level === word)
  if (effort) return { kind: 'adaptive', effort, ...visible }
  if (budget === undefined) return { kind: 'default', ...visible }
  if (budget === 0) return { kind: 'off', ...visible }
  return budget < 0 ? { kind: 'adaptive', ...visible } : { kind: 'budget', budgetTokens: budget, ...visible }
}

/** undefined: say nothing about thinking. */
export function encodeThinking(
  thinking: Thinking,
  model: string,
  quirks: Quirks,
  notes: Notes,
): JsonObject | undefined {
  if (quirks.thinkingRequest === 'none') {
    if (thinking.effort !== undefined) notes.lose('effort')
    if (thinking.budgetTokens !== undefined) notes.lose('thinking-budget')
    return undefined
  }
  const said = amount(thinking, model, quirks, notes)
  const shown = thinking.visible ?? (thinking.kind === 'adaptive' || thinking.kind === 'budget')
  if (shown && thinking.kind !== 'off') return { ...said, includeThoughts: true }
  return thinking.visible === false ? { ...said, includeThoughts: false } : said
}

function amount(thinking: Thinking, model: string, quirks: Quirks, notes: Notes): JsonObject | undefined {
  const generation = generationOf(model)
  const asLevel = generation !== undefined && generation >= 3
  const { kind, effort, budgetTokens } = thinking
  if (kind === 'off') return asLevel ? leastLevel(model, quirks, notes) : leastBudget(model, notes)
  if (kind === 'budget' && budgetTokens !== undefined) {
    if (!asLevel) return { thinkingBudget: fitBudget(budgetTokens, model, notes) }
    notes.lose('thinking-budget')
    return said(effort ?? levelOfBudget(budgetTokens), quirks, notes)
  }
  if (effort === undefined) return kind === 'adaptive' && !asLevel ? { thinkingBudget: -1 } : undefined
  if (generation === undefined || asLevel) return said(effort, quirks, notes)
  return { thinkingBudget: fitBudget(budgetOf[effort], model, notes) }
}

function leastLevel(model: string, quirks: Quirks, notes: Notes): JsonObject {
  notes.lose('effort') // thinking cannot be switched off since Gemini 3
  const known = quirks.efforts ?? (/pro/i.test(model) ? ['low'] : ['minimal'])
  return { thinkingLevel: known.includes('minimal') ? 'MINIMAL' : 'LOW' }
}

function leastBudget(model: string, notes: Notes): JsonObject {
  if (!/2\.5-pro/i.test(model)) return { thinkingBudget: 0 }
  notes.lose('effort') // 2.5 Pro always thinks
  return { thinkingBudget: 128 }
}

/** The nearest level the target knows; a wish that had to be moved is named. */
function said(effort: EffortLevel, quirks: Quirks, notes: Notes): JsonObject {
  const known = quirks.efforts?.filter((one) => levels.some((level) => level === one)) ?? levels
  const wish = efforts.indexOf(effort)
  const nearest = known.reduce<EffortLevel>(
    (best, one) =>
      Math.abs(efforts.indexOf(one) - wish) < Math.abs(efforts.indexOf(best) - wish) ? one : best,
    known[0] ?? 'high',
  )
  if (nearest !== effort) notes.lose('effort')
  return { thinkingLevel: nearest.toUpperCase() }
}

function levelOfBudget(tokens: number): Level {
  if (tokens <= budgetOf.minimal) return 'minimal'
  if (tokens <= budgetOf.low) return 'low'
  return tokens <= budgetOf.medium ? 'medium' : 'high'
}

function fitBudget(tokens: number, model: string, notes: Notes): number {
  const [least, most] = budgetRange(model)
  const fitted = Math.min(Math.max(tokens, least), most)
  if (fitted !== tokens) notes.lose('thinking-budget')
  return fitted
}

function budgetRange(model: string): readonly [number, number] {
  if (/2\.5-pro/i.test(model)) return [128, 32768]
  if (/2\.5-flash-lite/i.test(model)) return [512, 24576]
  return /2\.5-flash/i.test(model) ? [0, 24576] : [0, Number.MAX_SAFE_INTEGER]
}
