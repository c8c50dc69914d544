/** How much the model should think, in the words of its target (CONTRACT 11, 12). */
import type { EffortLevel, Thinking } from '../../conversation/conversation.ts'
import { effortForBudget, nearestEffort } from '../../conversation/effort.ts'
import type { JsonObject } from '../../wire/json.ts'
import type { Speaking } from './parts-encoder.ts'

const usualEfforts: readonly EffortLevel[] = ['low', 'medium', 'high']
const routerEfforts: readonly EffortLevel[] = ['minimal', 'low', 'medium', 'high', 'xhigh']

export function thinkingFields(thinking: Thinking, speaking: Speaking): JsonObject {
  if (thinking.kind === 'default' && !thinking.effort) return {}
  switch (speaking.quirks.thinkingRequest ?? 'reasoning_effort') {
    case 'reasoning_effort':
      return effortField(thinking, speaking)
    case 'reasoning':
      return routerFields(thinking, speaking)
    case 'thinking':
      return switchFields(thinking, speaking)
    case 'enable_thinking':
      return budgetFields(thinking, speaking)
    case 'none':
      return noteWishes(thinking, speaking)
  }
}

function noteWishes({ kind, effort }: Thinking, { lost }: Speaking): JsonObject {
  if (kind === 'budget') lost.add('thinking-budget')
  if (effort || kind === 'off') lost.add('effort')
  return {}
}

/** The wish as an effort; a budget becomes one. */
function wishedEffort({ kind, effort, budgetTokens }: Thinking, { lost }: Speaking): EffortLevel | undefined {
  if (kind === 'budget') lost.add('thinking-budget')
  return effort ?? (kind === 'budget' ? effortForBudget(budgetTokens ?? 0) : undefined)
}

function clamped(wish: EffortLevel, known: readonly EffortLevel[], { lost }: Speaking): JsonObject {
  const effort = nearestEffort(wish, known)
  if (effort !== wish) lost.add('effort')
  return effort ? { reasoning_effort: effort } : {}
}

function effortField(thinking: Thinking, speaking: Speaking): JsonObject {
  const { efforts } = speaking.quirks
  if (thinking.kind === 'off') {
    speaking.lost.add('effort')
    return efforts?.[0] ? { reasoning_effort: efforts[0] } : {}
  }
  const wish = wishedEffort(thinking, speaking)
  return wish ? clamped(wish, efforts ?? usualEfforts, speaking) : {}
}

/** OpenRouter takes an effort or a budget. */
function routerFields(thinking: Thinking, speaking: Speaking): JsonObject {
  const { kind, budgetTokens, effort: wish } = thinking
  if (kind === 'off') return { reasoning: { enabled: false } }
  const hidden = thinking.visible === false ? { exclude: true } : {}
  if (kind === 'budget' && budgetTokens !== undefined) {
    if (wish) speaking.lost.add('effort')
    return { reasoning: { max_tokens: budgetTokens, ...hidden } }
  }
  if (!wish) return { reasoning: { enabled: true, ...hidden } }
  const { reasoning_effort: effort } = clamped(wish, speaking.quirks.efforts ?? routerEfforts, speaking)
  return { reasoning: { effort, ...hidden } }
}

/** On or off; targets that list efforts take one beside it. */
function switchFields(thinking: Thinking, speaking: Speaking): JsonObject {
  if (thinking.kind === 'off') return { thinking: { type: 'disabled' } }
  const on = { thinking: { type: 'enabled' } }
  const { efforts } = speaking.quirks
  if (!efforts) {
    noteWishes(thinking, speaking)
    return on
  }
  const wish = wishedEffort(thinking, speaking)
  return wish ? { ...on, ...clamped(wish, efforts, speaking) } : on
}

function budgetFields({ kind, budgetTokens, effort }: Thinking, { lost }: Speaking): JsonObject {
  if (kind === 'off') return { enable_thinking: false }
  if (effort) lost.add('effort')
  const budget = kind === 'budget' && budgetTokens !== undefined ? { thinking_budget: budgetTokens } : {}
  return { enable_thinking: true, ...budget }
}
